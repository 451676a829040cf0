// The panel "Try a route".

import { byId, el, setText, show } from "./dom.js";
import { Editor, pretty } from "./editor.js";
import { Output } from "./output.js";
import { TYPES } from "./routes.js";
import { curl, python } from "./snippets.js";
import { send } from "./stream.js";

export class Panel {
  #prefix;
  #routes = [];
  #route = null;
  /** What was written for each route: an edit survives a reload, and a look at another route. */
  #drafts = new Map();
  #running = null;
  #output = new Output();
  #editor = new Editor({
    area: byId("editor"),
    problem: byId("editor-error"),
    toggle: byId("stream"),
    label: byId("stream-label"),
    onChange: () => this.#edited(),
  });

  constructor(prefix) {
    this.#prefix = prefix;
    byId("route").addEventListener("change", () => {
      show(byId("notice"), false);
      this.#choose(byId("route").value);
    });
    byId("door").addEventListener("change", () => this.#snippet());
    byId("format").addEventListener("click", () => this.#editor.format());
    byId("reset").addEventListener("click", () => {
      this.#editor.text = pretty(this.#example());
    });
    byId("request").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    byId("request").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.#send();
      } else if (event.key === "Escape" && this.#running) {
        this.#running.abort();
      }
    });
    byId("stop").addEventListener("click", () => this.#running?.abort());
    for (const radio of document.getElementsByName("language")) {
      radio.addEventListener("change", () => this.#snippet());
    }
    byId("copy").addEventListener("click", () => this.#copy());
  }

  /** Takes the routes of a new document; what was edited stays while its route exists. */
  update(routes) {
    const before = this.#route;
    this.#routes = routes;
    show(byId("no-routes"), routes.length === 0);
    show(byId("panel"), routes.length > 0);
    byId("route").replaceChildren(...options(routes));
    if (routes.length === 0) {
      this.#route = null;
      return;
    }
    const still = before && routes.some((route) => route.name === before.name);
    if (before && !still) {
      setText(byId("notice"), `The route “${before.name}” is no longer in the config.`);
    }
    show(byId("notice"), Boolean(before && !still));
    this.#choose(still ? before.name : routes[0].name);
  }

  #choose(name) {
    const route = this.#routes.find((candidate) => candidate.name === name);
    if (!route) return;
    this.#route = route;
    byId("route").value = name;
    setText(byId("fact-type"), route.type);
    setText(byId("fact-provider"), route.provider || "–");
    setText(byId("fact-model"), route.model || "–");
    const door = byId("door");
    // The paths of two routes differ, but for the part that says which door: that choice stays.
    const kind = door.selectedIndex;
    door.replaceChildren(...route.doors.map(({ path }) => el("option", { value: path }, path)));
    door.selectedIndex = kind >= 0 && kind < route.doors.length ? kind : 0;
    this.#editor.load(this.#drafts.get(name) ?? pretty(this.#example()), route.streams);
  }

  #example() {
    const path = byId("door").value;
    return (this.#route.doors.find((door) => door.path === path) ?? this.#route.doors[0]).example;
  }

  #edited() {
    if (!this.#route) return;
    const { text } = this.#editor;
    // Only what differs from the example is a draft, so that a changed example shows.
    if (text === pretty(this.#example())) this.#drafts.delete(this.#route.name);
    else this.#drafts.set(this.#route.name, text);
    this.#snippet();
  }

  #url() {
    // The whole address, escaped: the snippets need it so.
    return new URL(this.#prefix + byId("door").value, location.origin).href;
  }

  async #send() {
    if (this.#running || !this.#route || !this.#editor.checked()) return;
    const running = new AbortController();
    const start = performance.now();
    this.#busy(running);
    this.#output.begin();
    try {
      const end = await send(this.#url(), this.#editor.text, running.signal, {
        onHead: (head) => this.#output.head(head),
        onEvent: (event) => this.#output.event(event),
        onBody: (body) => this.#output.body(body),
      });
      this.#output.finish(end);
    } catch (error) {
      const at = performance.now() - start;
      if (running.signal.aborted) this.#output.stopped(at);
      else this.#output.failed(at, String(error?.message ?? error));
    } finally {
      this.#busy(null);
    }
  }

  #busy(running) {
    const focused = document.activeElement;
    this.#running = running;
    byId("send").disabled = running !== null;
    byId("stop").disabled = running === null;
    // A button that is disabled loses the focus: hand it to its partner, for the keyboard's sake.
    if (running && focused === byId("send")) byId("stop").focus();
    if (!running && (focused === byId("stop") || focused === document.body)) byId("send").focus({ preventScroll: true });
  }

  #snippet() {
    const { text, streams } = this.#editor;
    let body;
    try {
      body = JSON.parse(text);
    } catch {
      setText(byId("snippet"), "The request body is not valid JSON yet.");
      byId("copy").disabled = true;
      return;
    }
    const write = byId("lang-python").checked ? python : curl;
    setText(byId("snippet"), write(this.#url(), body, streams));
    byId("copy").disabled = false;
  }

  async #copy() {
    const copied = await copyText(byId("snippet"));
    setText(byId("copy"), copied ? "Copied" : "Select and copy");
    setText(byId("copied"), copied ? "Copied to the clipboard." : "The text is selected.");
    setTimeout(() => {
      setText(byId("copy"), "Copy");
      setText(byId("copied"), "");
    }, 1800);
  }
}

/** The options of the select, in a group for each type. */
function options(routes) {
  const names = new Map(TYPES);
  const groups = new Map();
  for (const route of routes) {
    const title = names.get(route.type) ?? (route.type || "Other");
    if (!groups.has(title)) groups.set(title, el("optgroup", { label: title }));
    groups.get(title).append(el("option", { value: route.name }, route.name));
  }
  return [...groups.values()];
}

/** `navigator.clipboard` exists on https and localhost only; a gateway is often neither. */
async function copyText(node) {
  try {
    await navigator.clipboard.writeText(node.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(node);
    return document.execCommand("copy");
  }
}
