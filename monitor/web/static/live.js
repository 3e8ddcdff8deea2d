"use strict";
// Keeps a page current. It says so when it cannot: a page that stands still must not look alive.

const SILENCE_MS = 5000;
const TITLES = { well: "Fleet", notice: "Fleet", outage: "✕ Outage", blind: "⊘ Blind" };

const live = document.getElementById("live");
let lastHeard = Date.now();

function say(state, text) {
  document.body.dataset.live = state;
  if (live.textContent !== text) live.textContent = text;
}

function show(event) {
  const { sections, tone } = JSON.parse(event.data);
  for (const [name, html] of Object.entries(sections)) {
    replace(document.getElementById(name), html);
  }
  if (!tone) return;
  document.body.dataset.tone = tone;
  document.title = `${TITLES[tone]} · Hearthbeat`;
}

// A link that has the focus keeps it when the part around it is written anew.
function replace(part, html) {
  const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.innerHTML = html;
  if (focused) [...part.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
}

function tick(event) {
  lastHeard = Date.now();
  writeTimes(JSON.parse(event.data).now);
  say("on", "Live");
}

function watch() {
  if (Date.now() - lastHeard > SILENCE_MS) {
    say("lost", "Not live: no answer from the monitor. What you see is old.");
  }
}

const source = new EventSource(live.dataset.from);
source.addEventListener("sections", show);
source.addEventListener("tick", tick);
setInterval(watch, 1000);
