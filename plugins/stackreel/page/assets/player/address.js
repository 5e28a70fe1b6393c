// The page's address names a step, `#reel:12`: it is followed, and it follows without filling the history.

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

  /** Shows the step the address names, if it is one of ours, and brings the reel into sight. */
  follow() {
    let name;
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return; // not an address of ours: a lone % is allowed in a fragment
    }
    const [reel, step] = [name.slice(0, name.lastIndexOf(":")), name.slice(name.lastIndexOf(":") + 1)];
    if (reel !== this.#reel.id || !/^\d+$/.test(step)) return;
    this.#go(Number(step));
    const bring = () => this.#reel.scrollIntoView({ block: "start" });
    bring();
    // Once more when the reels above have found their heights, and the site has put the page where it wants it.
    requestAnimationFrame(() => setTimeout(bring));
  }

  /**
   * Has the address name a step soon.
   * @param {number} step
   */
  write(step) {
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
