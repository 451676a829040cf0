// Small helpers around the DOM. Everything that comes from the gateway (route names are the
// operator's free text) enters the page through `textContent`, never as markup.

/** The element with this id; a missing one is a mistake in index.html, so it throws. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element with the id ${id}`);
  return found;
}

/** Makes an element: `el("p", { class: "note" }, "text", otherNode)`. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  // `append` makes text nodes of strings, so nothing is ever read as HTML.
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Shows or hides an element. */
export function show(node, visible) {
  node.hidden = !visible;
}

/**
 * Sets an element's text only when it differs: a live region whose text is set again is read aloud
 * again.
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Milliseconds for people: `84 ms`, `1.24 s`. */
export function duration(milliseconds) {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(2)} s`;
}
