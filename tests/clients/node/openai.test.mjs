import assert from "node:assert/strict";
import test from "node:test";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { ask, client, lastRequest, nextAnswer, untilDisconnected } from "./helper.mjs";

const TEXT = "Hello there. 🦀 Größe";
const VECTOR = [0.25, -0.5, 0.125, 1.0];

async function collect(stream) {
  const all = [];
  for await (const chunk of stream) all.push(chunk);
  return all;
}

test("models are the routes", async () => {
  const models = await collect(client.models.list());
  assert.deepEqual(models.map((m) => m.id), ["completions", "chat", "embeddings", "instruct"]);
  assert.equal((await client.models.retrieve("chat")).id, "chat");
});

test("chat", async () => {
  const answer = await client.chat.completions.create({ model: "chat", messages: ask });
  assert.equal(answer.choices[0].message.content, TEXT);
  const { path, json } = await lastRequest();
  assert.equal(path, "/v1/chat/completions");
  assert.deepEqual(json, { model: "gpt-4o-mini", messages: ask });
});

test("chat stream with usage", async () => {
  const chunks = await collect(
    await client.chat.completions.create({
      model: "chat",
      messages: ask,
      stream: true,
      stream_options: { include_usage: true },
    }),
  );
  assert.equal(chunks.map((c) => c.choices[0]?.delta?.content ?? "").join(""), TEXT);
  assert.equal(chunks.at(-1).usage.total_tokens, 12);
});

test("tools, plain and streamed", async () => {
  const tools = [{ type: "function", function: { name: "get_weather", parameters: {} } }];
  await nextAnswer("tools");
  const answer = await client.chat.completions.create({ model: "chat", messages: ask, tools });
  assert.equal(answer.choices[0].message.tool_calls[0].function.arguments, '{"city":"Oslo"}');
  assert.deepEqual((await lastRequest()).json.tools, tools);

  await nextAnswer("tools-stream");
  const runner = client.chat.completions.stream({ model: "chat", messages: ask, tools });
  const final = await runner.finalChatCompletion();
  assert.equal(final.choices[0].message.tool_calls[0].function.arguments, '{"city":"Oslo"}');
});

test("structured output", async () => {
  await nextAnswer("structured");
  const weather = z.object({ city: z.string(), degrees: z.number() });
  const answer = await client.chat.completions.parse({
    model: "chat",
    messages: ask,
    response_format: zodResponseFormat(weather, "weather"),
  });
  assert.deepEqual(answer.choices[0].message.parsed, { city: "Oslo", degrees: -3 });
});

test("completions on a chat model, plain and streamed", async () => {
  const plain = await client.completions.create({ model: "completions", prompt: "Hello" });
  assert.equal(plain.object, "text_completion");
  assert.equal(plain.choices[0].text, TEXT);
  const chunks = await collect(
    await client.completions.create({ model: "completions", prompt: "Hello", stream: true }),
  );
  assert.equal(chunks.map((c) => c.choices[0]?.text ?? "").join(""), TEXT);
});

test("embeddings, the SDK's own format and floats", async () => {
  for (const extra of [{}, { encoding_format: "float" }]) {
    const answer = await client.embeddings.create({ model: "embeddings", input: ["a"], ...extra });
    assert.deepEqual(Array.from(answer.data[0].embedding), VECTOR);
    assert.equal((await lastRequest()).json.encoding_format, extra.encoding_format ?? "base64");
  }
});

test("errors keep their kind", async () => {
  const create = (model) => client.chat.completions.create({ model, messages: ask });
  await assert.rejects(create("nope"), (error) => {
    assert.equal(error.constructor, OpenAI.NotFoundError, String(error));
    assert.equal(error.code, "model_not_found");
    return true;
  });
  await assert.rejects(create("embeddings"), OpenAI.BadRequestError);
  await nextAnswer("401");
  await assert.rejects(create("chat"), OpenAI.AuthenticationError);
  await nextAnswer("429");
  await assert.rejects(create("chat"), (error) => {
    assert(error instanceof OpenAI.RateLimitError);
    assert.equal(error.headers.get("retry-after"), "7");
    return true;
  });
});

test("a cut stream is an error", async () => {
  await nextAnswer("cut");
  const stream = await client.chat.completions.create({ model: "chat", messages: ask, stream: true });
  await assert.rejects(collect(stream), OpenAI.APIError);
});

test("leaving a stream cancels the upstream", async () => {
  await nextAnswer("stall");
  const stream = await client.chat.completions.create({ model: "chat", messages: ask, stream: true });
  await stream[Symbol.asyncIterator]().next();
  stream.controller.abort();
  assert(((await untilDisconnected()) ?? Infinity) < 500);
});
