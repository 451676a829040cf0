// Sends one request and tells what comes back while it comes back.

import { SseReader } from "./sse.js";

/**
 * Posts `body` (text) to `url` and calls, in this order:
 * `onHead({ status, headers, at })`, then for a stream `onEvent({ event, data, raw, at })` for each
 * event, or for any other body `onBody({ text })`. Resolves to `{ at, sawDone }`; times are
 * milliseconds since the start. Rejects with an `AbortError` when `signal` stops it, and with what
 * `fetch` rejects with when the connection fails.
 */
export async function send(url, body, signal, { onHead, onEvent, onBody }) {
  const start = performance.now();
  const at = () => performance.now() - start;
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
    signal,
    cache: "no-store",
  });
  onHead({ status: response.status, headers: response.headers, at: at() });

  const type = response.headers.get("content-type") ?? "";
  if (!type.toLowerCase().startsWith("text/event-stream") || !response.body) {
    onBody({ text: await response.text() });
    return { at: at(), sawDone: true };
  }

  let sawDone = false;
  const events = new SseReader((event) => {
    if (event.data === "[DONE]") sawDone = true;
    onEvent({ ...event, at: at() });
  });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    events.push(decoder.decode(value, { stream: true }));
  }
  events.push(decoder.decode());
  events.end();
  return { at: at(), sawDone };
}
