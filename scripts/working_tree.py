"""This repository's files as they are, uncommitted changes included, and projects generated from them."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from fleet.copying import copy

ROOT = Path(__file__).parents[1]


def copied(folder: Path) -> Path:
    """A copy without git's history, which Copier renders as it is."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


def generated(folder: Path, **answers: Any) -> Path:
    """A project with these answers, and defaults for all others.

    Args:
        folder: a fresh one, for the copy and the project.
        **answers: to questions of copier.yml.
    """
    template = copied(folder / "template")
    copy(str(template), folder / "project", answers)
    return folder / "project"
