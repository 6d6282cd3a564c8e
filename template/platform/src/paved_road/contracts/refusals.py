"""What a caller reads when a request is not answered; said here once, for the server and for its description."""

from collections.abc import Sequence
from typing import Any

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    422: "Unprocessable Content",
    499: "Client Closed Request",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
FAILED = "the server failed; its log says more"
NOT_READY = "the model is being loaded; ask again in a moment"
MISSING = "is missing"
UNKNOWN_FIELD = "is not a field of the contract"


def document(status: int, detail: str, errors: Sequence[Any] = ()) -> dict[str, Any]:
    """An RFC 9457 problem document."""
    # `about:blank` says that the problem is what the status says; the rest is in `detail` and `errors`.
    body: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status}
    body["detail"] = detail
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


def broken(records: int, errors: int) -> str:
    """The detail of a 422."""
    return f"{_many(records, 'record')} with {_many(errors, 'error')}; see the contract"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
