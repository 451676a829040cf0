// What the page knows about the configured routes: read from the gateway's OpenAPI document.

/** Route types in the order in which the page lists them. */
export const TYPES = [
  ["llm/v1/chat", "Chat"],
  ["llm/v1/completions", "Completions"],
  ["llm/v1/embeddings", "Embeddings"],
];

/**
 * The path that the page's proxies put before the gateway's own paths: the page is at
 * `{prefix}/docs`, whatever stands before.
 */
export function prefixOf(pathname) {
  return pathname.replace(/\/docs\/?$/, "");
}

/**
 * The document with its server replaced by the one that the page came from. Swagger UI resolves a
 * relative server in its own way, which forgets a prefix.
 */
export function withServer(spec, url) {
  return { ...spec, servers: [{ url }] };
}

/** The configured routes, each once, with the paths at which it is offered. */
export function routesOf(spec) {
  const routes = new Map();
  for (const [path, item] of Object.entries(spec.paths ?? {})) {
    const operation = item?.post;
    const about = operation?.["x-tidegate-route"];
    if (!about || typeof about.name !== "string") continue;
    if (!routes.has(about.name)) {
      routes.set(about.name, {
        name: about.name,
        type: String(about.route_type ?? ""),
        provider: String(about.provider ?? ""),
        model: String(about.model ?? ""),
        streams: about.streams === true,
        doors: [],
      });
    }
    routes.get(about.name).doors.push({ path, example: exampleOf(spec, operation) });
  }
  const rank = (route) => {
    const found = TYPES.findIndex(([type]) => type === route.type);
    return found < 0 ? TYPES.length : found;
  };
  // A stable sort: within a type the config's order stays.
  return [...routes.values()].sort((a, b) => rank(a) - rank(b));
}

/** The example of an operation's JSON body, wherever OpenAPI lets it stand; `{}` when there is none. */
function exampleOf(spec, operation) {
  const media = deref(spec, operation.requestBody)?.content?.["application/json"];
  if (!media) return {};
  if (media.example !== undefined) return media.example;
  const named = Object.values(media.examples ?? {}).map((entry) => deref(spec, entry)?.value);
  if (named[0] !== undefined) return named[0];
  const schema = deref(spec, media.schema);
  return schema?.example ?? schema?.examples?.[0] ?? {};
}

/** Follows a `$ref` inside the document. */
function deref(spec, node) {
  if (typeof node?.$ref !== "string" || !node.$ref.startsWith("#/")) return node;
  return node.$ref
    .slice(2)
    .split("/")
    .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((value, part) => value?.[part], spec);
}
