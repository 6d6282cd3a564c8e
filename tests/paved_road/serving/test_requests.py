"""The compiled types take what the schema takes, and nothing else."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema_rs
import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paved_road.contracts import arrays, records
from paved_road.contracts.model import ModelContract
from paved_road.findings import Problem
from paved_road.serving.feed import Feed
from paved_road.serving.problems import Refusal
from paved_road.serving.requests import Requests
from serving_examples import RECORD, contract

quick = settings(max_examples=300)


def reader(promise: ModelContract, **changes: Any) -> Requests:
    return Requests(records.input_schema(promise) | changes, promise)


def refused(requests: Requests, body: Any) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        requests.read(body if isinstance(body, bytes) else json.dumps(body).encode())
    return refusal.value


def said(requests: Requests, body: Any) -> list[tuple[int, str, str]]:
    return [(fault.record, fault.field, fault.message) for fault in refused(requests, body).faults]


# What the schema takes is read --------------------------------------------------------------------------------------


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["number", "integer", "boolean", "string", "timestamp"]))
    field: dict[str, Any] = {"type": kind, "nullable": draw(st.booleans()), "meaning": "Anything."}
    if kind in ("number", "integer"):
        low, high = sorted(draw(st.tuples(*[st.floats(-1e6, 1e6)] * 2)))
        field |= draw(st.sampled_from([{}, {"minimum": low}, {"maximum": high}, {"minimum": low, "maximum": high}]))
    if kind == "string" and draw(st.booleans()):
        field["values"] = draw(st.lists(st.text(max_size=4), min_size=1, max_size=4, unique=True))
    return field


@st.composite
def promises(draw: st.DrawFn) -> ModelContract:
    names = draw(st.lists(st.sampled_from(["a", "b", "class", "from", "f0", "f1", "none"]), min_size=1, unique=True))
    return contract(inputs=[draw(fields()) | {"name": name} for name in names])


TIMESTAMPS = [
    "2026-03-01T12:00:00Z",
    "2026-03-01t12:00:00.123456789z",
    "2024-02-29T23:59:59-11:30",
    "2026-02-29T00:00:00Z",
    "2026-03-01 12:00:00Z",
    "2026-03-01T12:00:00",
    "2026-03-01T12:00:00+0100",
    "2026-03-01T12:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T12:00:00+24:00",
    "20260301T120000Z",
    "2026-W09-7T12:00:00Z",
    "٢٠٢٦-03-01T12:00:00Z",
    " 2026-03-01T12:00:00Z",
    "2026-03-01",
    "",
]

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.integers(-3, 3).map(float),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=4),
    st.sampled_from(TIMESTAMPS),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)


@st.composite
def values(draw: st.DrawFn, field: Any) -> Any:
    """Mostly a value of the right kind, near its limits."""
    if draw(st.integers(0, 9)) == 0:
        return draw(ANYTHING)
    if field.nullable and draw(st.integers(0, 3)) == 0:
        return None
    limits = [limit for limit in (field.minimum, field.maximum) if limit is not None] or [0.0]
    match field.type:
        case "number":
            near = [near for at in limits for near in (at, math.nextafter(at, math.inf), at - 1)]
            return draw(st.sampled_from(near) | st.floats(-1e7, 1e7))
        case "integer":
            near_integer = st.sampled_from(limits).flatmap(lambda at: st.integers(int(at) - 1, int(at) + 1))
            return draw(near_integer | near_integer.map(float))
        case "boolean":
            return draw(st.booleans())
        case "string":
            return draw(st.sampled_from(field.values) if field.values else st.text(max_size=8))
        case _:
            zone = draw(st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))))
            moment = draw(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
            return draw(st.sampled_from([moment.replace(tzinfo=zone).isoformat(), *TIMESTAMPS]))


@st.composite
def cases(draw: st.DrawFn) -> tuple[ModelContract, Any]:
    promise = draw(promises())
    record: dict[str, Any] = {}
    for field in promise.inputs:
        if draw(st.integers(0, 9)):
            record[field.name] = draw(values(field))
    if draw(st.integers(0, 9)) == 0:
        record[draw(st.text(max_size=3))] = draw(ANYTHING)
    return promise, record if draw(st.integers(0, 19)) else draw(ANYTHING)


@quick
@given(cases())
def test_a_record_is_read_exactly_if_the_schema_takes_it(case: tuple[ModelContract, Any]) -> None:
    promise, record = case
    schema = records.input_schema(promise)
    taken = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(record)
    body = json.dumps(record).encode()
    requests = reader(promise)

    if isinstance(record, list):
        return
    if taken:
        read, many = requests.read(body)
        assert (len(read), many) == (1, False)
    else:
        assert refused(requests, body).faults


@quick
@given(cases())
def test_the_compiled_types_alone_take_nothing_that_the_schema_refuses(case: tuple[ModelContract, Any]) -> None:
    promise, record = case
    try:
        reader(promise)._decoder.decode(json.dumps(record).encode())
    except msgspec.ValidationError:
        return

    assert records.input_schema(promise)
    validator = jsonschema_rs.Draft202012Validator(records.input_schema(promise), validate_formats=True)
    assert all(validator.is_valid(one) for one in (record if isinstance(record, list) else [record]))


@quick
@given(st.lists(cases().filter(lambda case: isinstance(case[1], dict)), min_size=1, max_size=1))
@example([(contract(), RECORD)])
def test_records_become_the_arrays_that_training_saw(drawn: list[tuple[ModelContract, Any]]) -> None:
    promise, record = drawn[0]
    requests = reader(promise)
    try:
        read, _ = requests.read(json.dumps([record, record]).encode())
    except Refusal:
        return

    for rows in (read, read[:1]):
        numbers, strings = Feed(promise).arrays(rows)
        wanted_numbers, wanted_strings = arrays.to_arrays(table(promise, [record] * len(rows)), promise)
        np.testing.assert_array_equal(numbers, wanted_numbers)
        assert strings.tolist() == wanted_strings.tolist()


def table(promise: ModelContract, rows: list[dict[str, Any]]) -> pa.Table:
    kinds = {"number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(), "string": pa.string()}
    columns = {}
    for field in promise.inputs:
        column = [row.get(field.name) for row in rows]
        if field.type == "timestamp":
            moments = [datetime.fromisoformat(value.upper()).astimezone(UTC) if value else None for value in column]
            columns[field.name] = pa.array(moments, pa.timestamp("us", "UTC"))
        else:
            if field.type == "number":  # the nearest one, for a whole number that no float64 holds
                column = [None if value is None else float(value) for value in column]
            columns[field.name] = pa.array(column, kinds[field.type])
    return pa.table(columns)


# What is refused is named -------------------------------------------------------------------------------------------


def test_a_whole_number_may_be_written_with_a_point(promise: ModelContract) -> None:
    read, _ = reader(promise).read(json.dumps([RECORD, RECORD | {"items": 3.0}]).encode())

    assert read[0] == read[1]


def test_the_place_of_every_error_is_its_record_and_field(promise: ModelContract) -> None:
    body = [RECORD, RECORD | {"amount": -1, "colour": "red"}, {**RECORD, "at": "today"}, 7]

    errors = said(reader(promise), body)

    assert errors == [
        (1, "amount", "-1 is less than the minimum of 0.0"),
        (1, "colour", "is not a field of the contract"),
        (2, "at", '"today" is not a "date-time"'),
        (3, "", '7 is not of type "object"'),
    ]
    assert "3 records with 4 errors" in str(refused(reader(promise), body))


def test_a_missing_field_is_named(promise: ModelContract) -> None:
    record = {name: value for name, value in RECORD.items() if name != "amount"}

    assert said(reader(promise), record) == [(0, "amount", "is missing")]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400])
def test_a_number_beyond_all_numbers_is_refused(promise: ModelContract, number: str) -> None:
    body = json.dumps([RECORD, RECORD]).replace("120.5", number).encode()

    errors = said(reader(contract(inputs=unbounded(promise))), body)

    assert errors[0][:2] == (0, "amount")
    assert "out of range" in errors[0][2]


def test_an_integer_beyond_64_bits_is_refused(promise: ModelContract) -> None:
    errors = said(reader(contract(inputs=unbounded(promise))), RECORD | {"items": 2**63})

    assert errors == [(0, "items", "Expected int <= 9223372036854775807")]


@pytest.mark.parametrize("moment", ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"])
def test_a_moment_that_no_clock_here_shows_is_refused(promise: ModelContract, moment: str) -> None:
    ((record, field, message),) = said(reader(promise), [RECORD | {"at": moment}])

    assert (record, field) == (0, "at")
    assert message


@pytest.mark.parametrize("body", [b"", b"{", b'{"amount": NaN}', b'{"amount": Infinity}', b'"\xff"', b"[" * 100_000])
def test_what_is_not_json_is_said_to_be_so(promise: ModelContract, body: bytes) -> None:
    refusal = refused(reader(promise), body)

    assert refusal.status == 400
    assert "the body is not JSON" in refusal.detail


def test_an_empty_array_asks_for_nothing(promise: ModelContract) -> None:
    assert "send at least one" in refused(reader(promise), []).detail


def test_too_many_records_are_counted_before_they_are_checked(promise: ModelContract) -> None:
    empty: dict[str, Any] = {}
    for record in (RECORD, empty):
        refusal = refused(reader(promise), [record] * 9)

        assert refusal.status == 413
        assert refusal.detail == "9 records; send at most 8 at once"


def test_an_error_does_not_send_a_whole_novel_back(promise: ModelContract) -> None:
    ((_, _, message),) = said(reader(promise), RECORD | {"amount": "x" * 10_000})

    assert len(message) < 400


def test_any_body_that_holds_as_many_records_as_promised_is_short_enough() -> None:
    few = contract(service_level=_level(1000))
    full = json.dumps([RECORD | {"note": "x" * 1000}] * 1000, indent=2)

    assert len(full) <= reader(few).max_bytes


# A schema that the types would not hold is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "change", "fact"),
    [
        ("amount", {"multipleOf": 5}, "amount says multipleOf"),
        ("amount", {"exclusiveMinimum": 0}, "amount says exclusiveMinimum"),
        ("amount", {"enum": [1]}, "amount says enum"),
        ("amount", {"minimum": True}, "amount is bounded by True"),
        ("amount", {"type": "array"}, "amount is of type 'array'"),
        ("amount", {"type": ["number", "string"]}, "amount is of type ['number', 'string']"),
        ("amount", {"type": ["number", "null"]}, "amount may be null but not left out"),
        ("usual", {"type": "number"}, "usual may be null but not left out"),
        ("from", {"pattern": "^A"}, "from says pattern"),
        ("from", {"enum": [1, 2]}, "from lists values that are not texts"),
        ("from", {"enum": ["AT", None]}, "from lists null among its values"),
        ("channel", {"enum": ["chip"]}, "channel lists null among its values"),
        ("at", {"format": "date"}, "at has the format 'date'"),
        ("at", {"enum": ["2026-03-01T12:00:00Z"]}, "at lists values that are not texts"),
    ],
)
def test_a_field_that_says_more_than_is_known_is_refused(
    promise: ModelContract, field: str, change: dict[str, Any], fact: str
) -> None:
    properties = records.input_schema(promise)["properties"]

    with pytest.raises(Problem) as unknown:
        reader(promise, properties=properties | {field: properties[field] | change})

    assert f"schema.input: {fact}" in str(unknown.value)
    assert unknown.value.findings[0].code == "SERVE001"


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"minProperties": 1}, "a record says minProperties"),
        ({"additionalProperties": True}, "a record is not an object without other fields"),
        ({"type": "array"}, "a record is not an object without other fields"),
        ({"properties": {}}, "a record has other fields than the contract"),
    ],
)
def test_a_record_that_says_more_than_is_known_is_refused(
    promise: ModelContract, change: dict[str, Any], fact: str
) -> None:
    with pytest.raises(Problem) as unknown:
        reader(promise, **change)

    assert f"schema.input: {fact}" in str(unknown.value)


def unbounded(promise: ModelContract) -> list[dict[str, Any]]:
    return [msgspec.to_builtins(field) | {"minimum": None, "maximum": None} for field in promise.inputs]


def _level(most: int) -> dict[str, Any]:
    level: dict[str, Any] = msgspec.to_builtins(contract().service_level)
    return level | {"max_records": most}
