// The table of the stack, as its reader wants it: the same choices as for the drawing.

import { inForm } from "./adjust.js";

const [FROM_FP, FROM_SP, BYTES, VALUE] = [1, 2, 3, 5]; // columns, see figure/cell_table.py

/**
 * Changes the numbers, the columns of offsets and the order of a table.
 * @param {HTMLTableElement} table
 * @param {import("./settings.js").Choices} choices
 */
export function adjustTable(table, { values, offsets, order }) {
  const body = table.tBodies[0];
  for (const row of body.rows) {
    const number = row.cells[VALUE].firstElementChild?.firstChild; // what it stands for by name is apart
    const written = number && inForm(number.textContent?.trim() ?? "", values, Number(row.cells[BYTES].textContent));
    if (number && written) number.textContent = number.nextSibling ? `${written} ` : written;
  }
  if (offsets !== "both") for (const row of table.rows) row.cells[offsets === "fp" ? FROM_SP : FROM_FP].remove();
  if (order === "down") body.append(...[...body.rows].reverse());
}
