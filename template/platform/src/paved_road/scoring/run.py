"""The whole of a run: verify the handoff, list the partitions, give them out, give out again what was lost."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from paved_road.findings import problem, require
from paved_road.handoff import formats, manifest
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.provenance import signature
from paved_road.handoff.verify import verify
from paved_road.project import Project
from paved_road.scoring.partition import Outcome, Task, score
from paved_road.scoring.places import Place
from paved_road.scoring.prediction import Artifact
from paved_road.workers import Lost, Workers

CLAIM = "_score.json"
FRUITLESS = 3
"""Rounds in a row in which workers were lost and no partition was done, until it is given up."""


@dataclass(frozen=True)
class Share:
    """Which partitions are scored here.

    Attributes:
        index: of this share, from 0.
        count: of all shares.
    """

    index: int = 0
    count: int = 1

    def holds(self, name: str) -> bool:
        """By a digest of the name: who lists a folder while files are added still leaves none to nobody."""
        return int.from_bytes(sha256(name.encode()).digest()[:8]) % self.count == self.index


def verified(folder: Path, project: Project | None) -> Manifest:
    """The manifest of a handoff that holds, whole, in this environment.

    Raises:
        Problem: if there is none, or any check finds something.
    """
    key = signature.required_key(project, None, False)
    require(finding for outcome in verify(folder, None, key) for finding in outcome.findings)
    evidence = manifest.load(folder)
    if evidence.artifact.format in formats.NATIVE:
        signature.require(folder, evidence, key)
    return evidence


@dataclass(frozen=True)
class Asked:
    """What somebody wants scored.

    Attributes:
        source: where the tables are.
        target: where the predictions go.
        keep: columns of the tables to keep; the key of the contract if None.
        refuse: whether one bad row refuses its partition.
    """

    source: Place
    target: Place
    keep: tuple[str, ...] | None = None
    refuse: bool = True


def prepared(evidence: Manifest, folder: Path, asked: Asked, hired: Workers) -> Task:
    """What every partition needs, once the output is known to be this model's.

    Args:
        evidence: the manifest of the handoff folder.
        folder: that folder.
        asked: what is wanted.
        hired: the workers.

    Raises:
        Problem: the output holds predictions of another model or of other tables, or cannot be written.
    """
    promise = evidence.contract.promise
    kept = (promise.golden.key,) if asked.keep is None else asked.keep
    both = [output.name for output in promise.outputs if output.name in kept]
    if both:
        fact = f"{', '.join(both)} would be a column of the tables and a prediction"
        raise problem("SCORE004", fact, "name others with --keep")
    wanted = {"seal": evidence.seal, "source": asked.source.location, "keep": list(kept)}
    _claim(asked.target, {"model": f"{promise.name} {promise.version}"} | wanted, wanted)
    content = hired.share((folder / evidence.artifact.file.path).read_bytes())
    artifact = Artifact(content, evidence.artifact.format, tuple(evidence.artifact.trusted))
    return Task(asked.source, asked.target, evidence.seal, promise, artifact, kept, asked.refuse)


def _claim(target: Place, content: dict[str, Any], wanted: dict[str, Any]) -> None:
    there = target.claim(CLAIM, content)
    for name, value in wanted.items():
        if there.get(name) != value:
            words = {"seal": f"another model ({there.get('model')})", "source": f"other tables ({there.get('source')})"}
            fact = f"{target.location} holds predictions of {words.get(name, 'other columns')}"
            raise problem("SCORE007", fact, f"write to another folder, or delete that one with its {CLAIM}")


def run(task: Task, tables: list[str], hired: Workers) -> Iterator[Outcome]:
    """Score partitions; what a lost worker had under way is given out again.

    Raises:
        Problem: if workers are lost again and again.
    """
    names = {task.source.name_of(table) for table in tables}
    fruitless, there = 0, -1
    while True:
        try:
            yield from hired.each(score, [(task, table) for table in tables])
            return
        except Lost as lost:
            before, there = there, len(names & set(task.target.names()))
            fruitless = 0 if there > before else fruitless + 1
            if fruitless == FRUITLESS:
                fact = f"workers end in the middle of their work, {FRUITLESS} times in a row: {lost}"
                raise problem("WORKERS004", fact, "give them more memory, or hire fewer with --workers") from lost
