"""What a caller reads when a request is not answered: RFC 9457 problem documents."""

from collections.abc import Sequence

import msgspec

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 1000
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


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong with one record.

    Attributes:
        record: position in the request, from 0.
        field: name of the field; empty if it is about the whole record.
        message: what is wrong.
    """

    record: int
    field: str = ""
    message: str


class Refusal(Exception):
    """A request is not answered; becomes a problem document."""

    def __init__(self, status: int, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, faults


def document(refusal: Refusal) -> bytes:
    """A refusal as a problem document; it lists the first `MOST_ERRORS` faults."""
    # `about:blank` says that the problem is what the status says; the rest is in `detail` and `errors`.
    title, status = TITLES.get(refusal.status, "Error"), refusal.status
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": refusal.detail}
    if refusal.faults:
        body["errors"] = refusal.faults[:MOST_ERRORS]
    return msgspec.json.encode(body)
