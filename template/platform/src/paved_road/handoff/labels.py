"""What labels of an image say of the model in it: arguments of its build, held against the manifest there."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from paved_road.findings import Finding
from paved_road.handoff import manifest

REMEDY = "build with `docker build $(uv run road image args) .`; for Compose `uv run road image args --env > .env`"


def arguments(folder: Path) -> dict[str, str]:
    """The build arguments of the image that serves a handoff folder, by name.

    Raises:
        Problem: if its manifest cannot be read.
    """
    evidence = manifest.load(folder)
    return {
        "MODEL_VERSION": evidence.contract.promise.version,
        "MODEL_REVISION": evidence.artifact.origin.commit,
        "MODEL_SEAL": evidence.seal,
    }


def tag(version: str, seal: str) -> str:
    """The tag of the image of a handoff: one for each, for the same artifact may be handed over twice."""
    return f"{version.replace('+', '-')}-{seal[:8]}"


def tag_of(folder: Path) -> str:
    """The tag of the image that serves a handoff folder.

    Raises:
        Problem: if its manifest cannot be read.
    """
    evidence = manifest.load(folder)
    return tag(evidence.version, evidence.seal)


def check(folder: Path, given: Mapping[str, str]) -> Iterator[Finding]:
    """Every argument that is not the manifest's.

    Args:
        folder: the handoff folder.
        given: what the build was given.
    """
    for name, value in arguments(folder).items():
        said = given.get(name)
        if said != value:
            fact = f"{name} is {said}, and the manifest says {value}" if said else f"{name} is not given"
            yield Finding(code="IMAGE001", fact=fact, remedy=REMEDY, path="Dockerfile")
