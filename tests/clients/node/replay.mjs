// Asks the gateway what it reads from its input, one job per line, and writes what the SDK gave, one line each.
import { createInterface } from "node:readline";
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: `${process.env.GATEWAY_URL}/v1`,
  apiKey: "anything",
  maxRetries: 0,
  timeout: 30_000,
});

const resources = {
  chat: client.chat.completions,
  completions: client.completions,
  embeddings: client.embeddings,
};

for await (const line of createInterface({ input: process.stdin })) {
  const job = JSON.parse(line);
  ask(job).then((result) => console.log(JSON.stringify({ number: job.number, ...result })));
}

async function ask({ kind, body, headers, lawful }) {
  try {
    if (lawful && kind === "chat" && body.stream) return await putTogether(body, headers);
    const answer = await resources[kind].create(body, { headers });
    if (!body.stream) return { answer: plain(kind, answer) };
    const chunks = [];
    for await (const chunk of answer) chunks.push(chunk);
    return { chunks };
  } catch (error) {
    const words = error.error?.message;
    return {
      status: error.status ?? null,
      error: typeof words === "string" ? words : error.message,
      kind: error.constructor.name,
    };
  }
}

// The SDK's own helper refuses streams that break the law.
async function putTogether(body, headers) {
  const chunks = [];
  const stream = client.chat.completions.stream(body, { headers });
  stream.on("chunk", (chunk) => chunks.push(structuredClone(chunk)));
  return { final: await stream.finalChatCompletion(), chunks };
}

// Vectors that the SDK has decoded are typed arrays, which JSON would write as objects.
function plain(kind, answer) {
  if (kind !== "embeddings") return answer;
  const list = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  return { ...answer, data: answer.data.map((it) => ({ ...it, embedding: list(it.embedding) })) };
}
