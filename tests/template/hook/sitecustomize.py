"""Loaded into `road` through PYTHONPATH: a shorter measurement, and what a kill would have left at every moment.

A killed process leaves what is on disk. So before each change of a watched folder, that folder is copied as it is.
"""

import os
import shutil
import sys
from typing import Any

HOME, NAME = os.path.split(os.environ.get("WATCHED", ""))
KEPT = os.environ.get("KEPT", "")
CHANGES = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod"}
busy = False


def _keep(event: str, arguments: tuple[Any, ...]) -> None:
    global busy
    touched = any(_watched(os.fsdecode(each)) for each in arguments if isinstance(each, str | os.PathLike))
    if busy or event not in CHANGES or not touched:
        return
    busy = True
    shutil.copytree(HOME, os.path.join(KEPT, f"{len(os.listdir(KEPT)):03}"), ignore=_others)
    busy = False


def _watched(path: str) -> bool:
    """Whether it is in the watched folder, or in one whose name holds its name: a new or a retired one."""
    return path.startswith(HOME + os.sep) and NAME in path.removeprefix(HOME + os.sep).split(os.sep)[0]


def _others(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if folder == HOME and NAME not in name]


def _hurry() -> None:
    """Faults do not depend on how long a model is put under load, and that is most of a build."""
    from paved_road.handoff import profile

    profile.WARM_UP_S, profile.CLOSED_S, profile.OPEN_S, profile.ROUNDS = 0.05, 0.2, 0.4, 2


if os.path.basename(sys.orig_argv[1] if len(sys.orig_argv) > 1 else "") == "road":
    if "build" in sys.orig_argv:
        _hurry()
    if KEPT:
        sys.addaudithook(_keep)
