"""A table on this machine, wherever it came from, and whether it is still what it was."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from paved_road.findings import problem
from paved_road.stores.filesystems import BLOCK, is_folder


class Local(NamedTuple):
    """A table on this machine.

    Attributes:
        file: where it is.
        digest: of its bytes.
        stamp: what a change of the file changes.
    """

    file: Path
    digest: str
    stamp: tuple[int, int, int]

    def require_unchanged(self) -> None:
        """Refuse what was made of a table that somebody went on writing.

        Raises:
            Problem: if the file is not what its digest was taken of.
        """
        if _stamp(self.file) != self.stamp:
            raise problem("SCORE006", "changed while it was read", "score it again once it is written")


@contextmanager
def at_hand(filesystem: Any, key: str) -> Iterator[Local]:
    """A file of any file system as one of this machine: itself, or a copy for as long as the block lasts."""
    if is_folder(filesystem):
        file = Path(key)
        stamp = _stamp(file)
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        yield Local(file, digest, stamp)
        return
    with tempfile.TemporaryDirectory(prefix="road-score-") as folder:
        file = Path(folder) / "table.parquet"
        digest = _fetched(filesystem, key, file)
        yield Local(file, digest, _stamp(file))


def _fetched(filesystem: Any, key: str, file: Path) -> str:
    """Copy a file, and take its digest on the way."""
    digest = hashlib.sha256()
    stream = filesystem.open(key, "rb", block_size=BLOCK, cache_type="none")
    with stream, file.open("wb") as target:
        while chunk := stream.read(BLOCK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _stamp(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
