"""A file or a folder is replaced whole, or not at all."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from paved_road import files


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


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


def test_on_a_disk_that_is_really_full_the_old_content_stands_and_nothing_is_left(tiny_disk: Path) -> None:
    files.write(tiny_disk / "file", b"old")

    with pytest.raises(OSError, match="No space left"):
        files.write(tiny_disk / "file", b"x" * 100_000)

    assert (tiny_disk / "file").read_bytes() == b"old"
    assert left(tiny_disk) == ["file"]


def test_a_folder_staged_on_a_full_disk_leaves_the_old_one(tiny_disk: Path) -> None:
    target = tiny_disk / "candidate"
    with files.staged_folder(target) as folder:
        (folder / "file").write_bytes(b"old")

    with pytest.raises(OSError, match="No space left"), files.staged_folder(target) as folder:
        (folder / "file").write_bytes(b"x" * 100_000)

    assert (target / "file").read_bytes() == b"old"
    assert left(tiny_disk) == ["candidate"]


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
