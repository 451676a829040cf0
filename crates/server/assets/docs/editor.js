// The JSON editor with its stream switch. The text in the editor is what is sent, byte by byte; the
// switch is only a way to write `"stream": true` into it.

import { setText, show } from "./dom.js";

/** Reads the text as a JSON object: `{ body }` or `{ problem }`. */
export function readBody(text) {
  if (text.trim() === "") return { problem: "The request body is empty; it must be a JSON object." };
  let body;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { problem: `Not valid JSON. ${whereIs(String(error.message), text)}` };
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    return { problem: "The request body must be a JSON object: { … }." };
  }
  return { body };
}

/** Browsers word the place of a mistake each in its own way; people count lines from 1. */
function whereIs(message, text) {
  if (/line \d+/.test(message)) return `${message}.`;
  const position = /position (\d+)/.exec(message);
  if (!position) return `${message}.`;
  const before = text.slice(0, Number(position[1])).split("\n");
  return `${message} (line ${before.length} column ${before.at(-1).length + 1}).`;
}

export function pretty(value) {
  return JSON.stringify(value, null, 2);
}

export class Editor {
  #area;
  #problem;
  #switch;
  #label;
  #onChange;
  #canStream = false;

  constructor({ area, problem, toggle, label, onChange }) {
    this.#area = area;
    this.#problem = problem;
    this.#switch = toggle;
    this.#label = label;
    this.#onChange = onChange;
    area.addEventListener("input", () => this.#changed());
    toggle.addEventListener("change", () => this.#toggle());
  }

  get text() {
    return this.#area.value;
  }

  set text(text) {
    // Setting the same text would move the cursor of somebody who is typing.
    if (this.#area.value !== text) this.#area.value = text;
    this.#changed();
  }

  /** Shows the text of another route. Both at once: a change is told to the panel once, and whole. */
  load(text, canStream) {
    this.#canStream = canStream;
    this.#switch.disabled = !canStream;
    this.#label.title = canStream ? "" : "This route does not stream";
    this.text = text;
  }

  get streams() {
    return readBody(this.text).body?.stream === true;
  }

  /** The body, or null after having shown what is wrong with it. */
  checked() {
    const { body, problem } = readBody(this.text);
    this.#tell(problem);
    if (problem) this.#area.focus();
    return body ?? null;
  }

  format() {
    const body = this.checked();
    if (body) this.text = pretty(body);
  }

  #toggle() {
    const body = this.checked();
    if (!body) {
      this.#switch.checked = !this.#switch.checked;
      return;
    }
    const { stream: _, ...rest } = body;
    this.text = pretty(this.#switch.checked ? { ...rest, stream: true } : rest);
  }

  #changed() {
    const { body, problem } = readBody(this.text);
    // A mistake is told when something is asked for, not in the middle of typing; one that is told
    // goes away as soon as it is mended.
    if (!this.#problem.hidden) this.#tell(problem);
    if (body || !this.#canStream) {
      this.#switch.checked = this.#canStream && body?.stream === true;
    }
    this.#onChange();
  }

  #tell(problem) {
    setText(this.#problem, problem ?? "");
    show(this.#problem, Boolean(problem));
    if (problem) this.#area.setAttribute("aria-invalid", "true");
    else this.#area.removeAttribute("aria-invalid");
  }
}
