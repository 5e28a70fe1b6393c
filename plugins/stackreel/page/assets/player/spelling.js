// The instructions of a reel in the syntax its reader likes, where the page has it.

/** @typedef {import("./steps.js").Steps} Steps */

export class Spelling {
  #steps;
  #built;

  /** @param {Steps} steps */
  constructor(steps) {
    this.#steps = steps;
    this.#built = steps.stored.syntax;
    /** @type {Map<string, string>} what names each instruction, by its text in the page */
    this.#keys = new Map();
    for (const [key, [line, plain]] of Object.entries(steps.stored.spellings[this.#built] ?? {})) {
      this.#keys.set(plain ?? single(line), key);
    }
  }
  #keys;

  /** The syntaxes there are to choose from. */
  get syntaxes() {
    return Object.keys(this.#steps.stored.spellings);
  }

  /**
   * The syntax to show: the one chosen where the page has it, else its own.
   * @param {import("./settings.js").Choices} choices
   */
  chosen({ syntax }) {
    return this.syntaxes.includes(syntax) ? syntax : this.#built;
  }

  /**
   * Whether a syntax is that of the page itself.
   * @param {string} syntax
   */
  isBuilt(syntax) {
    return syntax === this.#built;
  }

  /**
   * The code line of an instruction, in columns; undefined where there is none in this syntax.
   * @param {string} key
   * @param {string} syntax
   */
  line(key, syntax) {
    return this.#steps.stored.spellings[syntax]?.[key]?.[0];
  }

  /**
   * An instruction as sentences name it.
   * @param {string} key
   * @param {string} syntax
   */
  plain(key, syntax) {
    const [line, plain] = this.#steps.stored.spellings[syntax]?.[key] ?? [];
    return plain ?? (line === undefined ? undefined : single(line));
  }

  /**
   * An instruction of the page's own text in a syntax; itself where it is none.
   * @param {string} text
   * @param {string} syntax
   */
  translated(text, syntax) {
    const key = this.#keys.get(text);
    return (key !== undefined && this.plain(key, syntax)) || text;
  }

  /**
   * What is said of a step, in a syntax: the instruction executed and the one to come are named anew.
   * @param {string} text
   * @param {number} step
   * @param {string} syntax
   * @param {(text: string) => string} written how text is written where `text` stands
   */
  retold(text, step, syntax, written = (each) => each) {
    if (this.isBuilt(syntax)) return text;
    for (const key of [this.#steps.executed(step), this.#steps.coming(step)]) {
      const [old, fresh] = [this.plain(key, this.#built), this.plain(key, syntax)];
      if (!old || !fresh) continue;
      // A whole word: "ret" is no part of "return".
      const named = new RegExp(`(^|\\W)${written(old).replace(/[^\w\s]/g, "\\$&")}(?!\\w)`);
      text = text.replace(named, (_, before) => before + written(fresh));
    }
    return text;
  }

  /**
   * The lines of a figure in characters, in a syntax: an instruction stands behind its address and offset.
   * @param {string[]} lines
   * @param {string} syntax
   */
  characters(lines, syntax) {
    if (this.isBuilt(syntax)) return lines;
    return lines.map((text) => {
      const found = /^(.{5} (\S+) <\+\d+> +)\S/.exec(text);
      const line = found && this.line(found[2], syntax);
      return found && line ? found[1] + line : text;
    });
  }
}

/** @param {string} text */
function single(text) {
  return text.replace(/ +/g, " ");
}
