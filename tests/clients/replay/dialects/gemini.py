"""Google's generateContent, on the Gemini API and on Vertex AI, and both APIs' embeddings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..bytestreams import objects
from ..meaning import Call, Media, Part, Question, Result, Text, Texts, Tool, Turn, plain
from ..recording import Recording, Request
from ..told import Choice, Told, ToolCall, Usage
from .dialect import Dialect

Json = Any

LIMITS = {
    "max_tokens": "maxOutputTokens",
    "temperature": "temperature",
    "top_p": "topP",
    "stop": "stopSequences",
    "seed": "seed",
    "n": "candidateCount",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "logprobs": "responseLogprobs",
    "top_logprobs": "logprobs",
}
MODES = {"ANY": "required", "NONE": "none"}
FILTERED = (
    "SAFETY",
    "RECITATION",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "LANGUAGE",
    "MODEL_ARMOR",
)
TYPES = ("", "string", "number", "integer", "boolean", "array", "object")
"""JSON types by their numbers in this API."""


# Requests


def question(request: Request) -> Question:
    """Reads a request. Names are written in two ways; members without a meaning in OpenAI's dialect are left out."""
    body = _camel({name: value for name, value in request.body.items() if value is not None})
    found = Question(request.named("/models/", ":"), ":stream" in request.path)
    system = body.pop("systemInstruction", {}).get("parts", [])
    found.system = [part["text"] for part in ([system] if isinstance(system, dict) else system)]
    for content in body.pop("contents"):
        role: Any = "assistant" if content.get("role") == "model" else "user"
        found.turns.append(Turn(role, list(_parts(content.get("parts", []), found.left_out))))
    for tool in body.pop("tools", []):
        found.tools += [_tool(it) for it in tool.get("functionDeclarations") or []]
        found.left_out |= {name for name, it in tool.items() if it is not None} - {
            "functionDeclarations"
        }
    _choose(body.pop("toolConfig", {}), found)
    settings = _camel(body.pop("generationConfig", {}))
    found.limits = {name: settings.pop(own, None) for name, own in LIMITS.items()}
    _format(settings, found)
    if settings.get("responseModalities") in ([], ["TEXT"]):
        del settings["responseModalities"]
    found.left_out |= {*body, *settings}
    return found


def _camel(members: Json) -> Json:
    """The members by their names in camel case."""

    def camel(name: str) -> str:
        first, *others = name.split("_")
        return first + "".join(word.capitalize() for word in others)

    return {camel(name): value for name, value in members.items()}


def _parts(parts: list[Json], left_out: set[str]) -> Iterable[Part]:
    for written in parts:
        part = _camel(written)
        signature = part.pop("thoughtSignature", "")
        if signature and "functionCall" not in part:
            left_out.add("thoughtSignature of no call")
        match part:
            case {"text": _, "thought": True}:
                left_out.add("thought")
            case {"text": text}:
                yield Text(text)
            case {"functionCall": call}:
                yield Call(call["name"], call.get("args") or {}, call.get("id"), signature)
            case {"functionResponse": answer}:
                left_out |= {f"{name} of a result" for name in answer.keys() & {"parts"}}
                yield Result(plain(answer["response"]), answer.get("id"), answer["name"])
            case {"inlineData": data}:
                yield _media(_camel(data), left_out)
            case _:
                left_out |= part.keys()


def _media(data: Json, left_out: set[str]) -> Part:
    kind, _, form = data["mimeType"].partition("/")
    if kind == "video" or (kind == "audio" and form not in ("wav", "x-wav", "mp3", "mpeg")):
        left_out.add(data["mimeType"])
        return Text("")
    named: Any = kind if kind in ("image", "audio") else "file"
    return Media(named, data["mimeType"], data["data"])


def _tool(declared: Json) -> Tool:
    said = _camel(declared)
    schema = said.get("parametersJsonSchema") or _schema(said.get("parameters"))
    return Tool(said["name"], said.get("description") or "", schema)


def _schema(schema: Json) -> Json:
    """A schema of OpenAPI with its types in JSON Schema's words."""
    if isinstance(schema, list):
        return [_schema(it) for it in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _type(it) if name == "type" else _schema(it) for name, it in schema.items()}


def _type(kind: Json) -> Json:
    if isinstance(kind, int):
        return TYPES[kind]
    return kind.lower() if isinstance(kind, str) else _schema(kind)


def _choose(config: Json, into: Question) -> None:
    config = _camel(config)
    calling = _camel(config.pop("functionCallingConfig", {}))
    mode, names = calling.get("mode", "").upper(), calling.get("allowedFunctionNames") or []
    into.tool_choice = MODES.get(mode)
    if len(names) == 1 and mode == "ANY":
        into.tool_choice = {"name": names[0]}
    elif names:
        into.tool_choice = {"names": names, "mode": MODES.get(mode, "auto")}
    into.left_out |= config.keys()


def _format(settings: Json, into: Question) -> None:
    schema = settings.pop("responseJsonSchema", None) or _schema(
        settings.pop("responseSchema", None)
    )
    if settings.get("responseMimeType") == "application/json":
        del settings["responseMimeType"]
        into.format = schema or "json_object"


# Answers


def told(recording: Recording) -> Told:
    """Reads a recorded answer."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["error"]["message"])
    return from_pieces(objects(recording.text) if recording.streams else [recording.answer])


def from_pieces(pieces: list[Json]) -> Told:
    """Puts the pieces of an answer together; a plain answer is one."""
    choices: dict[int, Choice] = {}
    counts = Usage()
    for piece in pieces:
        if "error" in piece:
            return Told(error=piece["error"]["message"])
        for candidate in piece.get("candidates", []):
            _add(candidate, choices.setdefault(candidate.get("index", 0), Choice()))
        if piece.get("promptFeedback", {}).get("blockReason"):
            choices.setdefault(0, Choice()).finish = {"content_filter"}
        if "usageMetadata" in piece:
            counts = _usage(piece["usageMetadata"])
    return Told([choices[number] for number in sorted(choices)], counts)


def _add(candidate: Json, choice: Choice) -> None:
    for part in candidate.get("content", {}).get("parts", []):
        signature = part.get("thoughtSignature", "")
        match part:
            case {"text": text, "thought": True}:
                choice.reasoning += text
            case {"text": text}:
                choice.text += text
                choice.signature = signature or choice.signature
            case {"functionCall": call}:
                arguments, id_ = call.get("args") or {}, call.get("id")
                choice.calls.append(ToolCall(call["name"], arguments, id_, signature))
    reason = candidate.get("finishReason")
    if reason is not None:
        calls = choice.calls and reason in ("STOP", 1)
        choice.finish = {"tool_calls" if calls else _finish(reason)}


def _finish(reason: str | int) -> str:
    if reason in ("MAX_TOKENS", 2):
        return "length"
    return "content_filter" if str(reason).startswith(("IMAGE_", *FILTERED)) else "stop"


def _usage(counts: Json) -> Usage:
    """The tokens. Thoughts and what tools of the server read are told beside the others; what is missing is none."""

    def count(name: str) -> int:
        return int(counts.get(f"{name}TokenCount") or 0)

    thought = count("thoughts")
    completion = count("candidates") + thought
    prompt = count("prompt") + count("toolUsePrompt")
    return Usage(prompt, completion, count("cachedContent"), reasoning=thought)


# Embeddings


def texts(request: Request) -> Texts:
    """Reads a request for vectors, of one text or of several."""
    body = request.body
    asked = [_camel(it) for it in body.get("requests") or [body]]
    found = [part["text"] for it in asked for part in it["content"]["parts"]]
    dimensions = {it.pop("outputDimensionality", None) for it in asked}
    own = {"content", "model", "taskType", "title"}
    others = {name for it in asked for name in it.keys() - own}
    return Texts(request.named("/models/", ":"), found, dimensions.pop(), left_out=others)


def vectors(recording: Recording) -> Told:
    """Reads recorded vectors."""
    if recording.status >= 400:
        return Told(status=recording.status, error=recording.answer["error"]["message"])
    found = recording.answer.get("embeddings") or [recording.answer["embedding"]]
    return Told(vectors=[it["values"] for it in found])


def instances(request: Request) -> Texts:
    """Reads a request for vectors of Vertex AI's models."""
    parameters = dict(request.body.get("parameters") or {})
    dimensions = parameters.pop("outputDimensionality", None)
    found = [it["content"] for it in request.body["instances"]]
    return Texts(
        request.named("/models/", ":"), found, dimensions, left_out={*parameters} - {"autoTruncate"}
    )


def predictions(recording: Recording) -> Told:
    """Reads recorded vectors of Vertex AI's models."""
    found = [it["embeddings"] for it in recording.answer["predictions"]]
    prompt = sum(it["statistics"]["token_count"] for it in found)
    return Told(vectors=[it["values"] for it in found], usage=Usage(prompt))


GENERATE = Dialect(
    "chat",
    r"/models/[^/:]+:(generateContent|streamGenerateContent\?alt=sse)",
    question,
    told,
    with_ids=False,
)
EMBED = Dialect("embeddings", r":(embedContent|batchEmbedContents)", texts, vectors)
PREDICT = Dialect("embeddings", r":predict", instances, predictions)
