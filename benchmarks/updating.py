"""What an update costs, beside Copier's own and Cruft's: templates of as many files, with nothing in them.

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
    """Of this template, of Copier's twin and of Cruft's, each of the first release."""
    copy(twins.ours(work), work / "project", "--vcs-ref", FIRST)
    repository(work / "project")
    copy(twins.copiers(work, work / "project"), work / "empty", "--vcs-ref", FIRST)
    (work / "cruft").mkdir()
    baked = str(twins.cookiecutters(work, work / "project"))
    seconds(*CRUFT, "create", baked, "--no-input", "--checkout", FIRST, cwd=work / "cruft")
    for other in (work / "empty", work / "cruft" / "x"):
        repository(other)
    return [work / "project", work / "empty", work / "cruft" / "x"]


def main() -> None:
    asked = page.asked(__doc__, 3)
    load = os.getloadavg()[0]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        mine, empty, baked = projects(Path(name))
        count = len(twins.files(mine))
        for what, version in (("nothing changed", FIRST), ("one line of one file changed", SECOND)):
            copier = (*COPIER, "update", "--quiet", "--defaults", "--vcs-ref", version)
            cruft = (*CRUFT, "update", "--skip-apply-ask", "--checkout", version)
            ours, *theirs = costs([(mine, copier), (empty, copier), (baked, cruft)], asked.rounds)
            said = f"{ours.clock:.2f} s, {ours.work:.2f} s"
            rows.append([what, said, *(other.beside(ours) for other in theirs)])
    head = ("Update: time, processor time; ours is so many times as much of it", "this template",
            f"Copier, {count} files of one line", "Cruft, the same files")  # fmt: skip
    page.publish(asked.page, "update", [page.measured(asked.rounds, load), "", *page.table(head, rows)])


if __name__ == "__main__":
    main()
