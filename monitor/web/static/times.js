"use strict";
// Writes moments as "3 min ago", by the monitor's own clock, which in a demonstration runs faster than ours.

function agoText(seconds) {
  const whole = Math.round(Math.abs(seconds));
  if (whole < 2) return "just now";
  const units = [["d", 86400, "h", 3600], ["h", 3600, "min", 60], ["min", 60], ["s", 1]];
  const [unit, size, lesser, lesserSize] = units.find(([, each]) => whole >= each);
  const rest = lesser ? Math.floor((whole % size) / lesserSize) : 0;
  const text = `${Math.floor(whole / size)} ${unit}` + (rest ? ` ${rest} ${lesser}` : "");
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

function writeTimes(now) {
  for (const time of document.querySelectorAll("time[data-at]")) {
    time.title ||= time.textContent;
    const text = agoText(now - Number(time.dataset.at));
    if (time.textContent !== text) time.textContent = text;
  }
}

const dated = document.querySelector("[data-now]");
if (dated) writeTimes(Number(dated.dataset.now));
