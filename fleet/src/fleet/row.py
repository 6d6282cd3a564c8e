"""One repository's row in the report."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from fleet.snapshot import Gate

State = Literal["read", "unreadable", "other", "archived"]
Concern = Literal["behind", "drift", "gates", "ownership", "unreadable"]
CONCERNS: tuple[Concern, ...] = get_args(Concern)


@dataclass(frozen=True)
class Row:
    """What a platform engineer reads of one repository.

    Attributes:
        repository: as it was listed.
        state: ``other`` is not made from this template.
        reason: why it is not ``read``.
        version: that it is at.
        versions_behind: releases that came after it; none if that is not known.
        days_behind: from its version's day to the newest release's.
        drift: files of the platform's that are not as that version has them.
        drift_unknown: why `drift` is not known, or not whole.
        gates: what the latest checks said.
        gate_facts: which fail, or why nothing is known.
        ownership: gaps, a sentence each.
    """

    repository: str
    state: State
    reason: str = ""
    version: str = ""
    versions_behind: int | None = None
    days_behind: int | None = None
    drift: list[str] = field(default_factory=list)
    drift_unknown: str = ""
    gates: Gate = "unknown"
    gate_facts: list[str] = field(default_factory=list)
    ownership: list[str] = field(default_factory=list)

    @property
    def concerns(self) -> list[Concern]:
        """What asks for somebody's attention."""
        holds: dict[Concern, bool] = {
            "behind": bool(self.versions_behind),
            "drift": bool(self.drift),
            "gates": self.gates == "failing",
            "ownership": bool(self.ownership),
            "unreadable": self.state == "unreadable",
        }
        return [concern for concern, is_so in holds.items() if is_so]
