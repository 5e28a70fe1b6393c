// Making elements.

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | boolean>} [attributes] `true` is an attribute without a value, `false` none
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name
 * @param {Record<string, string | number>} [attributes]
 * @param {Node[]} children
 * @returns {SVGElement}
 */
export function makeSvg(name, attributes = {}, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** @type {Record<string, string>} shapes of the buttons, in a square of 20 */
const ICONS = {
  first: "M4 4h2v12H4zM16 4v12L7 10z",
  previous: "M14 4v12L5 10z",
  next: "M6 4v12l9-6z",
  last: "M14 4h2v12h-2zM4 4v12l9-6z",
  play: "M5 3v14l12-7z",
  pause: "M5 4h3.5v12H5zM11.5 4H15v12h-3.5z",
  link: "M8.6 11.4l2.8-2.8M9 6.5l1.8-1.8a3.2 3.2 0 0 1 4.5 4.5L13.500 11M11 13.500l-1.800 1.800a3.200 3.200 0 0 1-4.500-4.500L6.500 9",
  save: "M10 3v9M6.500 8.800L10 12.300l3.500-3.500M4 16.500h12",
  settings: "M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4",
  help: "M7.300 7.500a2.700 2.700 0 1 1 4 2.400c-.9.5-1.300 1-1.300 2M10 15v.2",
  goto: "M4 16V7.500A2.500 2.500 0 0 1 6.500 5H16M12.500 1.800L16 5l-3.500 3.200",
};
const DRAWN = new Set(["link", "save", "settings", "help", "goto"]);

/** @param {string} name */
export function icon(name) {
  const kind = DRAWN.has(name) ? "sd-icon sd-drawn" : "sd-icon";
  return makeSvg("svg", { class: kind, viewBox: "0 0 20 20", "aria-hidden": "true" }, makeSvg("path", { d: ICONS[name] }));
}

/**
 * A button with a shape and a name.
 * @param {string} name
 * @param {string} label
 * @param {() => void} act
 */
export function iconButton(name, label, act) {
  const made = make("button", { type: "button", class: `sd-button sd-${name}`, "aria-label": label, title: label });
  made.append(icon(name));
  made.addEventListener("click", act);
  return made;
}
