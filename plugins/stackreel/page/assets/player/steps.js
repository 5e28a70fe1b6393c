// What a reel's data says: every step's markup from one table of distinct pieces. `page/steps.py` is the other side.

/**
 * @typedef {[left: number, top: number, width: number, height: number]} Spot a rectangle of a panel, in its units
 * @typedef {object} Said what is said of a step; what does not apply is left out
 * @property {string} [code] the instruction just executed
 * @property {string} [say] what it did
 * @property {string} [note] the author's words instead, as HTML
 * @property {"call" | "over" | "return"} [kind]
 * @property {number} [done] the code line just executed
 * @property {number} [next] the code line to come
 * @property {number[]} [set] registers written
 * @property {[file: string, line: number]} [line] source line just executed
 * @property {[file: string, line: number]} [coming] source line to come
 * @property {[sp: string, fp: string]} [at] where the stack and the frame pointer are; fp is empty where it is none
 * @property {string} title
 * @property {[code: string, stack: string]} about
 * @property {string} caption
 *
 * @typedef {object} Stored
 * @property {number} version
 * @property {{code: [number, number], stack: [number, number]}} size
 * @property {string[]} parts
 * @property {Partial<Record<Layer, number[][]>>} layers without the stack's where the strip has every drawing,
 *   with its title and what is said about it
 * @property {string} head
 * @property {Spot[]} lines
 * @property {[name: string, size: number, left: number, top: number, width: number, height: number][]} registers their
 *   bytes beside them, 0 for vector registers
 * @property {[end: number, begin: number]} key where the registers end and the key to the signs begins
 * @property {[address: string, size: number, left: number, top: number, width: number, height: number][]} bytes
 * @property {[top: number, bottom: number]} field where the cells of the stack begin and end
 * @property {number} cell their width
 * @property {number} width of a column of offsets in the text, in characters
 * @property {Said[]} steps
 * @property {[file: string, first: number, lines: string[]][]} sources
 * @property {[step: number, back: number, name: string, isClosed: 0 | 1][]} calls recorded from call to return
 * @property {string} syntax of all that is written here
 * @property {Record<string, Record<string, [line: string, plain?: string]>>} spellings code lines by syntax and key
 *
 * @typedef {"code" | "stack" | "table" | "text" | "keys" | "cells"} Layer
 *
 * @typedef {object} Cell
 * @property {bigint} address
 * @property {number} size
 * @property {"" | "w" | "r"} mark
 * @property {string} label
 * @property {number} top
 * @property {number} height
 */

const VERSION = 4;

export class Steps {
  /** @type {Stored} */
  stored;
  /** @type {Record<string, number[][]>} */
  #lists = {};
  /** @type {Map<number, Cell[]>} */
  #cells = new Map();

  /**
   * @param {Stored} stored
   * @param {HTMLElement} reel
   */
  constructor(stored, reel) {
    if (stored.version !== VERSION) throw new RangeError(`version ${stored.version}`);
    this.stored = stored;
    // A part that is new to the table is 0 in the lists; they name the new ones in the table's order.
    let known = 0;
    for (const [name, steps] of Object.entries(stored.layers)) {
      /** @type {number[]} */
      let list = [];
      this.#lists[name] = steps.map((splices) => {
        list = list.slice();
        for (let at = 0; at < splices.length; ) {
          const [start, gone, come] = splices.slice(at, at + 3);
          at += 3;
          const parts = splices.slice(at, at + come).map((number) => (number === 0 ? known++ : number - 1));
          at += come;
          list.splice(start, gone, ...parts);
        }
        return list;
      });
    }
    if (!stored.layers.stack) {
      const svgs = [...reel.querySelectorAll(":scope > .sd-strip > li .sd-parts > svg")];
      this.#lists.stack = drawn(svgs, reel.id, stored.parts);
      svgs.forEach((svg, step) => {
        const [title, about] = ["title", "desc"].map((name) => svg.querySelector(`:scope > ${name}`)?.textContent ?? "");
        stored.steps[step].title = title;
        stored.steps[step].about[1] = about;
      });
    }
  }

  /** The number of the last step. */
  get last() {
    return this.stored.steps.length - 1;
  }

  /** @param {number} step */
  said(step) {
    return this.stored.steps[step];
  }

  /**
   * The numbers of the parts of a layer at a step.
   * @param {Layer} layer
   * @param {number} step
   */
  list(layer, step) {
    return this.#lists[layer][step];
  }

  /**
   * The parts themselves.
   * @param {Layer} layer
   * @param {number} step
   */
  parts(layer, step) {
    return this.list(layer, step).map((number) => this.stored.parts[number]);
  }

  /**
   * The rows of the table at a step.
   * @param {number} step
   */
  rows(step) {
    return this.#reckoned("table", step, (fp, sp) => `${fp}</td><td>${sp}`);
  }

  /**
   * The figure in characters at a step.
   * @param {number} step
   */
  text(step) {
    const { width } = this.stored;
    return this.#reckoned("text", step, (fp, sp) => `${fp.padStart(width)} ${sp.padStart(width)}  `);
  }

  /**
   * A layer as one text, with the offsets from the pointers where it has the marks of addresses.
   * @param {Layer} layer
   * @param {number} step
   * @param {(fp: string, sp: string) => string} written
   */
  #reckoned(layer, step, written) {
    const [sp, fp] = (this.said(step).at ?? ["", ""]).map((value) => (value ? BigInt(`0x${value}`) : null));
    return this.parts(layer, step).join("").replace(/\x01(\w+)\x01/g, (_, address) => {
      const at = BigInt(`0x${address}`);
      return written(distance(at, fp), distance(at, sp));
    });
  }

  /**
   * The cells of the stack at a step, with their places.
   * @param {number} step
   * @returns {Cell[]}
   */
  cells(step) {
    const made = this.#cells.get(step);
    if (made) return made;
    const cells = this.parts("cells", step).flatMap((text) => {
      const [address, size, mark, ...label] = text.split(":");
      const low = BigInt(`0x${address}`);
      const inside = this.stored.bytes.filter(([at]) => {
        const there = BigInt(`0x${at}`);
        return low <= there && there < low + BigInt(size);
      });
      if (!inside.length) return []; // a fold: nothing in this reel touches it
      const top = Math.min(...inside.map((spot) => spot[3]));
      const height = inside.reduce((sum, spot) => sum + spot[5], 0);
      const known = mark === "w" || mark === "r" ? mark : "";
      return [{ address: low, size: Number(size), mark: /** @type {Cell["mark"]} */ (known), label: label.join(":"), top, height }];
    });
    this.#cells.set(step, cells);
    return cells;
  }

  /**
   * The step nearest to `from`, not it, in a direction, of which `is` is true; -1 where there is none.
   * @param {number} from
   * @param {1 | -1} way
   * @param {(step: number) => boolean} is
   */
  seek(from, way, is) {
    for (let step = from + way; step >= 0 && step <= this.last; step += way) if (is(step)) return step;
    return -1;
  }

  /**
   * Whether a step wrote any of these bytes.
   * @param {number} step
   * @param {bigint} address
   * @param {number} size
   */
  wrote(step, address, size) {
    return this.cells(step).some(
      (cell) => cell.mark === "w" && cell.address < address + BigInt(size) && address < cell.address + BigInt(cell.size),
    );
  }

  /**
   * Whether a step wrote the register of this number.
   * @param {number} step
   * @param {number} register
   */
  set(step, register) {
    return this.said(step).set?.includes(register) ?? false;
  }

  /**
   * The instruction a step has just executed, by what names it all over the reel; empty where it is not shown.
   * @param {number} step
   */
  executed(step) {
    const line = this.said(step).done;
    return line === undefined ? "" : this.parts("keys", step)[line];
  }

  /**
   * The instruction to come, likewise.
   * @param {number} step
   */
  coming(step) {
    const line = this.said(step).next;
    return line === undefined ? "" : this.parts("keys", step)[line];
  }

  /**
   * How deep in calls each step is, from 0; what is not recorded counts as nothing.
   * @returns {number[]}
   */
  depths() {
    let depth = 0;
    const depths = this.stored.steps.map(({ kind }) => {
      if (kind === "call") depth += 1;
      if (kind === "return") depth -= 1;
      return depth;
    });
    const least = Math.min(...depths);
    return depths.map((each) => each - least);
  }
}

/**
 * @param {bigint} address
 * @param {bigint | null} from
 */
function distance(address, from) {
  if (from === null) return "·";
  const by = address - from;
  return by === 0n ? "0" : `${by < 0n ? "-" : "+"}0x${(by < 0n ? -by : by).toString(16)}`;
}

/**
 * The drawings of a strip as lists of parts, which the table gets.
 * @param {Element[]} svgs
 * @param {string} ident the reel's
 * @param {string[]} parts
 */
function drawn(svgs, ident, parts) {
  /** @type {Map<string, number>} */
  const known = new Map();
  return svgs.map((svg) => {
    const elements = [...svg.children].filter(({ localName }) => localName !== "title" && localName !== "desc");
    return elements.map(({ outerHTML }) => {
      const part = outerHTML.replace(/(id="|url\(#)[^"()]*-hatch/g, `$1${ident}-hatch`);
      if (!known.has(part)) known.set(part, parts.push(part) - 1);
      return known.get(part) ?? 0;
    });
  });
}

/**
 * Reads a reel's data from its attributes; null where there is none that this script understands.
 * @param {HTMLElement} reel
 * @returns {Promise<Steps> | Steps | null}
 */
export function readSteps(reel) {
  const { steps, packed } = reel.dataset;
  if (steps) return new Steps(JSON.parse(steps), reel);
  if (!packed || typeof DecompressionStream === "undefined") return null;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json().then((stored) => new Steps(stored, reel));
}
