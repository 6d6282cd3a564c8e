"""Files of a handoff folder: named after their content, put in place so that a killed build changes nothing, fetched.

What is small lies in git beside the manifest; what is larger lies in the artifact store, and beside the manifest as
well once it was fetched, where git ignores it.
"""

from pathlib import Path

from paved_road import files
from paved_road.handoff.manifest import File, Manifest, file_digest, render
from paved_road.handoff.provenance.bundle import withdraw
from paved_road.stores.artifacts import Store

_IGNORED = "# Written by `road`: kept in the artifact store, see `road handoff fetch`.\n"


def keep(folder: Path, name: str, suffix: str, content: bytes, git_limit: float) -> File:
    """Write content under a name that says its digest.

    Args:
        folder: where to.
        name: what it is.
        suffix: of its file name.
        content: what to write.
        git_limit: bytes above which it belongs to the artifact store.
    """
    whole = folder / f"{name}{suffix}"
    whole.write_bytes(content)
    digest, size = file_digest(whole), len(content)
    kept = whole.rename(folder / f"{name}-{digest[:12]}{suffix}")
    return File(path=kept.name, sha256=digest, size=size, kept="store" if size > git_limit else "git")


def publish(staged: Path, target: Path, manifest: Manifest, store: Store) -> None:
    """Store and copy the files first, switch by replacing the manifest, and only then drop what it no longer names.

    Raises:
        Problem: if the store does not take a file; the folder is then as it was.
    """
    for file in _stored(manifest):
        store.put(staged / file.path, file.sha256)
    _ignore(target, manifest)
    for file in manifest.files:
        if not _is_there(target, file):
            with files.replacing(target / file.path) as stream, (staged / file.path).open("rb") as source:
                while chunk := source.read(2**20):
                    stream.write(chunk)
    files.write(target / "manifest.json", render(manifest))
    named = {file.path for file in manifest.files}
    for leftover in (*target.glob("*-????????????.*"), *target.glob(f".*{files.UNFINISHED}")):
        if leftover.name not in named:
            leftover.unlink()
    withdraw(target)


def fetch(folder: Path, manifest: Manifest, store: Store) -> list[File]:
    """Get what the artifact store keeps and is not there yet.

    Raises:
        Problem: if the store cannot be reached, or has something else.
    """
    missing = [file for file in _stored(manifest) if not _is_there(folder, file)]
    _ignore(folder, manifest)
    for file in missing:
        store.get(file.sha256, file.size, folder / file.path)
    return missing


def _stored(manifest: Manifest) -> list[File]:
    return [file for file in manifest.files if file.kept == "store"]


def _is_there(folder: Path, file: File) -> bool:
    path = folder / file.path
    return path.is_file() and path.stat().st_size == file.size and file_digest(path) == file.sha256


def _ignore(folder: Path, manifest: Manifest) -> None:
    ignored = folder / ".gitignore"
    names = sorted(file.path for file in _stored(manifest))
    if names:
        files.write(ignored, (_IGNORED + "".join(f"/{name}\n" for name in names)).encode())
    elif ignored.is_file() and ignored.read_text(encoding="utf-8").startswith(_IGNORED):
        ignored.unlink()
