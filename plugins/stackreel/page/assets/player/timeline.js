// The timeline: a native slider over a drawing of the run. A tick an instruction, a staircase of calls, marks.

import { make, makeSvg } from "./dom.js";

/** @typedef {import("./steps.js").Steps} Steps */

const TICKS = 250; // more would be a grey bar
const MARKS = 150;
const HEIGHT = 26;
const WHEEL = 40; // of a wheel's way, in pixels: a step

/** @type {Record<string, string>} shapes around their place, hanging from the top of the track */
const SHAPES = {
  call: "M-3.500 0H3.500L0 6z",
  over: "M-3 .7H3L0 5.300z",
  return: "M-3.500 6H3.500L0 0z",
};

export class Timeline {
  element;
  slider;
  #steps;
  #calls;
  #run;
  #wheel = 0;

  /**
   * @param {Steps} steps
   * @param {import("./calls.js").Calls} calls
   * @param {import("./words.js").Words} words
   * @param {(step: number) => void} go
   * @param {(by: number) => void} move
   */
  constructor(steps, calls, words, go, move) {
    this.#steps = steps;
    this.#calls = calls;
    this.#run = drawing(steps, calls);
    this.slider = make("input", {
      type: "range", class: "sd-slider", min: "0", max: String(steps.last), step: "1", value: "0",
      "aria-label": words.of("timeline"),
    });
    this.slider.addEventListener("input", () => go(Number(this.slider.value)));
    this.element = make("div", { class: "sd-timeline" }, this.#run, this.slider);
    this.element.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey) return; // the page is being magnified
        const way = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
        if (this.slider.value === (way < 0 ? "0" : this.slider.max)) {
          this.#wheel = 0;
          return; // no step is left that way: the page scrolls
        }
        event.preventDefault();
        this.#wheel += event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? way : way * WHEEL;
        const by = Math.trunc(this.#wheel / WHEEL);
        this.#wheel -= by * WHEEL;
        if (by) move(by);
      },
      { passive: false },
    );
  }

  /** Draws the run anew, after calls were opened or closed. */
  redraw() {
    const run = drawing(this.#steps, this.#calls);
    this.#run.replaceWith(run);
    this.#run = run;
  }

  /**
   * @param {number} step
   * @param {string} said
   */
  show(step, said) {
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", said);
  }
}

/**
 * @param {Steps} steps
 * @param {import("./calls.js").Calls} calls
 */
function drawing(steps, calls) {
  const { last } = steps;
  const isLeftOut = steps.stored.steps.map(() => false);
  const depths = steps.depths();
  for (const { step, back } of calls.closed) {
    isLeftOut.fill(true, step, back);
    depths.fill(depths[back], step, back);
  }
  const deepest = Math.max(...depths);
  const stretched = makeSvg("svg", { viewBox: `0 0 ${last} ${HEIGHT}`, preserveAspectRatio: "none", class: "sd-track" });
  if (deepest > 0) {
    // The state after step k lasts until step k + 1, so a stair stands around its steps.
    const level = (/** @type {number} */ depth) => HEIGHT - 3 - (depth / deepest) * (HEIGHT - 14);
    const stairs = depths.map((depth, step) => `H${Math.max(0, step - 0.5)}V${level(depth).toFixed(1)}`).join("");
    stretched.append(makeSvg("path", { class: "sd-depth", d: `M0 ${HEIGHT - 3}V${level(depths[0])}${stairs}H${last}V${HEIGHT - 3}z` }));
  }
  if (last <= TICKS) {
    const ticks = depths.map((_, step) => (isLeftOut[step] ? "" : `M${step} ${HEIGHT - 8}v5`)).join("");
    stretched.append(makeSvg("path", { class: "sd-ticks", d: ticks }));
  }
  stretched.append(makeSvg("path", { class: "sd-rail", d: `M0 ${HEIGHT - 3}H${last}` }));
  const marks = makeSvg("svg", { class: "sd-marks" });
  const kinds = steps.stored.steps
    .map(({ kind }, step) => ({ kind: calls.closedTo(step) ? "over" : kind, step }))
    .filter(({ kind, step }) => kind && !isLeftOut[step]);
  for (const { kind, step } of kinds.length <= MARKS ? kinds : []) {
    const mark = makeSvg("svg", { x: `${(100 * step) / last}%`, class: `sd-mark-${kind}` });
    mark.append(makeSvg("path", { d: SHAPES[kind ?? ""] }));
    marks.append(mark);
  }
  const whole = make("div", { class: "sd-run", "aria-hidden": "true" });
  whole.append(stretched, marks);
  return whole;
}

/**
 * A mark of the timeline by itself, for the help.
 * @param {"call" | "over" | "return"} kind
 */
export function mark(kind) {
  const inner = makeSvg("svg", { x: 5, y: 2, class: `sd-mark-${kind}` }, makeSvg("path", { d: SHAPES[kind] }));
  return makeSvg("svg", { class: "sd-marks sd-sample", width: 10, height: 10, "aria-hidden": "true" }, inner);
}
