// The request in the editor as a command or a program to take away.

/** A shell command. */
export function curl(url, body, streams) {
  const lines = [`curl ${streams ? "-N " : ""}${shell(url)}`, "  -H 'Content-Type: application/json'"];
  lines.push(`  -d ${shell(JSON.stringify(body, null, 2))}`);
  return lines.join(" \\\n");
}

/** A Python program that needs `requests` only. */
export function python(url, body, streams) {
  const call = [
    "import requests",
    "",
    "response = requests.post(",
    `    ${text(url)},`,
    `    json=${value(body, 1)},`,
    ...(streams ? ["    stream=True,"] : []),
    "    timeout=300,",
    ")",
    "response.raise_for_status()",
  ];
  const rest = streams
    ? [
        "for line in response.iter_lines():",
        '    if line.startswith(b"data: "):',
        "        print(line[6:].decode())",
      ]
    : ["print(response.json())"];
  return [...call, ...rest].join("\n");
}

function shell(argument) {
  return `'${argument.replaceAll("'", "'\\''")}'`;
}

// A JSON string is a Python string, but for lone surrogates, which neither can send anyway.
function text(string) {
  return JSON.stringify(string);
}

function value(json, depth) {
  const inner = "    ".repeat(depth + 1);
  const outer = "    ".repeat(depth);
  if (json === null) return "None";
  if (json === true) return "True";
  if (json === false) return "False";
  if (typeof json === "number") return String(json);
  if (typeof json === "string") return text(json);
  const list = Array.isArray(json);
  const items = list
    ? json.map((item) => value(item, depth + 1))
    : Object.entries(json).map(([name, item]) => `${text(name)}: ${value(item, depth + 1)}`);
  const [open, close] = list ? "[]" : "{}";
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `${inner}${item},\n`).join("")}${outer}${close}`;
}
