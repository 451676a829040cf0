// Asks one route by OpenAI's SDK at the Responses API, and prints as JSON what each call gave.
import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

import { client } from "./helper.mjs";

const { QUESTION, RESULTS, ROUTE, TOOLS } = JSON.parse(process.env.SCENE);
const user = { role: "user", content: QUESTION };
const ask = { model: ROUTE, input: [user] };

/** The words of a response; the SDK's streams do not put them together. */
const wordsOf = ({ output }) =>
  output.flatMap((item) => (item.type === "message" ? item.content : [])).map(({ text }) => text).join("");

/** A stream that ends in words. */
async function text() {
  const stream = client.responses.stream(ask);
  let said = "";
  stream.on("response.output_text.delta", ({ delta }) => (said += delta));
  const final = await stream.finalResponse();
  return { said, content: wordsOf(final), status: final.status, usage: final.usage };
}

/** The tools are run here, and their results are sent back. */
async function tools(stream) {
  const once = (input) => {
    const asked = { ...ask, input, tools: TOOLS };
    return stream ? client.responses.stream(asked).finalResponse() : client.responses.create(asked);
  };
  const first = await once([user]);
  const calls = first.output.filter((item) => item.type === "function_call");
  const results = calls.map(({ call_id, name }) => ({
    type: "function_call_output",
    call_id,
    output: RESULTS[name],
  }));
  const last = await once([user, ...first.output, ...results]);
  const called = calls.map((call) => [call.name, JSON.parse(call.arguments)]);
  return { content: wordsOf(last), called };
}

const format = zodTextFormat(z.object({ city: z.string(), degrees: z.number() }), "weather");

async function parsed() {
  return (await client.responses.parse({ ...ask, text: { format } })).output_parsed;
}

async function parsedStream() {
  const stream = client.responses.stream({ ...ask, text: { format } });
  return (await stream.finalResponse()).output_parsed;
}

async function failure(call) {
  try {
    await call();
    return "no error";
  } catch (error) {
    const { status, requestID } = error;
    return { known: error instanceof OpenAI.APIError, status, hasID: Boolean(requestID) };
  }
}

const given = {
  text: await text(),
  tools: await tools(false),
  streamedTools: await tools(true),
  parsed: await parsed(),
  parsedStream: await parsedStream(),
  refused: await failure(() => client.responses.create(ask)),
};
console.log(JSON.stringify(given));
