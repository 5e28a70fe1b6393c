// What a reader prefers, kept in the browser where it allows that; all reels of a site follow.

/**
 * @typedef {object} Choices
 * @property {"as built" | "hex" | "decimal" | "characters"} values
 * @property {"up" | "down"} order
 * @property {"both" | "fp" | "sp"} offsets
 * @property {"shown" | "hidden"} source
 * @property {"as built" | "att" | "intel" | "go"} syntax
 * @property {string} speed
 */

const KEY = "stackreel";

/** @type {{[Name in keyof Choices]: Choices[Name][]}} the first of each is the usual one */
export const POSSIBLE = {
  values: ["as built", "hex", "decimal", "characters"],
  order: ["up", "down"],
  offsets: ["both", "fp", "sp"],
  source: ["shown", "hidden"],
  syntax: ["as built", "att", "intel", "go"],
  speed: ["1", "0.5", "2", "4", "8"],
};

/** Told when a choice is made, in this page or in another of the site. */
export const changed = new EventTarget();
window.addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return; // null: all was cleared
  chosen = null;
  changed.dispatchEvent(new Event("change"));
});

/** @type {Choices | null} as last read: every step asks */
let chosen = null;

/** Where the browser keeps nothing, choices last as long as the page. */
let here = "{}";

/** @returns {Choices} */
export function choices() {
  chosen ??= read();
  return chosen;
}

/** @returns {Choices} */
function read() {
  /** @type {Record<string, string>} */
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") ?? {};
  } catch {
    kept = JSON.parse(here); // storage is forbidden, or holds something else
  }
  const found = Object.entries(POSSIBLE).map(([name, [usual, ...others]]) => [
    name,
    others.find((each) => each === kept[name]) ?? usual,
  ]);
  return Object.fromEntries(found);
}

/**
 * @param {keyof Choices} name
 * @param {string} value
 */
export function choose(name, value) {
  here = JSON.stringify({ ...choices(), [name]: value });
  chosen = null;
  try {
    localStorage.setItem(KEY, here);
  } catch {
    // storage is forbidden or full: `here` has it
  }
  changed.dispatchEvent(new Event("change"));
}
