"""What a caller reads when a request is not answered: RFC 9457 problem documents."""

from collections.abc import Sequence

import msgspec

from paved_road.contracts import refusals
from paved_road.contracts.refusals import Kind

MOST_ERRORS = 1000


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

    def __init__(self, kind: Kind, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.faults = kind, detail, faults

    @property
    def status(self) -> int:
        return self.kind.status

    @property
    def headers(self) -> dict[str, str]:
        """What a program has to know before it reads the document."""
        return {"retry-after": str(refusals.RETRY_AFTER_SECONDS)} if self.status in (429, 503) else {}


def document(refusal: Refusal) -> bytes:
    """A refusal as a problem document; it lists the first `MOST_ERRORS` faults."""
    return msgspec.json.encode(refusals.document(refusal.kind, refusal.detail, refusal.faults[:MOST_ERRORS]))
