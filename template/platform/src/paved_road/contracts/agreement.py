"""Do the contracts agree? What the model reads must be promised by the data, in the same type and range."""

import math
from collections.abc import Iterator

from paved_road.contracts.data import Column, DataContract, Rule
from paved_road.contracts.model import PATH, Field, ModelContract
from paved_road.findings import Finding

_FITS = {
    "number": ("number", "integer"),
    "integer": ("integer",),
    "boolean": ("boolean",),
    "string": ("string",),
    "timestamp": ("timestamp",),
}


def check(promise: ModelContract, data: DataContract) -> Iterator[Finding]:
    """Every column that the model needs and the data contract does not promise so."""
    rule = promise.golden
    wanted = [promise.target, rule.key, *([rule.newest_by] if rule.newest_by else []), *rule.slices]
    for name in dict.fromkeys(wanted):
        if data.column(name) is None:
            yield _finding(f"{name} is not a column of contracts/data.yml")
    for field in promise.inputs:
        column = data.column(field.name)
        if column is None:
            yield _finding(f"input {field.name} is not a column of contracts/data.yml")
        elif column.type not in _FITS[field.type]:
            yield _finding(f"input {field.name} is a {field.type}, and contracts/data.yml says {column.type}")
        elif not column.required and not field.nullable:
            yield _finding(f"input {field.name} is not nullable, and contracts/data.yml lets it be missing")
        else:
            yield from _unseen(field, column, data)


def _finding(fact: str) -> Finding:
    return Finding(code="AGREE001", fact=fact, remedy="make the two contracts agree", path=PATH)


def _unseen(field: Field, column: Column, data: DataContract) -> Iterator[Finding]:
    """What callers may send of an input, though nobody will ever have seen it in the data."""
    facts = []
    if field.type in ("number", "integer"):
        facts = [_beyond(field, column, low) for low in (True, False)]
    elif field.type == "string":
        facts = [_strange(field, rule) for rule in data.rules if _excludes(rule, column.name)]
    remedy = "narrow the input, or agree on wider data: the model learns nothing of such values"
    for fact in filter(None, facts):
        yield Finding(code="AGREE002", fact=f"input {field.name} {fact}", remedy=remedy, path=PATH)


def _beyond(field: Field, column: Column, low: bool) -> str | None:
    """How an input leaves its column's range at one end."""
    bound, word = (field.minimum, "minimum") if low else (field.maximum, "maximum")
    if field.type == "integer" and bound is not None:
        bound = math.ceil(bound) if low else math.floor(bound)
    sign = 1 if low else -1
    for option, excludes in ((word, False), (f"exclusive{word.capitalize()}", True)):
        promised = column.options.get(option)
        if promised is None:
            continue
        where = f"and contracts/data.yml:{column.line} promises {option} {promised:g}"
        if bound is None:
            return f"has no {word}, {where}"
        if sign * bound < sign * promised or (excludes and bound == promised):
            return f"has {word} {bound:g}, {where}"
    return None


def _excludes(rule: Rule, column: str) -> bool:
    """Whether a rule lets no value but its own into a column."""
    if rule.metric != "invalidValues" or rule.columns != (column,):
        return False
    match rule.operator:
        case "mustBe" | "mustBeLessOrEqualTo":
            return bool(rule.bound == 0)
        case "mustBeLessThan":
            return bool(rule.bound <= 1 and not rule.percent)
        case "mustBeBetween":
            return bool(rule.bound[1] == 0)
        case _:
            return False


def _strange(field: Field, rule: Rule) -> str | None:
    """How a text leaves its column's values."""
    if field.values is None:
        return f"takes any text, and contracts/data.yml:{rule.line} promises {', '.join(map(str, rule.values))}"
    strangers = [value for value in field.values if value not in rule.values]
    if not strangers:
        return None
    return f"takes {', '.join(strangers)}, and contracts/data.yml:{rule.line} promises no such value"
