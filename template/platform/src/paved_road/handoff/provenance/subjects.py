"""What a signature is about: the manifest, and every file that it names."""

from pathlib import Path

from paved_road.findings import Finding, Problem
from paved_road.handoff.build import files_of
from paved_road.handoff.manifest import Manifest, file_digest

MANIFEST = "manifest.json"


def stated(folder: Path, manifest: Manifest) -> dict[str, str]:
    """SHA-256 by name: of the manifest's bytes, and of its files as the manifest states them."""
    return {MANIFEST: file_digest(folder / MANIFEST), **{file.path: file.sha256 for file in files_of(manifest)}}


def require_unchanged(folder: Path, manifest: Manifest) -> None:
    """Nobody vouches for bytes that are not what the manifest says.

    Raises:
        Problem: with a finding for each file that is missing or changed.
    """
    found: list[Finding] = []
    for file in files_of(manifest):
        path = folder / file.path
        if path.is_symlink() or not path.is_file() or file_digest(path) != file.sha256:
            fact = "is missing, or is not what the manifest says"
            remedy = "run `road handoff verify`"
            found.append(Finding(code="SIGNATURE001", fact=fact, remedy=remedy, path=f"handoff/{file.path}"))
    if found:
        raise Problem(*found)
