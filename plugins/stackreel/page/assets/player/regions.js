// The drawing of the code panel in its regions: lines of code, registers, the key to the signs. Each is an SVG of its
// own, in the units of the whole, so that a narrow page can put code and stack first and the others beside them.

import { makeSvg } from "./dom.js";

const GUTTER = 32; // registers and key begin where the code does, in two columns, see figure/metrics.py
const HEADING = 13;
const FLAGS = 19;

/** @typedef {"lines" | "left" | "right" | "keyLeft" | "keyRight"} Region */
/** @typedef {[left: number, top: number, width: number, height: number]} Box */

export class Regions {
  /** @type {Record<Region, Box>} */
  boxes;
  hasKey;
  /** Whether the registers are one region, `left`: vector registers and flags take whole lines. */
  isWhole;
  #steps;
  /** @type {Map<number, Region>} */
  #known = new Map();

  /** @param {import("./steps.js").Steps} steps */
  constructor(steps) {
    this.#steps = steps;
    const { size: { code: [width, height] }, key: [end, keyTop], registers } = steps.stored;
    const top = registers[0][3] - HEADING;
    const column = Math.floor((width - GUTTER) / 2);
    const middle = GUTTER + column;
    const below = Math.max(...registers.map((spot) => spot[3] + spot[5]));
    this.hasKey = keyTop < height;
    this.isWhole = registers.some((spot) => spot[4] > column) || end - below >= FLAGS;
    this.boxes = {
      lines: [0, 0, width, top],
      left: [GUTTER, top, this.isWhole ? width - GUTTER : column, end - top],
      right: [middle, top, width - middle, end - top],
      keyLeft: [GUTTER, keyTop, column, height - keyTop],
      keyRight: [middle, keyTop, width - middle, height - keyTop],
    };
  }

  /**
   * The parts that stand in a region.
   * @param {Region} region
   * @param {number[]} ids
   */
  only(region, ids) {
    return ids.filter((id) => this.#of(id) === region);
  }

  /** @param {number} id */
  #of(id) {
    const known = this.#known.get(id);
    if (known) return known;
    const { lines, right, keyLeft } = this.boxes;
    const holder = makeSvg("g");
    holder.innerHTML = this.#steps.stored.parts[id];
    const { x, y } = beginOf(holder.firstElementChild);
    /** @type {Region} */
    let found = "lines";
    if (this.hasKey && y >= keyLeft[1]) found = x < right[0] ? "keyLeft" : "keyRight";
    else if (y >= lines[3]) found = x < right[0] || this.isWhole ? "left" : "right";
    this.#known.set(id, found);
    return found;
  }
}

/**
 * Where an element of a drawing begins; what has no place of its own begins at the top.
 * @param {Element | null} node
 */
function beginOf(node) {
  const [x, y] = ["x", "y"].map((name) => node?.getAttribute(name) ?? node?.getAttribute(`c${name}`));
  const path = /^M([\d.]+)[ ,]([\d.]+)/.exec(node?.getAttribute("d") ?? "");
  return { x: Number(x ?? path?.[1] ?? 0), y: Number(y ?? path?.[2] ?? 0) };
}
