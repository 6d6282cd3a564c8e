"""What a signature is about: the manifest, and every file that it names."""

from pathlib import Path

from paved_road.handoff.manifest import Manifest, file_digest

MANIFEST = "manifest.json"


def stated(folder: Path, manifest: Manifest) -> dict[str, str]:
    """SHA-256 by name: of the manifest's bytes, and of its files as the manifest states them."""
    return {MANIFEST: file_digest(folder / MANIFEST), **{file.path: file.sha256 for file in manifest.files}}
