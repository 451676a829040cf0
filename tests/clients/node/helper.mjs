// Talks to the fake upstream's remote control, which pytest serves on CONTROL_URL.
import OpenAI from "openai";

export const client = new OpenAI({
  baseURL: `${process.env.GATEWAY_URL}/v1`,
  apiKey: "anything",
  maxRetries: 0,
  timeout: 20_000,
});

export const ask = [{ role: "user", content: "Hello" }];

/** Queues an answer by the name it has in `test_openai_node.py`. */
export async function nextAnswer(name) {
  await control("next", name);
}

/** The last request the upstream saw: `{path, json}`. */
export async function lastRequest() {
  return (await control("last")).json();
}

/** Milliseconds from now (or before) until the last request's peer was gone. */
export async function untilDisconnected() {
  return (await control("disconnected")).json();
}

async function control(...path) {
  const reply = await fetch(`${process.env.CONTROL_URL}/${path.join("/")}`, { method: "POST" });
  if (!reply.ok) throw new Error(`control ${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}
