"""What a change of a contract means for those who rely on it, and whether its version says so."""

from collections.abc import Iterator

from paved_road.contracts.compatibility import of_model, versions
from paved_road.contracts.compatibility.versions import Bump
from paved_road.contracts.model import PATH, ModelContract
from paved_road.findings import Finding

__all__ = ["Bump", "check_bump", "required_bump"]


def required_bump(old: ModelContract, new: ModelContract) -> Bump:
    """The part of the version that the changes from one model contract to the next have to move."""
    return versions.bump(list(of_model.changes(old, new)))


def check_bump(old: ModelContract, new: ModelContract) -> Iterator[Finding]:
    """Whether the version of a model contract moved far enough.

    Yields:
        COMPAT001 if it is too small, COMPAT002 if it goes backwards.
    """
    yield from versions.check(old.version, new.version, list(of_model.changes(old, new)), PATH)
