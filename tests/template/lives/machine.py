"""What lives take of a machine: Python in the versions that a project may have, and PyTorch's build for each."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from tools import needs

from tests.template.conftest import ROOT
from tests.template.lives.space import PYTHONS, Met

BUILD = next((ROOT / "template/platform").glob("*pytorch*/*not gpu*"))


@cache
def interpreter(version: str) -> str:
    """Path of this Python: on PATH, among pyenv's, or one that uv brought; empty if there is none."""
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    path = os.pathsep.join([os.environ["PATH"], *map(str, sorted(kept.glob(f"{version}.*/bin")))])
    command = [needs.program("uv"), "python", "find", "--no-project", "--system", "--no-python-downloads", version]
    done = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True)
    return done.stdout.strip()


def newest() -> str:
    """The newest version that is there; at least the one that runs the tests is."""
    return next(version for version in reversed(PYTHONS) if interpreter(version))


def _named() -> str:
    """The place that PIP_FIND_LINKS names for PyTorch's CPU build for Linux; empty if none can have it."""
    named = os.environ.get("PIP_FIND_LINKS", "").split()
    return named[0] if named and sys.platform == "linux" else ""


def wheels() -> str:
    """Where PyTorch's CPU build for Linux is, which is on no package registry."""
    return _named() or needs.missing(
        "PyTorch's CPU build for Linux (name the page or the folder that has it in PIP_FIND_LINKS)"
    )


@cache
def pytorch(version: str) -> bool:
    """Whether PIP_FIND_LINKS names a place that has PyTorch's CPU build for this Python."""
    pinned = re.findall(r"\"(torch==[^;\"]+); sys_platform == 'linux'\"", BUILD.read_text(encoding="utf-8"))
    if not _named():
        return False
    command = [needs.program("uv"), "pip", "compile", "--no-deps", "--only-binary", ":all:", "--find-links", _named()]
    command += ["--python-version", version, "--python-platform", "linux", "-"]
    return subprocess.run(command, input="".join(pinned), text=True, capture_output=True).returncode == 0


def lacking() -> dict[Met, str]:
    """What this machine cannot bring together, and why."""
    found: dict[Met, str] = {}
    for version in PYTHONS:
        if not interpreter(version):
            found[frozenset({("python_version", version)})] = f"Python {version}"
        elif not pytorch(version):
            together = frozenset({("framework", "pytorch"), ("python_version", version)})
            found[together] = f"PyTorch's CPU build for Python {version}, in what PIP_FIND_LINKS names"
    return found
