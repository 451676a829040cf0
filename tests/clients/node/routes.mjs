// Asks one route by the SDK's own helpers, and prints as JSON what each of them gave.
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

import { client } from "./helper.mjs";

const { QUESTION, RESULTS, ROUTE, TOOLS } = JSON.parse(process.env.SCENE);
const ask = { model: ROUTE, messages: [{ role: "user", content: QUESTION }] };

/** A stream that ends in words. */
async function text() {
  const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
  let said = "";
  stream.on("content", (delta) => (said += delta));
  const final = await stream.finalChatCompletion();
  const { finish_reason, message } = final.choices[0];
  return { said, content: message.content, finish_reason, usage: final.usage };
}

/** The SDK runs the tools and asks again. */
async function tools(stream) {
  const called = [];
  const runnable = TOOLS.map(({ function: { name, description, parameters } }) => ({
    type: "function",
    function: {
      name,
      description,
      parameters,
      parse: JSON.parse,
      function: (given) => {
        called.push([name, given]);
        return RESULTS[name];
      },
    },
  }));
  const runner = client.chat.completions.runTools({ ...ask, stream, tools: runnable });
  return { content: await runner.finalContent(), called };
}

const format = zodResponseFormat(z.object({ city: z.string(), degrees: z.number() }), "weather");

async function parsed() {
  const answer = await client.chat.completions.parse({ ...ask, response_format: format });
  return answer.choices[0].message.parsed;
}

async function parsedStream() {
  const stream = client.chat.completions.stream({ ...ask, response_format: format });
  return (await stream.finalChatCompletion()).choices[0].message.parsed;
}

const given = {
  text: await text(),
  tools: await tools(false),
  streamedTools: await tools(true),
  parsed: await parsed(),
  parsedStream: await parsedStream(),
};
console.log(JSON.stringify(given));
