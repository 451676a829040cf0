// Reads a stream of server-sent events, as the WHATWG HTML standard defines it, from text that
// arrives cut anywhere. `EventSource` cannot be used: it only sends GET.

/** Takes text piece by piece and calls `onEvent({ event, data, raw })` for each whole event. */
export class SseReader {
  #rest = "";
  #lines = [];
  #onEvent;

  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  push(text) {
    this.#rest += text;
    for (;;) {
      const end = this.#rest.search(/[\r\n]/);
      // A "\r" at the very end may be the first half of "\r\n": wait for what follows.
      if (end < 0 || (this.#rest[end] === "\r" && end === this.#rest.length - 1)) return;
      const width = this.#rest.startsWith("\r\n", end) ? 2 : 1;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + width);
      this.#line(line);
    }
  }

  /**
   * Ends the stream. A last event without its blank line is handed on although the standard drops
   * it: this page is for looking at what a provider really sent.
   */
  end() {
    if (this.#rest) this.#line(this.#rest.replace(/\r$/, ""));
    this.#rest = "";
    this.#line("");
  }

  #line(line) {
    if (line !== "") {
      this.#lines.push(line);
      return;
    }
    if (this.#lines.length === 0) return;
    const raw = this.#lines.join("\n");
    let event = "message";
    const data = [];
    for (const text of this.#lines) {
      const colon = text.indexOf(":");
      const name = colon < 0 ? text : text.slice(0, colon);
      const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
      if (name === "data") data.push(value);
      else if (name === "event") event = value;
    }
    this.#lines = [];
    // Comments alone (": keep-alive") are shown raw, but carry no data.
    this.#onEvent({ event, data: data.length > 0 ? data.join("\n") : null, raw });
  }
}
