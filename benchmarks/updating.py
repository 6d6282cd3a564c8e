"""What an update costs, beside Copier's own and Cruft's: templates of as many files, of one line and of the same bytes.

Usage: python benchmarks/updating.py [--page docs/benchmarks.md] [--rounds 3]. Never a test.
"""

import os
import resource
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import page
import twins
from running import copy, git, repository, seconds

CRUFT = ("uvx", "--from", "cruft==2.16.0", "--with", "cookiecutter==2.7.1", "cruft")
COPIER = (sys.executable, "-m", "copier")
FIRST, SECOND = "v0.1.0", "v0.2.0"
TARGET = 1.2
"""So many times as much as Copier's own may an update take that changes nothing."""
Update = tuple[Path, tuple[str, ...]]


@dataclass(frozen=True)
class Cost:
    """What one update took: seconds, and seconds of its processes' own work, which other programs disturb less."""

    clock: float
    work: float

    def beside(self, ours: "Cost") -> str:
        """This as a cell, and how many times as much ours takes."""
        return f"{self.clock:.2f} s, {self.work:.2f} s; {ours.work / self.work:.2f}"


def costs(updates: list[Update], rounds: int) -> list[Cost]:
    """Medians, in turns, so that a busy minute falls on all alike."""
    taken = [[cost(*update) for update in updates] for _ in range(rounds)]
    return [
        Cost(statistics.median(each.clock for each in of_one), statistics.median(each.work for each in of_one))
        for of_one in zip(*taken, strict=True)
    ]


def cost(project: Path, command: tuple[str, ...]) -> Cost:
    """One update; what it changed is taken back."""
    before = work_done()
    took = seconds(*command, cwd=project)
    spent = work_done() - before
    git(project, "reset", "-q", "--hard")
    git(project, "clean", "-fdq")
    return Cost(took, spent)


def work_done() -> float:
    """Processor time of all that this process has started and that has ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def projects(work: Path) -> list[Path]:
    """Of this template, of Copier's twins and of Cruft's, each of the first release."""
    mine = work / "project"
    copy(twins.ours(work), mine, "--vcs-ref", FIRST)
    repository(mine)
    copy(twins.copiers(work, mine), work / "empty", "--vcs-ref", FIRST)
    copy(twins.as_long(work, mine), work / "same", "--vcs-ref", FIRST)
    (work / "cruft").mkdir()
    baked = str(twins.cookiecutters(work, mine))
    seconds(*CRUFT, "create", baked, "--no-input", "--checkout", FIRST, cwd=work / "cruft")
    for other in (work / "empty", work / "same", work / "cruft" / "x"):
        repository(other)
    return [mine, work / "empty", work / "same", work / "cruft" / "x"]


def judged(what: str, ours: Cost, other: Cost) -> str:
    """Whether the target is met beside one template."""
    times = ours.work / other.work
    said = "met" if times <= TARGET else "missed"
    return f"- Nothing changed, beside {what}: {times:.2f}; the target, at most {TARGET}, is {said}."


def main() -> None:
    asked = page.asked(__doc__, 3)
    load = os.getloadavg()[0]
    rows, verdicts = [], []
    with tempfile.TemporaryDirectory() as name:
        mine, empty, same, baked = projects(Path(name))
        copiers = [f"Copier, {len(twins.files(mine))} files of one line", "Copier, the same bytes without logic"]
        for what, version in (("nothing changed", FIRST), ("one line of one file changed", SECOND)):
            copier = (*COPIER, "update", "--quiet", "--defaults", "--vcs-ref", version)
            cruft = (*CRUFT, "update", "--skip-apply-ask", "--checkout", version)
            updates = [(mine, copier), (empty, copier), (same, copier), (baked, cruft)]
            ours, *theirs = costs(updates, asked.rounds)
            said = f"{ours.clock:.2f} s, {ours.work:.2f} s"
            rows.append([what, said, *(other.beside(ours) for other in theirs)])
            if version == FIRST:
                verdicts = [judged(peer, ours, other) for peer, other in zip(copiers, theirs, strict=False)]
    head = ("Update: time, processor time; ours is so many times as much of it", "this template", *copiers,
            "Cruft, the files of one line")  # fmt: skip
    lines = [page.measured(asked.rounds, load), "", *page.table(head, rows), "", *verdicts]
    page.publish(asked.page, "update", lines)


if __name__ == "__main__":
    main()
