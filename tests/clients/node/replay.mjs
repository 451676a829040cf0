// Asks the gateway what it reads from its input, one job per line, and writes what the SDK gave, one line each.
import { createInterface } from "node:readline";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: `${process.env.GATEWAY_URL}/v1`,
  apiKey: "anything",
  maxRetries: 0,
  timeout: 30_000,
});

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  ask(job).then((result) => console.log(JSON.stringify({ number: job.number, ...result })));
}

async function ask({ kind, body, headers, lawful }) {
  let report = "";
  const fetching = async (...request) => {
    const response = await fetch(...request);
    report = response.headers.get("x-tidegate-translation") ?? "";
    return response;
  };
  const asking = client.withOptions({ fetch: fetching, defaultHeaders: headers });
  try {
    return { ...(await answerOf(asking, kind, body, lawful)), report };
  } catch (error) {
    const words = error.error?.message;
    return {
      status: error.status ?? null,
      error: typeof words === "string" ? words : error.message,
      kind: error.constructor.name,
      report,
    };
  }
}

async function answerOf(asking, kind, body, lawful) {
  if (lawful && kind === "chat" && body.stream) return putTogether(asking, body);
  const { chat, completions, embeddings } = asking;
  const resource = { chat: chat.completions, completions, embeddings }[kind];
  const answer = await resource.create(body);
  if (!body.stream) return { answer: plain(kind, answer) };
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { chunks };
}

// The SDK's own helper refuses streams that break the law.
async function putTogether(asking, body) {
  const chunks = [];
  const stream = asking.chat.completions.stream(body);
  stream.on("chunk", (chunk) => chunks.push(structuredClone(chunk)));
  return { final: await stream.finalChatCompletion(), chunks };
}

// Vectors that the SDK has decoded are typed arrays, which JSON would write as objects.
function plain(kind, answer) {
  if (kind !== "embeddings") return answer;
  const list = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  return { ...answer, data: answer.data.map((it) => ({ ...it, embedding: list(it.embedding) })) };
}
