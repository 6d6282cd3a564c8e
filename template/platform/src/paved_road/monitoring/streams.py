"""A stream of metrics as promtool writes it, and what must fire on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from paved_road.monitoring.alerts import Alert
from paved_road.monitoring.rules import Rule

_STEPS = 100


@dataclass(frozen=True)
class Firing:
    """An alert that is expected: which rule, with which labels of the data, and the figure."""

    rule: Rule
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True)
class Case:
    """A stream, and what must fire on it.

    Attributes:
        name: what happens.
        series: values by series, in promtool's notation, a minute (or `every` minutes) apart.
        at: minutes after the start at which to look.
        about: alerts to look for.
        fires: those that must be there, and no other of them.
        every: minutes between two samples.
    """

    name: str
    series: Mapping[str, str]
    at: int
    about: tuple[Alert, ...]
    fires: list[Firing] = field(default_factory=list)
    every: int = 1


def named(name: str, **labels: str) -> str:
    """A series by its name and labels."""
    pairs = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{pairs}}}"


def steady(value: float, steps: int = _STEPS) -> str:
    """A figure that stays as it is."""
    return f"{value!r}+0x{steps}"


def rising(by: float, steps: int = _STEPS) -> str:
    """A counter that begins at 0."""
    return f"0+{by!r}x{steps}"


def then(by: float, steps: int, later: float, more: int) -> str:
    """A counter whose rate changes."""
    return f"{rising(by, steps)} {by * steps + later!r}+{later!r}x{more - 1}"
