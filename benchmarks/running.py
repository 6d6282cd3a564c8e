"""How commands are run and timed, and repositories made."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PERSON = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
# A person's interpreter keeps the bytecode of what it imports, whatever this one is told.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")}
ENVIRONMENT["DO_NOT_TRACK"] = "1"  # nobody is called while measuring


def seconds(*command: str, cwd: Path) -> float:
    """Wall-clock time of a command that succeeds."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=ENVIRONMENT)
    took = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return took


def git(folder: Path, *arguments: str) -> None:
    """Call git, as nobody in particular."""
    subprocess.run(["git", *PERSON, *arguments], cwd=folder, check=True, capture_output=True)


def repository(folder: Path) -> None:
    """Make a folder a repository with one commit."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "First commit")


def copy(source: Path, target: Path, *more: str) -> float:
    """Seconds of a `copier copy` with default answers."""
    command = (sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", *more, str(source), str(target))
    return seconds(*command, cwd=ROOT)
