// The words of a reel, in its language: the table is put in when the script is built.

/** @type {Record<string, Record<string, string>>} */
const PLAYER_WORDS = {};

export class Words {
  /** @type {Record<string, string>} */
  #table;

  /** @param {HTMLElement} reel */
  constructor(reel) {
    this.#table = PLAYER_WORDS[reel.lang] ?? {};
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
