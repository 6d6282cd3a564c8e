"""``POST /v1/predict`` as plain ASGI: the path that has to be quick."""

import asyncio

from starlette.types import Receive, Scope, Send

from paved_road.contracts import refusals
from paved_road.serving.model import Answer, Model
from paved_road.serving.problems import Refusal


async def answer(model: Model, scope: Scope, receive: Receive, send: Send) -> Answer:
    """Answer one request; gives what was predicted.

    Raises:
        Refusal: instead of an answer.
    """
    body = await _read(scope, receive, model.max_bytes)
    if len(body) <= model.inline_bytes:
        given = model.answer(body)
    else:
        given = await asyncio.to_thread(model.answer, body)
    length = str(len(given.body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": given.body})
    return given


async def _read(scope: Scope, receive: Receive, most: int) -> bytes:
    """A request's body.

    Raises:
        Refusal: 413 as soon as it is known to be longer than `most` bytes; 499 if the caller hangs up.
    """
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > most:
            raise _too_large(most)
    body = b""
    chunks: list[bytes] = []
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(499, "the caller hung up")
        body, more = message.get("body", b""), message.get("more_body", False)
        length += len(body)
        if length > most:
            raise _too_large(most)
        chunks.append(body)
    return body if len(chunks) == 1 else b"".join(chunks)


def _too_large(most: int) -> Refusal:
    return Refusal(413, refusals.too_long(most))
