"""What a caller reads when a request is not answered: RFC 9457 problem documents."""

from collections.abc import Sequence

import msgspec

from paved_road.contracts import refusals

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

    def __init__(self, status: int, detail: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(detail)
        self.status, self.detail, self.faults = status, detail, faults


def document(refusal: Refusal) -> bytes:
    """A refusal as a problem document; it lists the first `MOST_ERRORS` faults."""
    return msgspec.json.encode(refusals.document(refusal.status, refusal.detail, refusal.faults[:MOST_ERRORS]))
