() => {
  const faults = [];
  const tell = (fault, element) => faults.push(`${fault}: ${(element?.outerHTML ?? "").slice(0, 140)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const text = (ids) => (ids ?? "").split(/ +/).map((id) => document.getElementById(id)?.textContent.trim()).join(" ").trim();
  const name = (element) =>
    element.getAttribute("aria-label") || text(element.getAttribute("aria-labelledby")) ||
    [...(element.labels ?? [])].map((label) => label.textContent.trim()).join(" ") ||
    element.textContent.trim() || element.querySelector("img[alt]:not([alt=''])")?.alt || "";

  if (!document.documentElement.lang) tell("the page has no language");
  if (!document.title.trim()) tell("the page has no title");
  if (all("main").length !== 1) tell("there is not exactly one main");
  if (all("h1").filter(seen).length !== 1) tell("there is not exactly one first heading");
  if (!document.querySelector("body > header")) tell("there is no banner");
  for (const nav of all("nav")) if (!name(nav) || !nav.getAttribute("aria-label")) tell("navigation without a name", nav);
  let level = 0;
  for (const heading of all("h1, h2, h3, h4").filter(seen)) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) tell("a heading skips a level", heading);
    level = next;
  }
  const ids = all("[id]").map((element) => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) tell(`the id ${id} is there twice`);
  for (const section of all("section, [role=region]")) if (!section.getAttribute("aria-labelledby") && !section.getAttribute("aria-label")) tell("a region without a name", section);
  for (const each of all("[aria-labelledby], [aria-describedby]"))
    for (const id of `${each.getAttribute("aria-labelledby") ?? ""} ${each.getAttribute("aria-describedby") ?? ""}`.trim().split(/ +/))
      if (!document.getElementById(id)) tell(`refers to ${id}, which is not there`, each);
  for (const image of all("img")) if (!image.hasAttribute("alt")) tell("an image without words", image);
  for (const svg of all("svg")) {
    const hidden = svg.closest("[aria-hidden=true]") || svg.parentElement.closest("svg");
    if (!hidden && !(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label"))) tell("a drawing without words", svg);
  }
  for (const each of all("input:not([type=hidden]), select, textarea").filter(seen))
    if (!each.labels?.length) tell("a field without a label", each);
  for (const each of all("a[href], button, summary").filter(seen)) if (!name(each)) tell("a control without a name", each);
  for (const each of all("[tabindex]")) if (each.tabIndex > 0) tell("an order of its own", each);
  for (const each of all("th")) if (!each.scope) tell("a head of nothing", each);
  for (const each of all("button").filter(seen)) {
    const box = each.getBoundingClientRect();
    if (Math.min(box.width, box.height) < 20) tell("too small to hit", each);
  }

  const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || element.closest("script, noscript, title, .hidden, .skip") || !seen(element)) continue;
    const style = getComputedStyle(element);
    const colour = parts(element.closest("svg") ? style.fill : style.color);
    const [light, dark] = [luminance(colour), luminance(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.6 && Number(style.fontWeight) >= 700);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) tell(`contrast of only ${ratio.toFixed(2)}`, element);
  }
  return faults;
}
