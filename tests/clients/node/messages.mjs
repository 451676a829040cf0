// Asks one route by Anthropic's SDK, and prints as JSON what each call gave.
import Anthropic from "@anthropic-ai/sdk";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { z } from "zod";

const { QUESTION, RESULTS, ROUTE, TOOLS } = JSON.parse(process.env.SCENE);
const client = new Anthropic({
  baseURL: process.env.GATEWAY_URL,
  apiKey: "anything",
  maxRetries: 0,
  timeout: 20_000,
});
const user = { role: "user", content: QUESTION };
const ask = { model: ROUTE, max_tokens: 500, messages: [user] };

const wordsOf = (message) =>
  message.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("");

/** A stream that ends in words. */
async function text() {
  const stream = client.messages.stream(ask);
  let said = "";
  stream.on("text", (delta) => (said += delta));
  const final = await stream.finalMessage();
  return { said, content: wordsOf(final), stop_reason: final.stop_reason, usage: final.usage };
}

/** The tools are run here, and their results are sent back. */
async function tools(stream) {
  const once = (messages) => {
    const asked = { ...ask, messages, tools: TOOLS };
    return stream ? client.messages.stream(asked).finalMessage() : client.messages.create(asked);
  };
  const first = await once([user]);
  const calls = first.content.filter((block) => block.type === "tool_use");
  const results = calls.map(({ id, name }) => ({
    type: "tool_result",
    tool_use_id: id,
    content: RESULTS[name],
  }));
  const said = { role: "assistant", content: first.content };
  const last = await once([user, said, { role: "user", content: results }]);
  return { content: wordsOf(last), called: calls.map(({ name, input }) => [name, input]) };
}

async function parsed() {
  const format = zodOutputFormat(z.object({ city: z.string(), degrees: z.number() }));
  return (await client.messages.parse({ ...ask, output_config: { format } })).parsed_output;
}

async function failure(call) {
  try {
    await call();
    return "no error";
  } catch (error) {
    const { status, requestID } = error;
    return { known: error instanceof Anthropic.APIError, status, hasID: Boolean(requestID) };
  }
}

const given = {
  text: await text(),
  tools: await tools(false),
  streamedTools: await tools(true),
  parsed: await parsed(),
  refused: await failure(() => client.messages.create(ask)),
  cut: await failure(() => client.messages.stream(ask).finalMessage()),
};
console.log(JSON.stringify(given));
