"""Writing so that a killed process leaves either what was there before or what should be there now."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from paved_road.findings import problem

UNFINISHED = ".part"
"""How the name of a file ends that is still being written."""

_RETIRED = "-old"


@dataclass(frozen=True)
class Difference:
    """Where a derived file first differs from what it should hold.

    Attributes:
        line: from 1; None if the file is missing.
        has: that line in the file.
        should: what it should be.
    """

    line: int | None
    has: str | None = None
    should: str | None = None

    def said(self, source: str) -> str:
        """The fact, given what says otherwise, as in ``raci.yml says``."""
        if self.line is None:
            return "is missing"
        return f"says {_quoted(self.has)}, {source} {_quoted(self.should)}"


def _quoted(line: str | None) -> str:
    return f"`{line.strip()}`" if line and line.strip() else "nothing"


def difference(path: Path, text: str) -> Difference | None:
    """The first line of a file that is not what a text says, if there is one."""
    try:
        present = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Difference(None)
    for number, (has, should) in enumerate(zip_longest(present.splitlines(), text.splitlines()), start=1):
        if has != should:
            return Difference(number, has, should)
    return None


def write(path: Path, content: bytes) -> None:
    """Replace a file at once."""
    with replacing(path) as stream:
        stream.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream beside a file, which it replaces at once (flush to disk, rename) only if nothing goes wrong inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def alone(
    state: Path, patience_s: float, lock_name: str = "lock", others: str = "`road train` or `road handoff build`"
) -> Iterator[None]:
    """Keep every other process out of a repository's working files; a killed one's hold ends with it.

    Args:
        state: folder of the working files.
        patience_s: how long to wait for one that is at work there.
        lock_name: of the file that is held; whoever holds another is not kept out.
        others: who they are that hold the same.

    Raises:
        Problem: if it is still at work after that.
    """
    from filelock import FileLock, Timeout  # not in the serving image, which writes nothing

    state.mkdir(parents=True, exist_ok=True)
    lock = FileLock(state / lock_name, timeout=patience_s, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        fact = f"another {others} is writing in this repository"
        raise problem("LOCK001", fact, "run it again when that one is done") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def scratch_folder(folder: Path) -> Iterator[Path]:
    """An empty folder that is gone afterwards; what a killed process left there is dropped. To be used `alone`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def staged_folder(target: Path) -> Iterator[Path]:
    """A new folder to fill; takes the place of `target` only if nothing goes wrong inside."""
    target.parent.mkdir(parents=True, exist_ok=True)
    recover(target)
    staged = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    staged.chmod(0o755)
    try:
        yield staged
        _exchange(staged, target)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _exchange(staged: Path, target: Path) -> None:
    retired = staged.with_name(f"{staged.name}{_RETIRED}")
    if target.exists():
        target.rename(retired)
    try:
        staged.rename(target)
    except BaseException:
        if retired.exists():
            retired.rename(target)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def recover(target: Path) -> None:
    """Remove what a killed run left; if it was killed between the two renames, put back what it had retired."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        if leftover.name.endswith(_RETIRED) and not target.exists():
            leftover.rename(target)
        else:
            shutil.rmtree(leftover, ignore_errors=True)
