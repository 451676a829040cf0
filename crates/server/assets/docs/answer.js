// Understands the bodies that the gateway answers with: whole ones and the parts of a stream; those
// in OpenAI's form, and those of MLflow's older form (`candidates`, `metadata`).

/** What a body, or one event of a stream, adds to the answer. */
export function piecesOf(body) {
  const pieces = { parts: [], usage: usageOf(body), error: null, vectors: null };
  if (body === null || typeof body !== "object") return pieces;
  if (body.error !== undefined && body.error !== null) pieces.error = errorText(body);
  const choices = Array.isArray(body.choices) ? body.choices : body.candidates;
  if (Array.isArray(choices)) {
    choices.forEach((choice, position) => {
      if (choice && typeof choice === "object") readChoice(choice, position, pieces.parts);
    });
  }
  pieces.vectors = vectorsOf(body);
  return pieces;
}

function readChoice(choice, position, parts) {
  const index = Number.isInteger(choice.index) ? choice.index : position;
  const add = (kind, text, more) => {
    if (typeof text === "string" && text !== "") parts.push({ index, kind, text, ...more });
  };
  const message = choice.delta ?? choice.message ?? {};
  add("reasoning", message.reasoning_content ?? message.reasoning);
  if (Array.isArray(message.content)) {
    for (const block of message.content) add("text", block?.text);
  } else {
    add("text", message.content);
  }
  add("text", choice.text);
  add("refusal", message.refusal);
  for (const [order, call] of (message.tool_calls ?? []).entries()) {
    const slot = Number.isInteger(call?.index) ? call.index : order;
    add("tool-name", call?.function?.name, { slot });
    add("tool-arguments", call?.function?.arguments, { slot });
  }
  add("finish", choice.finish_reason ?? choice.metadata?.finish_reason);
}

function usageOf(body) {
  const usage = body?.usage ?? body?.metadata;
  if (!usage || typeof usage !== "object") return null;
  const input = usage.prompt_tokens ?? usage.input_tokens;
  const output = usage.completion_tokens ?? usage.output_tokens;
  if (!Number.isFinite(input) && !Number.isFinite(output)) return null;
  return { input: input ?? null, output: output ?? null };
}

function vectorsOf(body) {
  if (Array.isArray(body.data) && body.data.some((row) => row?.embedding !== undefined)) {
    return body.data.map((row) => row.embedding);
  }
  return Array.isArray(body.embeddings) ? body.embeddings : null;
}

/** The sentence meant for people in an error's body, whoever wrote it; null when there is none. */
export function errorText(body) {
  if (typeof body === "string") return body.trim() || null;
  if (body === null || typeof body !== "object") return null;
  for (const value of [body.error, body.detail, body.message]) {
    if (typeof value === "string" && value) return value;
    if (Array.isArray(value)) {
      // A list of what is wrong with which field.
      const lines = value.map(fieldError).filter(Boolean);
      if (lines.length > 0) return lines.join("\n");
    } else if (value && typeof value === "object") {
      const inner = errorText(value);
      if (inner) return inner;
    }
  }
  return null;
}

function fieldError(item) {
  if (typeof item?.msg !== "string") return typeof item === "string" ? item : null;
  const where = Array.isArray(item.loc) ? item.loc.filter((part) => part !== "body").join(".") : "";
  return where ? `${where}: ${item.msg}` : item.msg;
}
