// The parts of the page that need no browser.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";

// Not imported by path: to node 20 a `.js` file without a package.json is no module.
async function part(name) {
  const source = readFileSync(new URL(`../../crates/server/assets/docs/${name}`, import.meta.url), "utf8");
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}
const { SseReader } = await part("sse.js");
const { errorText, piecesOf } = await part("answer.js");
const { prefixOf, routesOf } = await part("routes.js");
const { curl, python } = await part("snippets.js");

function events(pieces) {
  const seen = [];
  const reader = new SseReader((event) => seen.push(event));
  for (const piece of pieces) reader.push(piece);
  reader.end();
  return seen.map(({ event, data }) => [event, data]);
}

test("a stream is read the same wherever it is cut and however its lines end", () => {
  const wanted = [["message", '{"a":1}'], ["error", "x\ny"], ["message", null], ["message", "last"]];
  for (const end of ["\n", "\r\n", "\r"]) {
    const lines = ['data: {"a":1}', "", "event: error", "data: x", "data:y", "", ": keep-alive", "", "data: last"];
    const text = lines.join(end);
    assert.deepEqual(events([text]), wanted);
    assert.deepEqual(events([...text]), wanted);
    for (let cut = 0; cut <= text.length; cut += 1) {
      assert.deepEqual(events([text.slice(0, cut), text.slice(cut)]), wanted, `cut at ${cut}`);
    }
  }
});

test("answers of every form are understood", () => {
  const texts = (body) => piecesOf(body).parts.filter((part) => part.kind === "text").map((part) => part.text);
  assert.deepEqual(texts({ choices: [{ delta: { content: "a" } }] }), ["a"]);
  assert.deepEqual(texts({ choices: [{ message: { content: "b" } }] }), ["b"]);
  assert.deepEqual(texts({ choices: [{ text: "c" }] }), ["c"]);
  assert.deepEqual(texts({ candidates: [{ message: { content: "d" }, metadata: {} }] }), ["d"]);
  assert.deepEqual(texts({ choices: [{ delta: { content: [{ type: "text", text: "e" }] } }] }), ["e"]);
  assert.deepEqual(piecesOf({ embeddings: [[1, 2]] }).vectors, [[1, 2]]);
  assert.deepEqual(piecesOf({ data: [{ embedding: [3] }] }).vectors, [[3]]);
  assert.deepEqual(piecesOf({ metadata: { input_tokens: 1, output_tokens: 2 } }).usage, { input: 1, output: 2 });
  assert.equal(piecesOf({ choices: [null, { delta: null }] }).parts.length, 0);
  for (const strange of [null, 3, "x", [], { choices: {} }, { usage: null }]) piecesOf(strange);
});

test("the sentence of an error is found, whoever wrote it", () => {
  assert.equal(errorText({ detail: "a" }), "a");
  assert.equal(errorText({ error: { message: "b" } }), "b");
  assert.equal(errorText({ detail: [{ loc: ["body", "messages", 0], msg: "c" }] }), "messages.0: c");
  assert.equal(errorText({ message: "d", error_code: "X" }), "d");
  assert.equal(errorText({}), null);
});

test("the prefix is what stands before /docs", () => {
  assert.equal(prefixOf("/docs"), "");
  assert.equal(prefixOf("/ai/llm/docs"), "/ai/llm");
  assert.equal(prefixOf("/docs/docs"), "/docs");
});

test("routes are read once each, with every path and its example", () => {
  const operation = (name, route_type, example) => ({
    post: { "x-tidegate-route": { name, route_type, streams: true }, requestBody: { content: { "application/json": example } } },
  });
  const routes = routesOf({
    components: { schemas: { S: { example: { s: 1 } } } },
    paths: {
      "/gateway/e/invocations": operation("e", "llm/v1/embeddings", { schema: { $ref: "#/components/schemas/S" } }),
      "/gateway/c/invocations": operation("c", "llm/v1/chat", { example: { c: 1 } }),
      "/endpoints/c/invocations": operation("c", "llm/v1/chat", { examples: { one: { value: { c: 2 } } } }),
      "/health": { get: {} },
    },
  });
  assert.deepEqual(routes.map((route) => route.name), ["c", "e"]);
  assert.deepEqual(routes[0].doors, [
    { path: "/gateway/c/invocations", example: { c: 1 } },
    { path: "/endpoints/c/invocations", example: { c: 2 } },
  ]);
  assert.deepEqual(routes[1].doors[0].example, { s: 1 });
});

test("the curl command survives a shell", () => {
  const body = { text: "it's \"$HOME\" `x` \\ \n é" };
  const command = curl("http://h/a", body, true).replace(/^curl/, "printf '%s\\n'");
  const said = execFileSync("sh", ["-c", command], { encoding: "utf8" });
  assert.ok(said.includes(JSON.stringify(body, null, 2)));
});

test("the Python program says what the JSON says", () => {
  const said = python("http://h/a", { a: [true, null, 1.5, {}], b: "x\"y" }, true);
  assert.match(said, /"a": \[\n\s+True,\n\s+None,\n\s+1\.5,\n\s+\{\},/);
  assert.match(said, /"b": "x\\"y",/);
  assert.match(said, /stream=True/);
});
