// The words of a reel come from the page, in its language; here they are only looked up and filled in.

export class Words {
  /** @type {Record<string, string>} */
  #table;

  /** @param {HTMLElement} reel */
  constructor(reel) {
    this.#table = JSON.parse(reel.dataset.words ?? "{}");
  }

  /**
   * The phrase of this name, with what belongs into its braces.
   * @param {string} name
   * @param {Record<string, string | number>} [fields]
   */
  of(name, fields = {}) {
    return (this.#table[name] ?? name).replace(/\{(\w+)\}/g, (_, field) => String(fields[field] ?? ""));
  }
}
