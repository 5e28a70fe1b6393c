// Playing: a step a beat, until it is stopped.

import { choices } from "./settings.js";

const BEAT = 1000;

export class Playback {
  #timer = 0;
  #step;
  #turned;

  /**
   * @param {() => boolean} step goes one step on; false where that was the last one
   * @param {() => void} turned told after playing has begun or ended
   */
  constructor(step, turned) {
    this.#step = step;
    this.#turned = turned;
  }

  get isOn() {
    return this.#timer !== 0;
  }

  begin() {
    this.#beat();
    this.#turned();
  }

  /** Stops; nothing where it is not playing. */
  end() {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#turned();
  }

  #beat() {
    this.#timer = window.setTimeout(() => (this.#step() ? this.#beat() : this.end()), BEAT / Number(choices().speed));
  }
}
