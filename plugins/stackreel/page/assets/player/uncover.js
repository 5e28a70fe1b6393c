// Brings out what a page hides: tabs that are not chosen (pymdownx.tabbed, both its styles) and closed details.

/**
 * Chooses the tabs and opens the details an element is in; true where there was something to do.
 * @param {Element} element
 */
export function uncover(element) {
  let found = false;
  for (let each = element.parentElement; each; each = each.parentElement) {
    const tab = tabOf(each);
    if (tab && !tab.checked) {
      tab.click(); // the site's own script hears of it
      found = true;
    } else if (each instanceof HTMLDetailsElement && !each.open) {
      each.open = true;
      found = true;
    }
  }
  return found;
}

/**
 * The button that shows a block of tabbed content.
 * @param {Element} block
 */
function tabOf(block) {
  /** @type {Element | null | undefined} */
  let tab = null;
  if (block.matches(".tabbed-block")) {
    const place = [...(block.parentElement?.children ?? [])].indexOf(block);
    tab = block.closest(".tabbed-set")?.querySelectorAll(":scope > input")[place];
  } else if (block.matches(".tabbed-set:not(.tabbed-alternate) > .tabbed-content")) {
    tab = block.previousElementSibling?.previousElementSibling; // input, label, content
  }
  return tab instanceof HTMLInputElement ? tab : null;
}
