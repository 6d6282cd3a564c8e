"""What changed between the quality rules of two data contracts.

Rules about the same measure are taken together as the range that it must lie in; a range inside the former one is the
stronger promise.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from paved_road.contracts.compatibility.rules import Change, said
from paved_road.contracts.data import DataContract, Rule
from paved_road.documents import Key

_Edge = tuple[float, bool]
"""How far inwards an end of a range lies, and whether it excludes itself."""
_Measure = tuple[str, tuple[str, ...], bool]
"""Metric, columns, whether in percent."""


@dataclass(frozen=True)
class Allowed:
    """What a measure may be.

    Attributes:
        low: lower end.
        high: upper end, its sign turned so that greater is stricter.
        holes: figures in between that it may not be.
        values: the valid values as JSON, for ``invalidValues``; Python alone would take 1 for true.
    """

    low: _Edge
    high: _Edge
    holes: frozenset[float] = frozenset()
    values: frozenset[str] | None = None

    def both(self, other: "Allowed") -> "Allowed":
        """What two rules allow together."""
        values = [allowed.values for allowed in (self, other) if allowed.values is not None]
        return Allowed(
            low=max(self.low, other.low),
            high=max(self.high, other.high),
            holes=self.holes | other.holes,
            values=frozenset.intersection(*values) if values else None,
        )

    def within(self, other: "Allowed") -> bool:
        """Whether all that is allowed here is allowed there."""
        ranges = self.low >= other.low and self.high >= other.high
        holes = all(hole in self.holes or not self._reaches(hole) for hole in other.holes)
        values = other.values is None or (self.values is not None and self.values <= other.values)
        return ranges and holes and values

    def _reaches(self, figure: float) -> bool:
        return (figure, False) >= self.low and (-figure, False) >= self.high


def changes(old: DataContract, new: DataContract) -> Iterator[Change]:
    """Every measure that may be something else than before."""
    before, after = _allowed(old), _allowed(new)
    for measure in [*before, *(measure for measure in after if measure not in before)]:
        name, at = _name(measure), _place(new, measure)
        if measure not in after:
            yield said("quality-weaker", f"{name} is no longer promised", at)
        elif measure not in before:
            yield said("quality-stronger", f"{name} is now promised", at)
        elif before[measure] != after[measure]:
            yield from _moved(name, before[measure], after[measure], at)


def _moved(name: str, old: Allowed, new: Allowed, at: Key) -> Iterator[Change]:
    if come := sorted((new.values or frozenset()) - (old.values or frozenset())):
        yield said("quality-weaker", f"{name} now takes {', '.join(come)} as valid", at)
    if gone := sorted((old.values or frozenset()) - (new.values or frozenset())):
        yield said("quality-stronger", f"{name} no longer takes {', '.join(gone)} as valid", at)
    ranges = [Allowed(allowed.low, allowed.high, allowed.holes) for allowed in (old, new)]
    if ranges[0] != ranges[1]:
        narrower = ranges[1].within(ranges[0])
        fact = f"{name} must be {_shown(new)}, before it was {_shown(old)}"
        yield said("quality-stronger" if narrower else "quality-weaker", fact, at)


def _allowed(contract: DataContract) -> dict[_Measure, Allowed]:
    found: dict[_Measure, Allowed] = {}
    for rule in contract.rules:
        measure, allowed = _measure(rule), _of(rule)
        found[measure] = found[measure].both(allowed) if measure in found else allowed
    return found


def _of(rule: Rule) -> Allowed:
    least, most = (0.0, False), ((-100.0 if rule.percent else -math.inf), False)
    low, high, holes = least, most, frozenset[float]()
    match rule.operator, rule.bound:
        case "mustBeBetween", (first, last):
            low, high = (first, False), (-last, False)
        case "mustBe", bound:
            low, high = (bound, False), (-bound, False)
        case "mustNotBe", bound:
            holes = frozenset({bound})
        case ("mustBeGreaterThan" | "mustBeGreaterOrEqualTo") as operator, bound:
            low = (bound, operator == "mustBeGreaterThan")
        case operator, bound:
            high = (-bound, operator == "mustBeLessThan")
    # A count is never below 0 and a percentage never above 100, whatever a rule says.
    values = frozenset(json.dumps(value, default=str, ensure_ascii=False) for value in rule.values)
    return Allowed(max(low, least), max(high, most), holes, values or None)


def _measure(rule: Rule) -> _Measure:
    return rule.metric, rule.columns, rule.percent


def _name(measure: _Measure) -> str:
    metric, columns, percent = measure
    about = f"({', '.join(columns)})" if columns else ""
    return f"{metric}{about}{' in percent' if percent else ''}"


def _shown(allowed: Allowed) -> str:
    (low, above), (high, below) = allowed.low, allowed.high
    words = [f"{'above' if above else 'at least'} {low:g}", f"{'below' if below else 'at most'} {-high:g}"]
    if low == -high:
        words = [f"{low:g}"]
    elif math.isinf(high):
        words = words[:1]
    return " and ".join([*words, *(f"not {hole:g}" for hole in sorted(allowed.holes))])


def _place(contract: DataContract, measure: _Measure) -> Key:
    """The rules of a column; those of the table if it is about no single one."""
    names, columns = [column.name for column in contract.columns], measure[1]
    if len(columns) != 1 or columns[0] not in names:
        return ("schema", 0, "quality")
    return ("schema", 0, "properties", names.index(columns[0]), "quality")
