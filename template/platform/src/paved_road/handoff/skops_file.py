"""A skops file before anything reads it: a plain archive out of which no more comes than is in it."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from paved_road.findings import Finding, Problem, problem
from paved_road.handoff import artifact_file

LARGEST_SCHEMA = 2**26
"""Bytes of the description of all objects; of a forest of a thousand trees it has a few million."""
MOST_MEMBERS = 100_000
_SCHEMA = "schema.json"
_MEMBER = re.compile(r"schema\.json|[0-9a-f-]{1,40}\.(?:npy|npz|bin)")
_REMEDY = "export it again with `road train`"


def read(path: Path) -> bytes:
    """The bytes of a file that is safe to open.

    Raises:
        Problem: missing, too large, no archive, or one that skops would not write.
    """
    content = artifact_file.read(path)
    if content.startswith(b"\x80"):
        raise problem("ARTIFACT001", "is a pickle, and none is ever read", _REMEDY, path=path.name)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            facts = list(_wrong(archive.infolist(), len(content)))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        fact = f"is no skops file: {error}"
        raise problem("ARTIFACT001", fact, _REMEDY, path=path.name) from error
    if facts:
        raise Problem(*(Finding(code="ARTIFACT002", fact=f, remedy=_REMEDY, path=path.name) for f in facts))
    return content


def _wrong(members: list[zipfile.ZipInfo], size: int) -> Iterator[str]:
    """What skops would not have written."""
    names = [member.filename for member in members]
    if len(names) > MOST_MEMBERS:
        yield f"has {len(names):,} members, and at most {MOST_MEMBERS:,} are read"
        return
    if strange := next((name for name in names if not _MEMBER.fullmatch(name)), None):
        yield f"has a member {strange[:80]!r}, which skops does not write"
    if len(set(names)) < len(names) or _SCHEMA not in names:
        yield f"has no {_SCHEMA}, or a member twice"
    if packed := next((member.filename for member in members if member.compress_type != zipfile.ZIP_STORED), None):
        yield f"has a compressed member {packed[:80]!r}, which can unfold to more than a machine holds"
    if sum(member.file_size for member in members) > size:
        yield "says that it holds more bytes than it has"
    if any(member.filename == _SCHEMA and member.file_size > LARGEST_SCHEMA for member in members):
        yield f"has a {_SCHEMA} of more than {LARGEST_SCHEMA:,} bytes"
