"""Loaded into `road` as its ``sitecustomize``: keeps what a kill would have left, at every moment at which it matters.

A killed process leaves what is on disk. So before each change of a watched folder, that folder is copied as it is.
"""

import os
import shutil
import sys
from typing import Any

HOME, NAME = os.path.split(os.environ["WATCHED"])
KEPT = os.environ["KEPT"]
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


if os.path.basename(sys.orig_argv[1] if len(sys.orig_argv) > 1 else "") == "road":
    sys.addaudithook(_keep)
