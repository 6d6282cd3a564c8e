"""Files in which processes that count together keep what they counted."""

from pathlib import Path

_LIVE, _ENDED = "live-", "ended-"


def of(folder: Path, process: int) -> Path:
    """The file of a process that lives."""
    return folder / f"{_LIVE}{process}"


def end(folder: Path, process: int) -> None:
    """A process has ended: what it counted stays, what it was does not."""
    file = of(folder, process)
    if file.exists():
        file.rename(folder / f"{_ENDED}{process}-{len(list(folder.glob(f'{_ENDED}*')))}")


def every(folder: Path) -> list[Path]:
    """All files, in order."""
    return sorted([*folder.glob(f"{_LIVE}*"), *folder.glob(f"{_ENDED}*")])


def has_ended(file: Path) -> bool:
    """Whether a file's process has."""
    return file.name.startswith(_ENDED)
