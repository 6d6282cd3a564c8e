"""A file or a folder is replaced whole, or not at all."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from paved_road import files
from tools import needs


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


def on_a_tiny_disk(folder: Path, code: str) -> str:
    """What Python code says, run in a folder on a real file system of 64 KiB that is there for nobody else."""
    mount = 'mount -t tmpfs -o size=64k none "$0" && cd "$0" && exec "$@"'
    command = [*needs.mounting(), "sh", "-c", mount, str(folder), sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_file_is_written_with_its_folders_and_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file"

    files.write(file, b"new")

    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o644
    assert left(file.parent) == ["file"]


@pytest.mark.usefixtures("full_disk")
def test_on_a_full_disk_the_old_content_stands_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")

    with pytest.raises(OSError, match="No space left"):
        files.write(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"
    assert left(tmp_path) == ["file"]


REALLY_FULL = """
from pathlib import Path
from paved_road import files

files.write(Path("file"), b"old")
try:
    files.write(Path("file"), b"x" * 100_000)
except OSError as error:
    print(error.strerror)
print(*sorted(map(str, Path().rglob("*"))), Path("file").read_text())
"""
REALLY_FULL_WHILE_STAGED = """
from pathlib import Path
from paved_road import files

for content in (b"old", b"x" * 100_000):
    try:
        with files.staged_folder(Path("candidate")) as folder:
            (folder / "file").write_bytes(content)
    except OSError as error:
        print(error.strerror)
print(*sorted(map(str, Path().rglob("*"))), Path("candidate/file").read_text())
"""


def test_on_a_disk_that_is_really_full_the_old_content_stands_and_nothing_is_left(tmp_path: Path) -> None:
    said = on_a_tiny_disk(tmp_path, REALLY_FULL)

    assert said.splitlines() == ["No space left on device", "file old"]


def test_a_folder_staged_on_a_full_disk_leaves_the_old_one(tmp_path: Path) -> None:
    said = on_a_tiny_disk(tmp_path, REALLY_FULL_WHILE_STAGED)

    assert said.splitlines() == ["No space left on device", "candidate candidate/file old"]


def test_interrupted_while_writing_the_old_content_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)

    with pytest.raises(KeyboardInterrupt):
        files.write(tmp_path / "file", b"new")

    assert (tmp_path / "file").read_bytes() == b"old"
    assert left(tmp_path) == ["file"]


def test_a_staged_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    for name in ("old", "new"):
        with files.staged_folder(tmp_path / "candidate") as folder:
            (folder / name).touch()

    assert left(tmp_path) == ["candidate"]
    assert left(tmp_path / "candidate") == ["new"]


def test_an_exception_inside_leaves_the_old_folder_and_nothing_else(tmp_path: Path) -> None:
    with files.staged_folder(tmp_path / "candidate") as folder:
        (folder / "old").touch()

    with pytest.raises(ValueError, match="broken"), files.staged_folder(tmp_path / "candidate") as folder:
        (folder / "new").touch()
        raise ValueError("broken")

    assert left(tmp_path) == ["candidate"]
    assert left(tmp_path / "candidate") == ["old"]


def test_a_folder_that_cannot_be_renamed_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, rename = tmp_path / "candidate", Path.rename
    with files.staged_folder(target) as folder:
        (folder / "old").touch()

    def refuse(path: Path, to: Path) -> Path:
        if path.name.endswith("-old") or to != target:
            return rename(path, to)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(Path, "rename", refuse)

    with pytest.raises(OSError, match="Input/output"), files.staged_folder(target) as folder:
        (folder / "new").touch()

    assert left(tmp_path) == ["candidate"]
    assert left(target) == ["old"]


def test_what_a_killed_run_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    (tmp_path / ".candidate.abc123").mkdir()
    (tmp_path / ".candidate.abc123" / "half").touch()

    with files.staged_folder(tmp_path / "candidate") as folder:
        (folder / "new").touch()

    assert left(tmp_path) == ["candidate"]


def test_a_run_killed_between_the_renames_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / ".candidate.abc123-old").mkdir()
    (tmp_path / ".candidate.abc123-old" / "old").touch()

    with pytest.raises(ValueError, match="broken"), files.staged_folder(tmp_path / "candidate"):
        raise ValueError("broken")

    assert left(tmp_path) == ["candidate"]
    assert left(tmp_path / "candidate") == ["old"]
