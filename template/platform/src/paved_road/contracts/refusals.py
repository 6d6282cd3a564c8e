"""What a caller reads when a request is not answered; said here once, for the server and for its description."""

from collections.abc import Sequence
from typing import Any, NamedTuple

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    499: "Client Closed Request",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
RETRY_AFTER_SECONDS = 1
"""When to ask again after a 429 or a 503: replicas free up, and start, within seconds."""


class Kind(NamedTuple):
    """Why a request is refused, for programs: a status, and a code that never changes its meaning."""

    status: int
    code: str


NOT_HTTP = Kind(400, "not-http")
NOT_JSON = Kind(400, "not-json")
NO_SUCH_PATH = Kind(404, "no-such-path")
NO_SUCH_METHOD = Kind(405, "no-such-method")
TOO_SLOW = Kind(408, "too-slow")
TOO_LONG = Kind(413, "body-too-long")
TOO_MANY = Kind(413, "too-many-records")
ENCODED = Kind(415, "encoded-body")
NO_RECORDS = Kind(422, "no-records")
BROKEN = Kind(422, "contract-broken")
OVERLOADED = Kind(429, "overloaded")
HUNG_UP = Kind(499, "hung-up")
NOT_FINITE = Kind(500, "output-not-finite")
OUT_OF_RANGE = Kind(500, "output-out-of-range")
MODEL_FAILED = Kind(500, "model-failed")
SERVER_FAILED = Kind(500, "server-failed")
UNREADY = Kind(503, "not-ready")

FAILED = "the server failed; its log says more"
NOT_READY = "the model is being loaded; ask again in a moment"
MISSING = "is missing"
UNKNOWN_FIELD = "is not a field of the contract"
EMPTY = "the array holds no record; send at least one"


def document(kind: Kind, detail: str, errors: Sequence[Any] = ()) -> dict[str, Any]:
    """An RFC 9457 problem document."""
    # `about:blank` says that the problem is what the status says; the rest is in `code`, `detail` and `errors`.
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(kind.status, "Error"), "status": kind.status}
    body |= {"code": kind.code, "detail": detail}
    return body | ({"errors": errors} if errors else {})


def not_json(reason: object) -> str:
    """The detail of a 400."""
    return f"the body is not JSON: {reason}"


def too_many(records: int, most: int) -> str:
    """The detail of a 413 for the number of records."""
    return f"{records} records; send at most {most} at once"


def too_long(most: int) -> str:
    """The detail of a 413 for the length of the body."""
    return f"the body is longer than {most} bytes; send fewer records at once"


def too_slow(seconds: float) -> str:
    """The detail of a 408."""
    return f"the request did not arrive within {seconds:g} seconds; send it again, all at once"


def encoded(how: str) -> str:
    """The detail of a 415."""
    return f"the body is encoded as {how}; send it as plain JSON in UTF-8"


def overloaded(most: int) -> str:
    """The detail of a 429."""
    return f"{most} requests are under way, and no more are taken at once; ask again in {RETRY_AFTER_SECONDS} s"


def broken(records: int, errors: int) -> str:
    """The detail of a 422."""
    return f"{_many(records, 'record')} with {_many(errors, 'error')}; see the contract"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
