"""Writing so that a killed process leaves either what was there before or what should be there now."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_RETIRED = "-old"


def write(path: Path, content: bytes) -> None:
    """Replace a file at once."""
    with replacing(path) as stream:
        stream.write(content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream beside a file, which it replaces at once (flush to disk, rename) only if nothing goes wrong inside."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
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
def staged_folder(target: Path) -> Iterator[Path]:
    """A new folder to fill; takes the place of `target` only if nothing goes wrong inside."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_leftovers(target)
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


def _clear_leftovers(target: Path) -> None:
    """Remove what a killed run left; if it was killed between the two renames, put back what it had retired."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        if leftover.name.endswith(_RETIRED) and not target.exists():
            leftover.rename(target)
        else:
            shutil.rmtree(leftover, ignore_errors=True)
