// The keyboard, while the focus is in a reel; all other keys stay the page's, unless the reel is all the page is. Digits
// are a step's number in the making.

const DIGITS_PAUSE = 3000;
const DIGITS = 6; // digits: no reel has as many steps, and a number beyond its end leads to the end

/**
 * @typedef {object} Acts
 * @property {() => number} at
 * @property {number} last
 * @property {(step: number) => void} go
 * @property {(way: 1 | -1) => void} move
 * @property {(way: 1 | -1) => void} over
 * @property {() => void} toggle
 * @property {() => void} help
 * @property {() => void} escape
 */

export class Keys {
  #slider;
  #entry;
  #acts;
  #digits = "";
  #timer = 0;

  /**
   * @param {HTMLElement} reel
   * @param {HTMLInputElement} slider
   * @param {HTMLInputElement} entry where a number appears
   * @param {Acts} acts
   * @param {AbortSignal} signal
   */
  constructor(reel, slider, entry, acts, signal) {
    this.#slider = slider;
    this.#entry = entry;
    this.#acts = acts;
    const place = reel.closest("body.sd-alone") ?? reel;
    place.addEventListener("keydown", (event) => event instanceof KeyboardEvent && this.#key(event), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Whether a number is being typed. */
  get isTyping() {
    return this.#digits !== "";
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const target = event.target;
    if (event.altKey || event.ctrlKey || event.metaKey || !(target instanceof Element)) return;
    if (target !== this.#slider && target.closest("input, select, textarea, .sd-scroll")) {
      if (event.key === "Escape") this.#escape();
      return;
    }
    const act = this.#act(event, target);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /**
   * What a key does here, if anything.
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {(() => unknown) | null}
   */
  #act({ key, shiftKey }, target) {
    const { go, move, over, toggle, help, last } = this.#acts;
    if (/^\d$/.test(key)) return () => this.#digit(key);
    if (key === "Enter") return this.#digits ? () => this.#enter() : null;
    if (key === "Escape") return () => this.#escape();
    if (key === " ") return target.closest("button, a, summary") ? null : toggle;
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => (shiftKey ? over : move)(-1),
      ArrowRight: () => (shiftKey ? over : move)(1),
      Home: () => go(0),
      End: () => go(last),
      "?": help,
    };
    if (target === this.#slider) {
      keys.ArrowUp = keys.ArrowRight;
      keys.ArrowDown = keys.ArrowLeft;
    }
    return keys[key] ?? null;
  }

  /** @param {string} digit */
  #digit(digit) {
    this.#digits = (this.#digits + digit).slice(0, DIGITS);
    this.#entry.value = this.#digits;
    this.#entry.classList.add("sd-typing");
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#giveUp(), DIGITS_PAUSE);
  }

  #enter() {
    const wanted = Number(this.#digits);
    this.#giveUp();
    this.#acts.go(wanted);
  }

  #giveUp() {
    clearTimeout(this.#timer);
    this.#digits = "";
    this.#entry.classList.remove("sd-typing");
    this.#entry.value = String(this.#acts.at());
  }

  #escape() {
    if (this.#digits) this.#giveUp();
    else this.#acts.escape();
  }
}
