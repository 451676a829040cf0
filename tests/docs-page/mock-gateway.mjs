// Serves the page's files as the gateway does, under the same headers, with pretended routes, so
// that the page can be worked on and tested without a build of the gateway:
//
//   node mock-gateway.mjs [--port 8099] [--prefix /ai] [--config FILE]
//
// `--config` names a file whose `name:` lines are the routes; it is read anew at each look, and a
// text with the word BROKEN in it counts as a mistake.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { openapi } from "./sample-openapi.mjs";

const ASSETS = fileURLToPath(new URL("../../crates/server/assets/", import.meta.url));
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const ROUTES = [
  { name: "completions", type: "llm/v1/completions", provider: "mistral", model: "mistral-small-latest" },
  { name: "chat", type: "llm/v1/chat", provider: "openai", model: "gpt-4o-mini" },
  { name: "embeddings", type: "llm/v1/embeddings", provider: "cohere", model: "embed-english-v3.0" },
];
const TALE =
  "The moon pulls the near side of the ocean towards itself, and the far side is left a little behind. " +
  "So the water stands high at two places at once, and the turning earth carries every coast through both of them.\n\n" +
  "That is why most harbours see two high tides and two low tides in a little more than a day.";

export function mockGateway({ prefix = "", config = null, routes = ROUTES, pause = 60 } = {}) {
  const state = { routes, error: null, generation: 1, changed: new Date().toISOString(), text: null };

  function reload() {
    const text = config && readFileSync(config, "utf8");
    if (!config || text === state.text) return;
    state.text = text;
    state.error = text.includes("BROKEN") ? "endpoints[0].model: unknown provider `BROKEN` (line 4)" : null;
    if (state.error) return;
    const names = [...text.matchAll(/^\s*-\s+name:\s*(\S+)/gm)].map((match) => match[1]);
    set(names.map((name) => ({ ...(ROUTES.find((route) => route.name === name) ?? ROUTES[1]), name })));
  }

  function set(next) {
    state.routes = next;
    state.generation += 1;
    state.changed = new Date().toISOString();
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://mock");
    const path = prefix && url.pathname.startsWith(prefix) ? url.pathname.slice(prefix.length) : url.pathname;
    const json = (status, body, headers = {}) => {
      response.writeHead(status, { "Content-Type": "application/json", "X-Request-Id": id(), ...headers });
      response.end(JSON.stringify(body));
    };
    reload();
    if (path === "/") return response.writeHead(307, { Location: `${prefix}/docs` }).end();
    if (path === "/docs") return file(response, "docs/index.html");
    if (path.startsWith("/docs/assets/swagger-ui/")) return file(response, `vendor/swagger-ui/${path.slice(24)}`);
    if (path.startsWith("/docs/assets/")) return file(response, `docs/${path.slice(13)}`);
    if (path === "/openapi.json") return json(200, openapi(state.routes));
    if (path === "/health") {
      return json(200, { status: "OK", generation: state.generation, last_reload: state.changed, error: state.error });
    }
    if (path === "/v1/models") return json(200, { object: "list", data: state.routes.map(({ name }) => ({ id: name, object: "model" })) });
    const name = /^\/(?:gateway|endpoints)\/([^/]+)\/invocations$/.exec(path)?.[1];
    const route = state.routes.find((candidate) => candidate.name === name);
    if (request.method === "POST" && route) return invoke(route, request, response, json, pause);
    return json(404, { detail: `There is nothing at ${path}.` });
  });
  return { server, state, set };
}

let count = 0;
function id() {
  count += 1;
  return `0197f3a2-7c1e-7b40-9d52-${String(count).padStart(12, "0")}`;
}

function file(response, name) {
  if (name.includes("..")) return response.writeHead(400).end();
  try {
    const body = readFileSync(ASSETS + name);
    response.writeHead(200, {
      "Content-Type": TYPES[extname(name)] ?? "application/octet-stream",
      "Content-Security-Policy": CSP,
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-cache",
    });
    return response.end(body);
  } catch {
    return response.writeHead(404).end();
  }
}

async function invoke(route, request, response, json, pause) {
  let text = "";
  for await (const part of request) text += part;
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return json(400, { detail: "The body is not JSON." });
  }
  if (body.mock === "limit") {
    return json(429, { detail: "The route's limit of 5 calls per minute is used up." }, { "Retry-After": "42" });
  }
  if (body.mock === "invalid") {
    return json(422, { detail: [{ loc: ["body", "messages", 0, "role"], msg: "must be one of system, user, assistant", type: "value_error" }] });
  }
  if (body.mock === "cut") {
    response.writeHead(200, { "Content-Type": "text/event-stream", "X-Request-Id": id() });
    response.write(frame({ choices: [{ index: 0, delta: { content: "The moon pulls " } }] }));
    return setTimeout(() => response.destroy(), 200);
  }
  if (route.type === "llm/v1/embeddings") {
    const inputs = [body.input].flat();
    const vector = (seed) => Array.from({ length: 1024 }, (_, i) => Math.sin(seed * 7.3 + i) / 10);
    const data = inputs.map((_, index) => ({ object: "embedding", index, embedding: vector(index) }));
    return json(200, { object: "list", data, model: route.model, usage: { prompt_tokens: 6, total_tokens: 6 } });
  }
  const chat = route.type === "llm/v1/chat";
  const usage = { prompt_tokens: 17, completion_tokens: 64, total_tokens: 81 };
  const base = { id: "mock-1", object: chat ? "chat.completion" : "text_completion", created: 1760000000, model: route.model };
  if (body.stream !== true) {
    const choice = chat ? { message: { role: "assistant", content: TALE } } : { text: TALE };
    return json(200, { ...base, choices: [{ index: 0, ...choice, finish_reason: "stop" }], usage });
  }
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "X-Request-Id": id() });
  const words = TALE.match(/\S+\s*/g);
  const pieces = words.map((word) => (chat ? { delta: { content: word } } : { text: word }));
  if (body.mock === "agent") {
    pieces.unshift(...["The question is about tides; ", "a lookup helps."].map((part) => ({ delta: { reasoning_content: part } })));
    pieces.push({ delta: { tool_calls: [{ index: 0, id: "call_1", function: { name: "tide_table", arguments: "" } }] } });
    pieces.push(...['{"harbour":', '"Brest"}'].map((part) => ({ delta: { tool_calls: [{ index: 0, function: { arguments: part } }] } })));
  }
  for (const piece of pieces) {
    if (response.destroyed) return;
    response.write(frame({ ...base, choices: [{ index: 0, ...piece, finish_reason: null }] }));
    await new Promise((resume) => setTimeout(resume, pause));
  }
  response.write(frame({ ...base, choices: [{ index: 0, delta: {}, finish_reason: "stop" }], usage }));
  response.end("data: [DONE]\n\n");
}

function frame(body) {
  return `data: ${JSON.stringify(body)}\n\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const { server } = mockGateway({ prefix: option("prefix", ""), config: option("config", null) });
  server.listen(Number(option("port", "8099")), "127.0.0.1", () => {
    console.log(`http://127.0.0.1:${server.address().port}${option("prefix", "")}/docs`);
  });
}
