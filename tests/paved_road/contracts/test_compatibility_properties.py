"""What the rules call harmless is harmless: nothing that was accepted is refused, nothing unheard of comes back."""

import math
import operator
from typing import Any

import jsonschema_rs
import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.contracts import compatibility, data_rules, records
from paved_road.contracts.compatibility import of_data, of_model, quality, versions
from paved_road.contracts.data import OPERATORS, Column, DataContract, Rule
from paved_road.contracts.model import Field, ModelContract, Output

from tests.paved_road.serving.test_requests import fields, values

from .contracts_examples import promise

often = settings(max_examples=120)
BASE = {"classification": promise("classification"), "regression": promise("regression")}
NAMES = ["a", "b"]
NUMBERS = ("number", "integer")


def limits(name: str) -> st.SearchStrategy[float | None]:
    """Few enough that a limit often stays, moves by little or goes."""
    near = [-1.0, 0.0, 0.5, 1.0]
    return st.sampled_from([None, *near] if name == "minimum" else [None, *(limit + 2 for limit in near)])


@st.composite
def next_fields(draw: st.DrawFn, field: dict[str, Any]) -> dict[str, Any]:
    """The same field after an edit or two."""
    edits: dict[str, st.SearchStrategy[Any]] = {
        "nullable": st.booleans(),
        "unit": st.sampled_from([None, "EUR"]),
        "meaning": st.sampled_from(["Anything.", "Something."]),
    }
    if field["type"] in ("number", "integer"):
        edits |= {"type": st.sampled_from(["number", "integer"])}
        edits |= {bound: limits(bound) for bound in ("minimum", "maximum")}
    if field["type"] == "string":
        known = st.sampled_from(["", "x", "y", *(field.get("values") or [])])
        edits["values"] = st.none() | st.lists(known, min_size=1, unique=True)
    chosen = draw(st.lists(st.sampled_from(list(edits)), min_size=1, max_size=2))
    return field | {name: draw(edits[name]) for name in chosen}


@st.composite
def moves(draw: st.DrawFn) -> tuple[ModelContract, ModelContract]:
    """A contract, and the same after its inputs were edited."""
    old: dict[str, dict[str, Any]] = {}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        field = draw(fields()) | {"name": name}
        field |= {bound: draw(limits(bound)) for bound in ("minimum", "maximum") if field["type"] in NUMBERS}
        old[name] = field
    new: dict[str, dict[str, Any]] = {name: draw(next_fields(field)) for name, field in old.items()}
    if draw(st.integers(0, 4)) == 0:
        new.pop(draw(st.sampled_from(NAMES)), None)
    if draw(st.integers(0, 4)) == 0:
        new["c"] = draw(fields()) | {"name": "c"}
    order = draw(st.permutations(list(new.values())))
    before, after = (msgspec.convert(inputs, list[Field]) for inputs in (list(old.values()), order))
    base = BASE["classification"]
    return msgspec.structs.replace(base, inputs=before), msgspec.structs.replace(base, inputs=after)


@st.composite
def sent(draw: st.DrawFn) -> tuple[ModelContract, ModelContract, dict[str, Any]]:
    """A move, and a record near the limits of either side."""
    old, new = draw(moves())
    now = {field.name: field for field in new.inputs}
    record = {}
    for field in old.inputs:
        if not field.nullable or draw(st.integers(0, 3)):
            record[field.name] = draw(values(draw(st.sampled_from([field, now.get(field.name, field)]))))
    return old, new, record


def takes(schema: dict[str, Any], instance: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(instance)


@often
@given(sent())
def test_a_record_that_was_accepted_still_is_unless_the_change_is_breaking(
    case: tuple[ModelContract, ModelContract, dict[str, Any]],
) -> None:
    old, new, record = case

    if takes(records.input_schema(old), record) and not takes(records.input_schema(new), record):
        assert compatibility.required_bump(old, new) == "major"


@often
@given(moves())
def test_two_contracts_differ_exactly_if_a_rule_says_so(pair: tuple[ModelContract, ModelContract]) -> None:
    old, new = pair

    assert bool(list(of_model.changes(old, new))) == (old.digest != new.digest)


# What comes back ----------------------------------------------------------------------------------------------------


@st.composite
def outputs(draw: st.DrawFn, task: str) -> list[Output]:
    kinds = ["value"] if task == "regression" else ["label", "probability"]
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        output: dict[str, Any] = {"name": name, "gives": draw(st.sampled_from(kinds)), "meaning": "Anything."}
        if task == "regression":
            output |= {bound: draw(limits(bound)) for bound in ("minimum", "maximum")}
        if output["gives"] == "probability":
            output["of"] = draw(st.sampled_from([None, True, False]))
        found.append(output)
    return msgspec.convert(found, list[Output])


@st.composite
def answered(draw: st.DrawFn) -> tuple[ModelContract, ModelContract, dict[str, Any]]:
    """A move, and a prediction near the limits of either side."""
    task = draw(st.sampled_from(["classification", "regression"]))
    old = msgspec.structs.replace(BASE[task], outputs=draw(outputs(task)))
    edited = {output.name: output for output in draw(outputs(task))}
    kept = [edited.get(output.name, output) for output in old.outputs if draw(st.integers(0, 5))]
    added = [output for name, output in edited.items() if name not in {output.name for output in old.outputs}]
    kinds: list[list[Any]] = [[False, True], [0, 1]]
    classes = draw(st.sampled_from(kinds)) if task == "classification" else None
    new = msgspec.structs.replace(old, outputs=[*kept, *added], classes=classes)
    near = [math.nextafter(at, to) for at in (-1.0, 0.0, 0.5, 1.0, 3.0) for to in (-math.inf, at, math.inf)]
    figures: dict[str, st.SearchStrategy[Any]] = {
        "label": st.sampled_from(classes or [0]),
        "probability": st.sampled_from([0.0, 0.5, 1.0]),
        "value": st.sampled_from(near),
    }
    return old, new, {output.name: draw(figures[output.gives]) for output in new.outputs}


@often
@given(answered())
def test_a_prediction_that_may_come_could_have_come_before_unless_the_change_is_breaking(
    case: tuple[ModelContract, ModelContract, dict[str, Any]],
) -> None:
    old, new, prediction = case
    # A caller of before reads the fields that it knows.
    known = {output.name: prediction[output.name] for output in old.outputs if output.name in prediction}

    if takes(records.output_schema(new), prediction) and not takes(records.output_schema(old), known):
        assert compatibility.required_bump(old, new) == "major"


# The data -----------------------------------------------------------------------------------------------------------

FIGURES = [0, 1, 2, 3, 0.5, 1.5, 2.5]


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    """One or two rules about the same count."""
    found = []
    for word in draw(st.lists(st.sampled_from(OPERATORS), min_size=1, max_size=2)):
        bounds = sorted(draw(st.tuples(*[st.integers(0, 3)] * 2)))
        found.append(Rule("rowCount", word, bounds if word == "mustBeBetween" else bounds[0], False, (), (), 1))
    return tuple(found)


@often
@given(rules(), rules(), st.sampled_from(FIGURES))
def test_a_count_that_may_come_could_have_come_before_unless_the_change_is_breaking(
    old: tuple[Rule, ...], new: tuple[Rule, ...], count: float
) -> None:
    before, after = (DataContract("t", "1.0.0", (), held, "") for held in (old, new))
    holds = [all(data_rules._COMPARE[rule.operator](count, rule.bound) for rule in held) for held in (old, new)]

    if holds[1] and not holds[0]:
        assert versions.bump(list(quality.changes(before, after))) == "major"


BOUNDS = {"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"}
ranges = st.dictionaries(st.sampled_from(list(BOUNDS)), st.sampled_from([0, 1, 2]), max_size=3)


@often
@given(ranges, ranges, st.sampled_from(FIGURES))
def test_a_value_that_may_come_could_have_come_before_unless_the_change_is_breaking(
    old: dict[str, int], new: dict[str, int], value: float
) -> None:
    before, after = (Column("a", "number", True, False, options, 1) for options in (old, new))
    compared = {name: getattr(operator, word) for name, word in BOUNDS.items()}
    holds = [all(compared[name](value, bound) for name, bound in options.items()) for options in (old, new)]

    if holds[1] and not holds[0]:
        assert versions.bump(list(of_data._column(before, after, at=()))) == "major"
