// The film strip, as it goes on paper: steps that the page tells in words alone get their figures.

import { make, makeSvg } from "./dom.js";

/** @typedef {import("./steps.js").Steps} Steps */

/**
 * Gives every step of the strip its figure before the page is printed, by whatever way that begins.
 * @param {HTMLElement} reel
 * @param {Steps} steps
 * @param {AbortSignal} signal
 */
export function completeForPaper(reel, steps, signal) {
  const complete = () => {
    for (const card of reel.querySelectorAll(".sd-strip > .sd-brief")) draw(reel, card, steps);
    reel.querySelector(".sd-partial")?.remove();
  };
  const paper = matchMedia("print");
  window.addEventListener("beforeprint", complete, { signal });
  paper.addEventListener("change", () => paper.matches && complete(), { signal });
  if (paper.matches) complete();
}

/**
 * @param {HTMLElement} reel
 * @param {Element} card
 * @param {Steps} steps
 */
function draw(reel, card, steps) {
  const step = Number(card.id.slice(card.id.lastIndexOf(":") + 1));
  const [width, height] = steps.stored.size.stack;
  const said = steps.said(step);
  const svg = makeSvg("svg", { class: "sd", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": said.title });
  svg.innerHTML = steps.parts("stack", step).join("").replaceAll(`${reel.id}-hatch`, `${reel.id}-hatch-${step}`);
  const caption = make("figcaption", {}, ...card.childNodes);
  card.append(make("figure", { class: "sd-fig" }, caption, make("div", { class: "sd-parts" }, svg)));
  card.classList.remove("sd-brief");
}
