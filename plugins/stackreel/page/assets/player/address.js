// The page's address names a step, `#reel:12`: it is followed, and it follows without filling the history.

import { keep } from "./kept.js";
import { uncover } from "./uncover.js";

const PAUSE = 250; // browsers allow few changes of the address in a row

export class Address {
  #reel;
  #timer = 0;

  /**
   * @param {HTMLElement} reel
   * @param {(step: number) => void} go
   * @param {AbortSignal} signal
   */
  constructor(reel, go, signal) {
    this.#reel = reel;
    this.#go = go;
    for (const name of ["hashchange", "popstate"]) window.addEventListener(name, () => this.follow(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }
  #go;

  /**
   * Shows the step the address names, if it is one of ours, and brings the reel into sight, out of tabs and details
   * that hide it; an address of the reel itself does only this. Tells whether it named a step.
   */
  follow() {
    let name;
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return false; // not an address of ours: a lone % is allowed in a fragment
    }
    const ident = this.#reel.id;
    const step = name.startsWith(`${ident}:`) ? name.slice(ident.length + 1) : "";
    const isStep = /^\d+$/.test(step);
    if (!isStep && name !== ident) return false;
    clearTimeout(this.#timer); // a step of before, which the address was to have
    const wasCovered = uncover(this.#reel);
    if (isStep) this.#go(Number(step));
    else if (!wasCovered) return false; // the browser has brought it into sight
    const bring = () => this.#reel.scrollIntoView({ block: "start" });
    bring();
    // Once more when the reels above have found their heights, and the site has put the page where it wants it.
    requestAnimationFrame(() => setTimeout(bring));
    return isStep;
  }

  /**
   * Has the address name a step soon; when the reader comes back to the page, it is there.
   * @param {number} step
   */
  write(step) {
    keep(this.#reel.id, step);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#write(step), PAUSE);
  }

  /**
   * The address of a step, which the page has from now on.
   * @param {number} step
   */
  link(step) {
    this.#write(step);
    return `${location.href.split("#")[0]}#${this.#reel.id}:${step}`;
  }

  /** @param {number} step */
  #write(step) {
    const name = `${this.#reel.id}:${step}`;
    if (location.hash.slice(1) !== name) history.replaceState(history.state, "", `#${name}`);
  }
}
