"""Promote a version that was handed over, or go back to one that was live before: nothing is built for either."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from paved_road import files
from paved_road.findings import Finding, Problem, problem, require
from paved_road.handoff.manifest import PATH, Manifest, load
from paved_road.handoff.provenance.signature import required_key
from paved_road.handoff.verify import verify
from paved_road.project import Project
from paved_road.releases import environment, kept, records, registered
from paved_road.releases.environment import Environment
from paved_road.releases.records import Record, Records
from paved_road.science import git

LONGEST_REASON = 500


@dataclass(frozen=True)
class Move:
    """A move that was made.

    Attributes:
        environment: what was moved.
        record: what is written down of it.
        folder: the handoff that is live now.
        warnings: what could not be done, and does not stand in the way.
    """

    environment: Environment
    record: Record
    folder: Path
    warnings: tuple[Finding, ...] = ()


def promote(here: Project, name: str, why: str) -> Move:
    """Make the handoff of this repository live.

    Raises:
        Problem: it does not verify or is live already, the environment is not in order, or the registry cannot be told.
    """
    why = _reason(why)
    with _alone(here):
        place = environment.ready(here, name)
        manifest = _verified(here)
        done = place.records
        if done.live and done.live.seal == manifest.seal:
            said = f"{done.live.version} is live in {name} since {done.live.at}, by {done.live.by}"
            raise problem("RELEASE005", said, "nothing is left to do; `road release status` shows every move")
        commit = git.last_change(here.root, PATH)
        record = _record(here, "promote", done, manifest.version, manifest.seal, commit, why)
        folder = kept.bring_back(here, record)
        registered.tell(here, place, _after(done, record))
        _write(place, done, record)
        kept.follow(here, name, folder)
    return Move(place, record, folder)


def rollback(here: Project, name: str, why: str, to: str = "") -> Move:
    """Make a version live again that was live before.

    Args:
        here: the repository.
        name: of the environment.
        why: the reason.
        to: start of the version to go back to; the one before the present one if left out.

    Raises:
        Problem: there is no such version, it does not verify any more, or the environment is not in order.
    """
    why = _reason(why)
    with _alone(here):
        place = environment.ready(here, name)
        done = place.records
        target = _target(done, name, to)
        record = _record(here, "rollback", done, target.version, target.seal, target.commit, why)
        folder = kept.bring_back(here, record)
        _write(place, done, record)
        kept.follow(here, name, folder)
        try:
            registered.tell(here, place, _after(done, record))
        except Problem as error:  # going back does not wait for a registry that is away
            return Move(place, record, folder, tuple(_later(finding) for finding in error.findings))
    return Move(place, record, folder)


def sync(here: Project, name: str) -> Path:
    """Let what follows from an environment's records follow: the link to the live handoff, and the registry.

    Raises:
        Problem: nothing is live, the version does not verify, or the registry cannot be told.
    """
    with _alone(here):
        place = Environment(here, name)
        require(environment.check(place))
        done = place.records
        if done.live is None:
            raise problem("RELEASE001", f"nothing is live in {name}", "run `road release promote`")
        folder = kept.bring_back(here, done.live)
        kept.follow(here, name, folder)
        registered.tell(here, place, done)
    return folder


@contextmanager
def _alone(here: Project) -> Iterator[None]:
    with files.alone(here.state, 0, "release.lock", "`road release`"):
        yield


def _reason(why: str) -> str:
    said = " ".join(why.split())
    if not said or len(said) > LONGEST_REASON or not said.isprintable():
        remedy = f'say why in 1 to {LONGEST_REASON} characters: --reason "drift alert at 02:10"'
        raise problem("RELEASE001", "the reason is empty, too long or not plain text", remedy)
    return said


def _verified(here: Project) -> Manifest:
    """The repository's handoff, once every check of `road handoff verify` holds."""
    for outcome in verify(here.handoff, here, required_key(here, None, False)):
        require(outcome.findings)
    return load(here.handoff)


def _record(here: Project, move: str, done: Records, version: str, seal: str, commit: str, why: str) -> Record:
    return Record(
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        by=git.author(here.root),
        move="rollback" if move == "rollback" else "promote",
        version=version,
        instead_of=done.live.version if done.live else "",
        why=why,
        seal=seal,
        commit=commit,
        after=done.end,
    )


def _target(done: Records, name: str, to: str) -> Record:
    """Where to go back to."""
    earlier = done.stack[:-1]
    found = [record for record in earlier if record.version.startswith(to)]
    if found:
        return found[-1]
    if to and earlier:
        known = ", ".join(record.version for record in reversed(earlier))
        raise problem("RELEASE007", f"{to} was not live in {name} before the present version", f"one of {known}")
    fact = f"no version was live in {name} before " + (done.live.version if done.live else "this")
    raise problem("RELEASE007", fact, "hand over a version that works, and run `road release promote`")


def _after(done: Records, record: Record) -> Records:
    return Records(done.lines, (*done.moves, record))


def _write(place: Environment, done: Records, record: Record) -> None:
    place.write_tag(record.tag)
    records.append(place.history, done, record)


def _later(finding: Finding) -> Finding:
    remedy = "the move is made; run `road release sync` when the registry is back"
    return Finding(code=finding.code, fact=finding.fact, remedy=remedy, level="warning")
