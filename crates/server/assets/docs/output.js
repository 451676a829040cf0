// Draws an answer while it arrives.

import { errorText, piecesOf } from "./answer.js";
import { byId, duration, el, setText } from "./dom.js";

const REASONS = {
  200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
  405: "Method Not Allowed", 408: "Request Timeout", 413: "Content Too Large",
  415: "Unsupported Media Type", 422: "Unprocessable Content", 429: "Too Many Requests",
  500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
  503: "Service Unavailable", 504: "Gateway Timeout",
};

export class Output {
  #card = byId("answer");
  #text = byId("output");
  #raw = byId("raw");
  #rawLabel = byId("view-raw-text");
  #choices = new Map();
  #usage = { input: null, output: null };
  #status = null;
  #headers = null;
  #events = 0;
  #failed = false;

  constructor() {
    for (const radio of document.getElementsByName("view")) {
      radio.addEventListener("change", () => this.#view());
    }
    this.#view();
    this.#text.append(
      el("p", { class: "placeholder" }, "Send a request, and its answer appears here."),
    );
  }

  /** A request is on its way. */
  begin() {
    this.#choices.clear();
    this.#usage = { input: null, output: null };
    this.#status = null;
    this.#headers = null;
    this.#events = 0;
    this.#failed = false;
    this.#text.replaceChildren();
    this.#raw.replaceChildren();
    setText(this.#rawLabel, "Raw");
    for (const name of ["status", "first", "total", "tokens", "id"]) this.#metric(name, "–");
    this.#state("waiting");
  }

  head({ status, headers, at }) {
    this.#status = status;
    this.#headers = headers;
    const reason = REASONS[status];
    // The long ones stand in the answer itself.
    const short = reason && reason.length < 12 ? `${status} ${reason}` : String(status);
    this.#metric("status", short, status < 400 ? "good" : "bad");
    this.#metric("first", duration(at));
    this.#metric("id", headers.get("x-request-id") ?? "–");
    this.#state("streaming");
  }

  /** One event of a stream. */
  event({ event, data, raw, at }) {
    this.#events += 1;
    if (this.#events === 1) this.#metric("first", duration(at));
    this.#metric("total", duration(at));
    setText(this.#rawLabel, `Raw (${this.#events})`);
    this.#keepAtEnd(this.#raw, () => {
      this.#raw.append(
        el("div", { class: "frame", "data-testid": "frame" },
          el("span", { class: "frame-at" }, `+${(at / 1000).toFixed(3)} s`),
          el("code", {}, raw)),
      );
    });
    if (data === null || data === "[DONE]") return;
    let body;
    try {
      body = JSON.parse(data);
    } catch {
      this.#note("warning", `An event of the stream is not JSON: ${data.slice(0, 200)}`);
      return;
    }
    // An error inside a stream comes after the status 200 was sent.
    if (event === "error" && body.error === undefined) body = { error: body };
    this.#add(body);
  }

  /** A whole body. */
  body({ text }) {
    let body = null;
    try {
      body = JSON.parse(text);
    } catch {
      // Shown as it is.
    }
    const readable = body === null ? text : JSON.stringify(body, null, 2);
    this.#raw.replaceChildren(el("pre", {}, readable));
    if (this.#status >= 400) {
      this.#failed = true;
      this.#text.append(this.#errorCard(body, readable));
      return;
    }
    const drawn = body !== null && this.#add(body);
    if (!drawn) this.#text.append(el("pre", { class: "plain" }, readable));
  }

  finish({ at, sawDone }) {
    this.#metric("total", duration(at));
    if (!sawDone && !this.#failed) {
      this.#note("warning", "The stream ended without its closing [DONE].");
    }
    this.#state(this.#failed ? "error" : "done");
  }

  stopped(at) {
    this.#metric("total", duration(at));
    this.#note("info", `Stopped after ${duration(at)}.`);
    this.#state("stopped");
  }

  /** The connection failed, before or within the answer. */
  failed(at, reason) {
    this.#metric("total", duration(at));
    const begun = this.#status !== null;
    if (!begun) this.#metric("status", "No answer", "bad");
    this.#text.append(
      el("div", { class: "failure", "data-testid": "answer-error" },
        el("h4", {}, begun ? "The connection broke off" : "The gateway could not be reached"),
        el("p", {}, begun
          ? "The answer above is not whole. The gateway or a proxy before it closed the connection."
          : "Nothing answered. Is the gateway running, and is this page’s address still right?"),
        el("pre", {}, reason)),
    );
    this.#state("error");
  }

  #add(body) {
    const { parts, usage, error, vectors } = piecesOf(body);
    this.#keepAtEnd(this.#text, () => {
      for (const part of parts) this.#part(part);
      if (vectors) this.#text.append(vectorList(vectors));
      if (error) {
        this.#failed = true;
        this.#text.append(this.#errorCard(body, JSON.stringify(body, null, 2)));
      }
    });
    if (usage) {
      this.#usage.input = usage.input ?? this.#usage.input;
      this.#usage.output = usage.output ?? this.#usage.output;
      const { input, output } = this.#usage;
      this.#metric("tokens", [input === null ? null : `${input} in`, output === null ? null : `${output} out`]
        .filter(Boolean).join(" · "));
    }
    return parts.length > 0 || vectors !== null || error !== null;
  }

  #part({ index, kind, text, slot }) {
    const choice = this.#choice(index);
    if (kind === "finish") {
      choice.finish.textContent = `finish: ${text}`;
      choice.finish.hidden = false;
      return;
    }
    const key = slot === undefined ? kind : `${kind} ${slot}`;
    let target = choice.parts.get(key);
    if (!target) {
      target = choice.place(kind, slot);
      choice.parts.set(key, target);
    }
    target.append(text);
  }

  #choice(index) {
    const known = this.#choices.get(index);
    if (known) return known;
    const finish = el("p", { class: "finish", "data-testid": "finish", hidden: true });
    const box = el("div", { class: "choice" }, finish);
    if (index > 0) box.prepend(el("h4", {}, `Choice ${index + 1}`));
    this.#text.append(box);
    const tools = new Map();
    const place = (kind, slot) => {
      const put = (node) => (finish.before(node), node);
      if (kind === "reasoning") {
        const inner = el("div", { "data-testid": "answer-reasoning" });
        put(el("details", { class: "reasoning", open: true }, el("summary", {}, "Reasoning"), inner));
        return inner;
      }
      if (kind.startsWith("tool")) {
        if (!tools.has(slot)) {
          const tool = { name: el("strong"), args: el("code") };
          tools.set(slot, tool);
          put(el("div", { class: "tool", "data-testid": "answer-tool" },
            el("span", {}, "Tool call"), tool.name, tool.args));
        }
        return kind === "tool-name" ? tools.get(slot).name : tools.get(slot).args;
      }
      return put(el("div", { class: `said ${kind}`, "data-testid": "answer-text" }));
    };
    const choice = { finish, parts: new Map(), place };
    this.#choices.set(index, choice);
    return choice;
  }

  #errorCard(body, readable) {
    const retry = this.#headers?.get("retry-after");
    const said = errorText(body);
    const title = this.#status >= 400
      ? `${this.#status} ${REASONS[this.#status] ?? "Error"}`
      : "The stream ended with an error";
    return el("div", { class: "failure", "data-testid": "answer-error" },
      el("h4", {}, title),
      said ? el("p", {}, said) : null,
      retry ? el("p", { class: "retry" }, /^\d+$/.test(retry) ? `Try again in ${retry} s.` : `Try again after ${retry}.`) : null,
      readable ? el("pre", {}, readable) : el("p", {}, "The answer has no body."));
  }

  #note(kind, text) {
    this.#text.append(el("p", { class: `note ${kind}` }, text));
  }

  #metric(name, text, tone) {
    const node = byId(`m-${name}`);
    setText(node, text || "–");
    node.dataset.tone = tone ?? "";
  }

  #state(state) {
    this.#card.dataset.state = state;
    // While it is busy a screen reader waits, and then reads the whole answer once.
    this.#text.setAttribute("aria-busy", String(state === "waiting" || state === "streaming"));
  }

  #view() {
    const raw = byId("view-raw").checked;
    this.#text.hidden = raw;
    this.#raw.hidden = !raw;
    // While it was hidden it could not scroll along.
    const box = raw ? this.#raw : this.#text;
    if (this.#card.dataset.state === "streaming") box.scrollTop = box.scrollHeight;
  }

  /** Scrolls along with what is added, unless the reader scrolled back. */
  #keepAtEnd(box, add) {
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 24;
    add();
    if (atEnd) box.scrollTop = box.scrollHeight;
  }
}

function vectorList(vectors) {
  const rows = vectors.map((vector, index) => {
    const numbers = Array.isArray(vector);
    const size = numbers ? `${vector.length} dimensions` : "base64";
    const start = numbers
      ? vector.slice(0, 6).map((number) => Number(number).toFixed(4)).join(", ")
      : String(vector).slice(0, 48);
    return el("li", {}, el("span", {}, `#${index}`), el("strong", {}, size), el("code", {}, `[${start}, …]`));
  });
  return el("div", { "data-testid": "answer-text" },
    el("p", {}, vectors.length === 1 ? "One vector" : `${vectors.length} vectors`),
    el("ol", { class: "vectors" }, ...rows));
}
