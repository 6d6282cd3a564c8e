"""``POST /v1/predict`` as plain ASGI: the path that has to be quick."""

from starlette.types import Receive, Scope, Send

from paved_road.contracts import refusals
from paved_road.serving.connection import AT_ONCE, LATE
from paved_road.serving.problems import Refusal

Header = tuple[bytes, bytes]
_JSON = (b"content-type", b"application/json")


async def reply(body: bytes, scope: Scope, send: Send, more: list[Header]) -> None:
    """Send a prediction.

    Args:
        body: of the answer.
        scope: of the request.
        send: where to.
        more: headers of the answer, beside those of its body.
    """
    headers = [_JSON, (b"content-length", str(len(body)).encode()), *more]
    at_once = scope.get("extensions", {}).get(AT_ONCE)
    if at_once is None or not at_once(headers, body):
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


async def read(scope: Scope, headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    """A request's body.

    Raises:
        Refusal: 408 if it does not arrive in time, 413 as soon as it is known to be longer than `most` bytes, 415 if it
            is compressed, 499 if the caller hangs up.
    """
    if (given := headers.get(b"content-length")) is not None and int(given) > most:
        raise _too_long(most)
    if (how := headers.get(b"content-encoding")) is not None and how.lower() != b"identity":
        raise Refusal(refusals.ENCODED, refusals.encoded(how.decode("latin-1")[:40]))
    chunks: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(refusals.HUNG_UP, "the caller hung up")
        body, more = message.get("body", b""), message.get("more_body", False)
        length += len(body)
        if more and LATE in scope["state"]:
            raise Refusal(refusals.TOO_SLOW, refusals.too_slow(scope["state"][LATE]))
        if length > most:
            raise _too_long(most)
        if not more and not chunks:
            return body  # nearly always
        chunks.append(body)
        if not more:
            return b"".join(chunks)


def _too_long(most: int) -> Refusal:
    return Refusal(refusals.TOO_LONG, refusals.too_long(most))
