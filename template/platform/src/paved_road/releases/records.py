"""``deploy/overlays/<environment>/releases.jsonl``: every move of an environment, one a line, and never changed again.

Each line names the digest of the line before it, so that a line that was edited or taken out does not go unseen.
"""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from paved_road import files
from paved_road.findings import Problem, problem
from paved_road.handoff import labels

NAME = "releases.jsonl"
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
FIRST = "0" * 64
"""What the first line has in place of the digest of a line before it."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One move.

    Attributes:
        at: when, in UTC.
        by: who, as git names them.
        move: to a version that was handed over, or back to one that was live before.
        version: what the server calls the version that is live from then on, for instance ``1.2.0+0123456789ab``.
        instead_of: the version that was live until then; empty for the first.
        why: in the words of whoever moved it.
        seal: of the manifest of the version.
        commit: that holds its handoff.
        after: SHA-256 of the line before this one.
    """

    at: str
    by: str
    move: Literal["promote", "rollback"]
    version: Annotated[str, Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+\+[0-9a-f]{12}$")]
    instead_of: str
    why: Annotated[str, Meta(min_length=1)]
    seal: Digest
    commit: Annotated[str, Meta(pattern=r"^[0-9a-f]{40,64}$")]
    after: Digest

    @property
    def tag(self) -> str:
        """The tag of the version's image."""
        return labels.tag(self.version, self.seal)


@dataclass(frozen=True)
class Records:
    """The moves of an environment, the oldest first."""

    lines: tuple[bytes, ...] = ()
    moves: tuple[Record, ...] = ()

    @property
    def stack(self) -> list[Record]:
        """Versions that were live and not rolled back from, the one that is live last."""
        found: list[Record] = []
        for record in self.moves:
            while record.move == "rollback" and found and found[-1].seal != record.seal:
                found.pop()
            if not found or found[-1].seal != record.seal:
                found.append(record)
        return found

    @property
    def live(self) -> Record | None:
        """The last move: its version is live."""
        return self.moves[-1] if self.moves else None

    @property
    def end(self) -> str:
        """What the next record names as the line before it."""
        return hashlib.sha256(self.lines[-1]).hexdigest() if self.lines else FIRST


def load(file: Path, shown: str) -> Records:
    """The records of an environment; none if it has none yet.

    Raises:
        Problem: a line is no record, or does not follow the one before it.
    """
    try:
        return parse(file.read_bytes(), shown)
    except FileNotFoundError:
        return Records()


def parse(content: bytes, shown: str) -> Records:
    """As `load`, from the file's content."""
    lines = tuple(content.splitlines())
    moves = tuple(_record(line, shown, number) for number, line in enumerate(lines, start=1))
    expected = [FIRST, *(hashlib.sha256(line).hexdigest() for line, _ in pairwise(lines))]
    for number, (record, digest) in enumerate(zip(moves, expected, strict=False), start=1):
        if record.after != digest:
            fact = "does not follow the line before it: one of the two was edited, or a line is missing"
            raise _broken(fact, shown, number)
    return Records(lines, moves)


def _record(line: bytes, shown: str, number: int) -> Record:
    try:
        return msgspec.json.decode(line, type=Record)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _broken(f"is no record of a move: {error}", shown, number) from error


def _broken(fact: str, shown: str, number: int) -> Problem:
    remedy = "records are only ever added: restore the file from git (`git log -p` shows who changed it)"
    return problem("RELEASE002", fact, remedy, path=shown, line=number)


def append(file: Path, records: Records, record: Record) -> None:
    """Add a move."""
    lines = [*records.lines, msgspec.json.encode(record)]
    files.write(file, b"".join(line + b"\n" for line in lines))
