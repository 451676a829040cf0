// A document like the one that the gateway writes, for the routes it is given. Only the mock serves it.

const MESSAGE = {
  type: "object",
  required: ["role", "content"],
  properties: {
    role: { type: "string", enum: ["system", "user", "assistant"] },
    content: { type: "string" },
  },
};

const COMMON = {
  n: { type: "integer", minimum: 1, maximum: 5, default: 1, description: "Number of answers." },
  temperature: { type: "number", minimum: 0, maximum: 1, default: 0 },
  max_tokens: { type: "integer", minimum: 1 },
  stop: { type: "array", items: { type: "string" } },
  stream: { type: "boolean", default: false, description: "Answer with server-sent events." },
};

const KINDS = {
  "llm/v1/chat": {
    schema: { type: "object", required: ["messages"], properties: { messages: { type: "array", minItems: 1, items: MESSAGE }, ...COMMON } },
    example: { messages: [{ role: "user", content: "Why does the tide rise twice a day?" }], temperature: 0.2 },
  },
  "llm/v1/completions": {
    schema: { type: "object", required: ["prompt"], properties: { prompt: { type: "string" }, ...COMMON } },
    example: { prompt: "Once upon a time, by the sea,", max_tokens: 64 },
  },
  "llm/v1/embeddings": {
    schema: { type: "object", required: ["input"], properties: { input: { oneOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] } } },
    example: { input: ["high tide", "low tide"] },
  },
};

const json = (schema, example) => ({ "application/json": { schema, ...(example ? { example } : {}) } });

function responses(streams) {
  const answer = { type: "object" };
  const fault = json({ type: "object", properties: { detail: { type: "string" } } });
  return {
    200: {
      description: "The answer",
      content: { ...json(answer), ...(streams ? { "text/event-stream": { schema: { type: "string" } } } : {}) },
    },
    422: { description: "The request does not fit the schema", content: fault },
    429: { description: "The route's limit is used up", content: fault },
    502: { description: "The provider failed", content: fault },
  };
}

function call(route, id, summary) {
  const { schema, example } = KINDS[route.type];
  const streams = route.type !== "llm/v1/embeddings";
  return {
    post: {
      tags: ["Routes"],
      summary,
      operationId: id,
      description: `Calls \`${route.model}\` of ${route.provider}.`,
      "x-tidegate-route": { name: route.name, route_type: route.type, provider: route.provider, model: route.model, streams },
      requestBody: { required: true, content: json(schema, example) },
      responses: responses(streams),
    },
  };
}

function get(tag, id, summary) {
  return { get: { tags: [tag], operationId: id, summary, responses: { 200: { description: "OK", content: json({ type: "object" }) } } } };
}

function openai(id, summary, type, routes) {
  const { schema, example } = KINDS[type];
  const model = { type: "string", enum: routes.filter((route) => route.type === type).map((route) => route.name) };
  return {
    post: {
      tags: ["OpenAI API"],
      summary,
      operationId: id,
      requestBody: {
        required: true,
        content: json({ ...schema, required: ["model", ...schema.required], properties: { model, ...schema.properties } },
          { model: model.enum[0] ?? "", ...example }),
      },
      responses: responses(true),
    },
  };
}

export function openapi(routes) {
  const paths = {};
  for (const route of routes) {
    paths[`/gateway/${route.name}/invocations`] = call(route, `gateway_${route.name}`, `Call ${route.name}`);
    paths[`/endpoints/${route.name}/invocations`] = call(route, `endpoints_${route.name}`, `Call ${route.name}`);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Tidegate", version: "0.1.0", license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    servers: [{ url: "." }],
    tags: [
      { name: "Routes", description: "One operation for each configured route" },
      { name: "OpenAI API", description: "For OpenAI's clients; `model` is a route's name" },
      { name: "MLflow API", description: "What MLflow's clients ask" },
      { name: "Health", description: "For load balancers and people" },
    ],
    paths: {
      ...paths,
      "/v1/chat/completions": openai("chat_completions", "Chat", "llm/v1/chat", routes),
      "/v1/completions": openai("completions", "Completions", "llm/v1/completions", routes),
      "/v1/embeddings": openai("embeddings", "Embeddings", "llm/v1/embeddings", routes),
      "/v1/models": get("OpenAI API", "models", "List the routes as models"),
      "/api/2.0/endpoints/": get("MLflow API", "list_endpoints", "List the endpoints"),
      "/health": get("Health", "health", "Tell whether the gateway serves"),
    },
  };
}
