"""Simulated streams: how often drift alerts fire without drift, and after how many rows they fire with it.

The streams pass through the package's own bins, index and thresholds. With --write the tables go to the page that every
generated repository has.

    python benchmarks/drift.py --write
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from paved_road.handoff import counting, reference, stability
from paved_road.handoff.manifest import Distributions

PAGE = Path(__file__).parents[1] / "template" / "docs" / "monitoring.md"
START, END = "<!-- Written by benchmarks/drift.py; do not edit. -->", "<!-- End of what is written. -->"
REFERENCE_ROWS, MINIMUM, STEPS = 4000, 1000, 50
STRICT, DEFAULT, FOLKLORE = 0.05, 0.2, 0.02
WINDOWS = (1000, 10_000)
REFERENCES = 10

Columns = dict[str, NDArray[Any]]
Change = Callable[[Columns, np.random.Generator], None]


def records(rows: int, random: np.random.Generator) -> Columns:
    """Card transactions: skewed, whole and missing numbers, frequent and rare categories, fields that hang together."""
    online = random.random(rows) < 0.3
    amount = np.exp(random.normal(3.3 + 0.4 * online, 1.0, rows))
    offline = random.choice(["chip", "contactless", "magstripe"], rows, p=[0.5, 0.45, 0.05])
    return {
        "amount": amount,
        "usual_amount": _missing(np.exp(random.normal(3.3, 0.8, rows)), random.random(rows) < 0.1),
        "distance_km": _missing(random.exponential(30, rows), online),
        "transactions_last_day": random.poisson(2, rows).astype(float),
        "local_hour": random.choice(24, rows, p=_day()).astype(float),
        "pin_verified": (~online & (random.random(rows) < 0.7)).astype(float),
        "merchant": random.choice([f"m{at}" for at in range(7)], rows, p=[0.4, 0.25, 0.15, 0.1, 0.05, 0.04, 0.01]),
        "channel": np.where(online, "online", offline),
    }


def _day() -> NDArray[np.float64]:
    weights = 1.2 - np.cos(np.arange(24) / 24 * 2 * np.pi)
    return np.asarray(weights / weights.sum())


def _missing(values: NDArray[np.float64], where: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.where(where, np.nan, values)


def predicted(columns: Columns, shift: float = 0.0) -> Columns:
    """A score that hangs on the inputs, and what it decides."""
    usual = np.nan_to_num(columns["usual_amount"], nan=30.0)
    figure = np.log(columns["amount"] / usual) + (columns["channel"] == "online") - 2 + shift
    score = 1 / (1 + np.exp(-figure))
    return {"score": score, "label": np.where(score >= 0.7, "yes", "no")}


# Shifts --------------------------------------------------------------------------------------------------------------


def _scaled(name: str, factor: float) -> Change:
    def change(columns: Columns, random: np.random.Generator) -> None:
        columns[name] = columns[name] * factor

    return change


def _replaced(name: str, share: float, value: Any) -> Change:
    def change(columns: Columns, random: np.random.Generator) -> None:
        hit = random.random(len(columns[name])) < share
        columns[name] = np.where(hit, value, columns[name])

    return change


SHIFTS: dict[str, tuple[str, Change]] = {
    "amounts 10 % higher": ("amount", _scaled("amount", 1.1)),
    "amounts 50 % higher": ("amount", _scaled("amount", 1.5)),
    "amounts in another currency, 3 times higher": ("amount", _scaled("amount", 3.0)),
    "distances in miles, not km": ("distance_km", _scaled("distance_km", 0.62)),
    "2 % missing, where none was": ("amount", _replaced("amount", 0.02, np.nan)),
    "10 % missing, where none was": ("amount", _replaced("amount", 0.10, np.nan)),
    "a new merchant, 2 % of rows": ("merchant", _replaced("merchant", 0.02, "new")),
    "a new merchant, 10 % of rows": ("merchant", _replaced("merchant", 0.10, "new")),
    "a quarter of other channels goes online": ("channel", _replaced("channel", 0.25, "online")),
    "every hour is 0 (a broken clock)": ("local_hour", _replaced("local_hour", 1.0, 0.0)),
}
SCORE_SHIFTS = {"scores of a model that was swapped, slightly off": 0.3, "the same, far off": 1.0}


# Streams -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """Fields as the manifest and the rules see them."""

    fields: dict[str, counting.Counted]
    null: dict[str, float]

    def places(self, columns: Columns) -> dict[str, NDArray[np.int64]]:
        """The bin of every value."""
        return {name: _places(field, columns[name]) for name, field in self.fields.items()}

    def over(self, name: str, counts: NDArray[np.int64], rows: int, allowed: float) -> NDArray[np.bool_]:
        """Whether counts, shape (…, bins), are over the threshold, as the recording rules have it."""
        threshold = max(allowed, self.null[name] * stability.scale(rows, REFERENCE_ROWS))
        return stability.psi(self.fields[name].expected, counts) > threshold


def _places(field: counting.Counted, values: NDArray[Any]) -> NDArray[np.int64]:
    if isinstance(field, counting.Numbers):
        return field.place(values)
    assert isinstance(field, counting.Texts)
    names, inverse = np.unique(values, return_inverse=True)
    codes = [field.places.get(str(name), len(field.labels) - 1) for name in names]
    return np.array(codes)[inverse]


def watched(columns: Columns, chance: stability.Chance) -> Watched:
    """What a handoff fixes, from the rows of its golden dataset."""
    texts = {name: column for name, column in columns.items() if column.dtype.kind == "U"}
    numbers = {name: reference.bins(column) for name, column in columns.items() if name not in texts}
    described = {name: reference.categories(column.astype(object)) for name, column in texts.items()}
    fields = counting.fields(Distributions(numbers=numbers, categories=described), set())
    tail = stability.FALSE_ALARMS / len(fields)
    null = {name: chance.percentile(field.expected, REFERENCE_ROWS, tail) for name, field in fields.items()}
    return Watched(fields, null)


def false_alarms(rows: int, windows: int, seed: int = 0) -> dict[str, float]:
    """Share of windows without drift in which any input is over a threshold: of chance, of contracts, of folklore."""
    random, chance = np.random.default_rng(seed), stability.Chance(MINIMUM)
    alarms = dict.fromkeys(("chance", "strict", "default", "fixed"), 0)
    everyone = records(30 * max(WINDOWS), random)
    for _ in range(REFERENCES):
        seen = watched(records(REFERENCE_ROWS, random), chance)
        pool = seen.places(everyone)
        for _ in range(windows // REFERENCES):
            drawn = random.integers(0, len(pool["amount"]), rows)
            counts = {name: _counts(seen.fields[name], places[drawn]) for name, places in pool.items()}
            for said, allowed in (("chance", 0.0), ("strict", STRICT), ("default", DEFAULT)):
                alarms[said] += any(seen.over(name, found, rows, allowed) for name, found in counts.items())
            fixed = (stability.psi(seen.fields[name].expected, found) > FOLKLORE for name, found in counts.items())
            alarms["fixed"] += any(fixed)
    return {said: count / windows for said, count in alarms.items()}


@dataclass(frozen=True)
class Found:
    """How a shift was noticed.

    Attributes:
        psi: of the field that shifted, on very many rows.
        rows: by threshold, after how many an alert fired in each stream; infinite where it never did.
    """

    psi: float
    rows: dict[float, NDArray[np.float64]]


def detected(shift: str, window: int, streams: int, seed: int = 0) -> Found:
    """Rows until the field that shifted is over its threshold, in a window that slides over the change."""
    random, chance = np.random.default_rng(seed), stability.Chance(MINIMUM)
    after: dict[float, list[float]] = {DEFAULT: [], STRICT: []}
    indices, name = [], _field(shift)
    for _ in range(REFERENCES):
        seen = watched(_kind(shift, _shifted("", REFERENCE_ROWS, random)), chance)
        field = seen.fields[name]
        far = _counts(field, _places(field, _shifted(shift, 20_000, random)[name]))
        indices.append(float(stability.psi(field.expected, far)))
        for _ in range(streams // REFERENCES):
            old, new = (_by_step(field, _shifted(each, window, random)[name]) for each in ("", shift))
            counts = old.sum(axis=0) - np.cumsum(old, axis=0) + np.cumsum(new, axis=0)
            for allowed, found in after.items():
                over = seen.over(name, counts, window, allowed)
                found.append((int(over.argmax()) + 1) * window / STEPS if over.any() else np.inf)
    return Found(float(np.mean(indices)), {allowed: np.array(found) for allowed, found in after.items()})


def _field(shift: str) -> str:
    return "score" if shift in SCORE_SHIFTS else SHIFTS[shift][0]


def _kind(shift: str, columns: Columns) -> Columns:
    """The fields that share the false alarms with the one that shifts: inputs, or predictions."""
    outputs = ("score", "label")
    return {name: column for name, column in columns.items() if (name in outputs) == (shift in SCORE_SHIFTS)}


def _shifted(shift: str, rows: int, random: np.random.Generator) -> Columns:
    columns = records(rows, random)
    if shift in SHIFTS:
        SHIFTS[shift][1](columns, random)
    with np.errstate(invalid="ignore"):
        return columns | predicted(columns, SCORE_SHIFTS.get(shift, 0.0))


def _counts(field: counting.Counted, places: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(places, minlength=len(field.labels))


def _by_step(field: counting.Counted, values: NDArray[Any]) -> NDArray[np.int64]:
    """Counts of every fiftieth part of a stream, shape (steps, bins)."""
    step, bins = np.repeat(np.arange(STEPS), len(values) // STEPS), len(field.labels)
    return np.bincount(step * bins + _places(field, values), minlength=STEPS * bins).reshape(STEPS, bins)


# The page ------------------------------------------------------------------------------------------------------------


def tables(windows: int, streams: int) -> Iterator[str]:
    yield "Without drift, share of windows in which any of 8 inputs is over its threshold:"
    yield ""
    heads = f"`data_psi: {STRICT:g}` | `data_psi: {DEFAULT:g}` | a fixed {FOLKLORE:g}"
    yield f"| Rows in the window | Chance alone; stated is {stability.FALSE_ALARMS:g} | {heads} |"
    yield "|---|---|---|---|---|"
    for rows in WINDOWS:
        alarms = false_alarms(rows, windows)
        yield f"| {rows:,} | " + " | ".join(f"{share:.4f}" for share in alarms.values()) + " |"
    yield ""
    yield f"With drift, rows from its beginning to the alert: median, and in brackets 95 of 100, of {streams} streams:"
    yield ""
    columns = [f"{window:,} rows, {allowed:g}" for window in WINDOWS for allowed in (DEFAULT, STRICT)]
    yield f"| Shift | PSI | {' | '.join(columns)} |"
    yield "|---|---|" + "---|" * len(columns)
    for shift in (*SHIFTS, *SCORE_SHIFTS):
        found = [detected(shift, window, streams) for window in WINDOWS]
        cells = [_said(each.rows[allowed]) for each in found for allowed in (DEFAULT, STRICT)]
        yield f"| {shift} | {found[-1].psi:.3f} | {' | '.join(cells)} |"


def _said(rows: NDArray[np.float64]) -> str:
    median, most = np.quantile(rows, [0.5, 0.95], method="higher")
    if np.isinf(median):
        return "not"
    return f"{median:,.0f} ({'not always' if np.isinf(most) else f'{most:,.0f}'})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=20_000, help="windows without drift")
    parser.add_argument("--streams", type=int, default=100, help="streams with each shift")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    text = "\n".join(tables(arguments.windows, arguments.streams))
    print(text)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(START)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
