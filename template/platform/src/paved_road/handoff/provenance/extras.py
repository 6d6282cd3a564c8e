"""Libraries that only provenance needs."""

from importlib.util import find_spec

from paved_road.findings import problem


def require(library: str, task: str) -> None:
    """Refuse to begin a task whose library is not installed.

    Raises:
        Problem: saying how to get it.
    """
    if find_spec(library) is None:
        fact = f"{task} needs {library}, and it is not installed"
        raise problem("PROVENANCE001", fact, "install paved-road with its extra `provenance`")
