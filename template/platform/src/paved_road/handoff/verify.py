"""`road handoff verify`: recompute what can be recomputed, compare the rest, fail closed."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from paved_road.findings import Finding, Problem, refused
from paved_road.handoff import dependencies
from paved_road.handoff.checks import CHECKS, Check, finding
from paved_road.handoff.evidence import REBUILD, Evidence
from paved_road.handoff.manifest import load
from paved_road.project import Project


@dataclass(frozen=True)
class Outcome:
    """What one check said.

    Attributes:
        check: its name.
        said: what holds, in one line, if it passed.
        findings: what does not.
    """

    check: str
    said: str
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        return not refused(self.findings)


def verify(
    folder: Path, project: Project | None, key: Path | None = None, remeasure: bool = False
) -> Iterator[Outcome]:
    """Check after check, as they are done.

    Args:
        folder: the handoff folder.
        project: the repository to hold it against; without one only what the folder itself shows is checked.
        key: the public key that it must be signed with, if it must.
        remeasure: whether to put it under load again, on this machine.

    Raises:
        Problem: if there is no manifest that could be checked.
    """
    manifest = load(folder)
    with ExitStack() as stack:
        exporting = None
        if project:
            with suppress(Problem):  # said again by the check that needs it
                exporting = stack.enter_context(dependencies.start_export(project, manifest.artifact.format))
        yield from _outcomes(Evidence(folder, manifest, project, exporting, key, remeasure))


def _outcomes(evidence: Evidence) -> Iterator[Outcome]:
    said = f"version {evidence.manifest.manifest_version}, sealed {evidence.manifest.seal[:12]}"
    yield Outcome("manifest", said, ())
    broken = False
    for name, check, needs_files in CHECKS:
        if needs_files and broken:
            fact = f"{name}: not checked, because a file is not what was handed over"
            yield Outcome(name, "", (finding("HANDOFF010", fact, REBUILD),))
            continue
        outcome = _run(name, check, evidence)
        broken = broken or (name == "files" and not outcome.passed)
        if outcome.said or outcome.findings:
            yield outcome


def _run(name: str, check: Check, evidence: Evidence) -> Outcome:
    findings: list[Finding] = []
    said = ""
    try:
        for item in check(evidence):
            if isinstance(item, Finding):
                findings.append(item)
            else:
                said = item
    except Problem as error:
        findings.extend(error.findings)
    return Outcome(name, said, tuple(findings))
