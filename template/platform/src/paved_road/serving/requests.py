"""From the bytes of a request to records, or to a refusal that names everything that is wrong."""

import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec

from paved_road.contracts import limits, refusals
from paved_road.contracts.model import ModelContract
from paved_road.findings import short
from paved_road.serving import feed, types
from paved_road.serving.problems import Fault, Refusal

_PLACE = re.compile(r" - at `\$(?:\[(\d+)\])?(?:\.(\w+))?.*`$")


class Requests:
    """Reads requests of one contract.

    Attributes:
        max_records: most records in a request.
        max_bytes: longest body.
    """

    def __init__(self, schema: dict[str, Any], contract: ModelContract) -> None:
        """Compile a record's JSON Schema.

        Raises:
            Problem: if the schema says what the compiled types would not hold.
        """
        record: Any = types.record_type(schema, feed.order(contract))
        self._body = record | list[record]
        self._decoder = msgspec.json.Decoder(self._body, dec_hook=types.read_instant)
        self._validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        self._integers = types.integers(schema)
        self.max_records = contract.service_level.max_records
        self.max_bytes = limits.body_bytes(schema, self.max_records)

    def read(self, body: bytes) -> tuple[list[msgspec.Struct], bool]:
        """The records of a body, and whether they came as an array.

        Raises:
            Refusal: 400 not JSON, 413 too many records, 422 records that break the contract.
        """
        try:
            asked = self._decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            asked = self._read_again(body, error)
        if not isinstance(asked, list):
            return [asked], False
        self._count(asked)
        return asked, True

    def _count(self, records: list[Any]) -> None:
        if not records:
            raise Refusal(refusals.NO_RECORDS, refusals.EMPTY)
        if len(records) > self.max_records:
            raise Refusal(refusals.TOO_MANY, refusals.too_many(len(records), self.max_records))

    def _read_again(self, body: bytes, first: Exception) -> Any:
        """The compiled types stop at the first error; the schema names them all, and has the last word."""
        try:
            data = msgspec.json.decode(body)
        except msgspec.ValidationError:
            raise _refusal([_fault(first)]) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Refusal(refusals.NOT_JSON, refusals.not_json(error)) from None
        records = data if isinstance(data, list) else [data]
        self._count(records)
        faults = [fault for at, record in enumerate(records) for fault in self._faults(at, record)]
        if faults:
            raise _refusal(faults)
        for record in records:
            self._spell_integers(record)
        try:
            return msgspec.convert(data, self._body, dec_hook=types.read_instant)
        except msgspec.ValidationError as error:
            raise _refusal([_fault(error)]) from None

    def _spell_integers(self, record: dict[str, Any]) -> None:
        """To JSON Schema 3.0 is an integer, and many callers write it so."""
        for name in self._integers:
            value = record.get(name)
            if isinstance(value, float):
                record[name] = int(value)

    def _faults(self, at: int, record: Any) -> Iterator[Fault]:
        for error in self._validator.iter_errors(record):
            kind: Any = error.kind
            if kind.name == "additionalProperties":
                for name in kind.unexpected:
                    yield Fault(record=at, field=short(name), message=refusals.UNKNOWN_FIELD)
            elif kind.name == "required":
                yield Fault(record=at, field=kind.property, message=refusals.MISSING)
            else:
                field = str(error.instance_path[0]) if error.instance_path else ""
                yield Fault(record=at, field=field, message=short(error.message))


def _fault(error: Exception) -> Fault:
    """msgspec's message, taken apart."""
    place = _PLACE.search(str(error))
    record, field = place.groups() if place else (None, None)
    message = _PLACE.sub("", str(error)).replace("`", "")
    return Fault(record=int(record or 0), field=field or "", message=short(message))


def _refusal(faults: list[Fault]) -> Refusal:
    records = len({fault.record for fault in faults})
    return Refusal(refusals.BROKEN, refusals.broken(records, len(faults)), faults)
