// A drawing as its reader wants it: numbers in another form, the stack the other way up, fewer columns, code in
// another syntax.
//
// The drawing in the page is the author's; these changes are made to it on the screen, and to what is saved from it.

/** @typedef {import("./settings.js").Choices} Choices */
/** @typedef {import("./steps.js").Steps} Steps */

const ADVANCE = 0.602;
const ON_GRID = /^[ -~]{4,}$/; // what all faces have in the width of the grid, and is long enough to need it

/**
 * Changes the numbers of the code panel: a register's value has the register's size. Vector registers stay as they
 * are: what is shown of them is a number of another kind.
 * @param {Element[]} nodes
 * @param {Steps} steps
 * @param {Choices} choices
 */
export function adjustCode(nodes, steps, choices) {
  if (choices.values === "as built") return;
  const spots = steps.stored.registers;
  for (const node of nodes) {
    if (node.localName !== "text") continue;
    const [x, y] = [Number(node.getAttribute("x")), Number(node.getAttribute("y"))];
    const size = spots.find(([, , ...spot]) => inside(x, y, ...spot))?.[1];
    if (size) rewrite(node, choices.values, size);
  }
}

/**
 * Writes the instructions of the code panel anew: they are the words in the size of 11 on a code line.
 * @param {Element[]} nodes
 * @param {Steps} steps
 * @param {number} step
 * @param {(key: string) => string | undefined} line how an instruction is written
 */
export function respell(nodes, steps, step, line) {
  const keys = steps.parts("keys", step);
  const spots = steps.stored.lines;
  for (const node of nodes) {
    if (node.localName !== "text" || node.matches(".s9, .s10, .w")) continue;
    const [x, y] = [Number(node.getAttribute("x")), Number(node.getAttribute("y"))];
    const written = line(keys[spots.findIndex((spot) => inside(x, y, ...spot))] ?? "");
    if (written === undefined) continue;
    node.textContent = written;
    node.setAttributeNS("http://www.w3.org/XML/1998/namespace", "xml:space", "preserve");
    if (ON_GRID.test(written)) node.setAttribute("textLength", (written.length * 11 * ADVANCE).toFixed(1));
    else node.removeAttribute("textLength");
  }
}

/**
 * Changes the elements of the stack panel at a step.
 * @param {Element[]} nodes
 * @param {Steps} steps
 * @param {number} step
 * @param {Choices} choices
 * @param {{higher: string, lower: string, above: string, aboveShort: string, below: string}} words
 */
export function adjustStack(nodes, steps, step, choices, words) {
  const cells = steps.cells(step);
  const texts = nodes.filter((node) => node.localName === "text" && node.hasAttribute("y"));
  if (choices.values !== "as built") {
    for (const text of texts) {
      if (!text.matches(".e:not(.s10)") || text.matches(".s9")) continue;
      const y = Number(text.getAttribute("y"));
      const cell = cells.find((each) => each.top < y && y <= each.top + each.height);
      if (cell) rewrite(text, choices.values, cell.size);
    }
  }
  if (choices.offsets !== "both") hideColumn(texts, choices.offsets === "fp" ? 1 : 0);
  if (choices.order === "down") turn(nodes, steps, cells, words);
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
export function inside(x, y, left, top, width, height) {
  return left <= x && x < left + width && top <= y && y < top + height;
}

/**
 * Writes the number of a text in another form; what is not a number stays.
 * @param {Element} text
 * @param {Choices["values"]} form
 * @param {number} size bytes of the value
 */
function rewrite(text, form, size) {
  const written = inForm(text.textContent ?? "", form, size);
  if (written === null) return;
  text.textContent = written;
  const pixels = text.matches(".s10") ? 10 : 11;
  if (text.hasAttribute("textLength")) text.setAttribute("textLength", (written.length * pixels * ADVANCE).toFixed(1));
}

/**
 * A number in another form; null for what is none.
 * @param {string} number
 * @param {Choices["values"]} form
 * @param {number} size bytes of the value
 */
export function inForm(number, form, size) {
  const found = /^(-?\d+|0x[0-9a-f]+)(?: '.*')?$/.exec(number);
  if (!found) return null;
  const value = BigInt.asUintN(8 * size, BigInt(found[1]));
  const wasHexadecimal = found[1].startsWith("0x");
  return {
    hex: () => `0x${value.toString(16)}`,
    decimal: () => (wasHexadecimal ? BigInt.asIntN(8 * size, value) : BigInt(found[1])).toString(),
    characters: () => characters(value, size),
    "as built": () => found[0],
  }[form]();
}

/**
 * The bytes of a value in the order of memory, as characters where they are some.
 * @param {bigint} value
 * @param {number} size
 */
function characters(value, size) {
  let text = "";
  for (let at = 0; at < size; at++) {
    const code = Number((value >> BigInt(8 * at)) & 0xffn);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : "·";
  }
  return `"${text}"`;
}

/**
 * About how wide a heading is, in the drawing's units: it stands above the cells, and more headings follow.
 * @param {string} text
 */
function widthOf(text) {
  return [...text].reduce((sum, character) => sum + (character > "\u2e80" ? 9 : 4.3), 0);
}

/**
 * Hides one of the two columns of offsets: they are the two leftmost right edges.
 * @param {Element[]} texts
 * @param {0 | 1} which
 */
function hideColumn(texts, which) {
  const edges = [...new Set(texts.filter((text) => text.matches(".e")).map((text) => Number(text.getAttribute("x"))))];
  const edge = edges.sort((a, b) => a - b)[which];
  for (const text of texts) {
    if (text.matches(".e") && Number(text.getAttribute("x")) === edge) text.textContent = "";
  }
}

/**
 * Turns the stack over: shapes are mirrored, text keeps its lines within its cell.
 * @param {Element[]} nodes
 * @param {Steps} steps
 * @param {import("./steps.js").Cell[]} cells
 * @param {{higher: string, lower: string, above: string, aboveShort: string, below: string}} words
 */
function turn(nodes, steps, cells, words) {
  const [top, bottom] = steps.stored.field;
  const sum = top + bottom;
  const cellLeft = Math.max(...steps.stored.bytes.map((spot) => spot[2] + spot[4])) - steps.stored.cell;
  /** @param {Element} node */
  const number = (node, /** @type {string} */ name) => Number(node.getAttribute(name) ?? "0");
  /** @type {(y: number) => number} how far what stands in a cell at y moves with it */
  const withCell = (y) => {
    const cell = cells.find((each) => each.top < y && y <= each.top + each.height);
    return cell ? sum - 2 * cell.top - cell.height : NaN;
  };
  for (const node of nodes) {
    const y = number(node, "y");
    if (node.localName === "text" && !node.hasAttribute("y")) {
      const found = /^translate\(([\d.]+) ([\d.]+)\)/.exec(node.getAttribute("transform") ?? "");
      if (found) node.setAttribute("transform", `translate(${found[1]} ${sum - Number(found[2])}) rotate(-90)`);
    } else if (node.localName === "text") {
      if (y < top || y > bottom) {
        if (node.textContent === words.higher) node.textContent = widthOf(words.above) <= steps.stored.cell ? words.above : words.aboveShort;
        else if (node.textContent === words.lower) node.textContent = words.below;
        continue;
      }
      const pixels = node.matches(".s9") ? 9 : node.matches(".s10") ? 10 : 11;
      const move = number(node, "x") >= cellLeft ? withCell(y) : NaN;
      node.setAttribute("y", String(Number.isNaN(move) ? sum - y + 0.7 * pixels : y + move));
    } else if (node.matches("rect.pw, rect.pr")) {
      const move = withCell(y + 1);
      node.setAttribute("y", String(Number.isNaN(move) ? sum - y - number(node, "height") : y + move));
    } else if (node.localName === "rect") {
      node.setAttribute("y", String(sum - y - number(node, "height")));
    } else if (node.localName === "circle") {
      node.setAttribute("cy", String(sum - number(node, "cy")));
    } else if (node.localName === "path") {
      node.setAttribute("transform", `matrix(1 0 0 -1 0 ${sum})`);
    }
  }
}
