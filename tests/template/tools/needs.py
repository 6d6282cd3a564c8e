"""What a test needs from outside: a reason to skip on a person's machine, a failure in CI."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test for want of `what`; where CI=true nothing may be wanting, so fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what}: not to be had, and in CI no test may be skipped; install it in the CI job")
    pytest.skip(f"{what}: not to be had here")


def program(*names: str) -> str:
    """Path of the first of these programs that is installed, beside this Python or on PATH."""
    beside = Path(sys.executable).parent
    for name in names:
        if found := shutil.which(name, path=f"{beside}{os.pathsep}{os.environ['PATH']}"):
            return found
    missing(" or ".join(names))


def mounting() -> tuple[str, ...]:
    """What lets a command mount, unseen by the rest of the machine."""
    reason = ""
    for rights in ((), ("--user", "--map-root-user")):
        command = (program("unshare"), "--mount", *rights)
        probe = subprocess.run([*command, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, text=True)
        if probe.returncode == 0:
            return command
        reason = probe.stderr.strip()
    missing(f"a mount, if only in a namespace of its own ({reason})")


def no_network() -> tuple[str, ...]:
    """What gives a command a network of its own, with nobody on it."""
    reason = ""
    for rights in ((), ("--user", "--map-root-user")):
        command = (program("unshare"), "--net", *rights)
        probe = subprocess.run([*command, program("ip"), "link", "set", "lo", "up"], capture_output=True, text=True)
        if probe.returncode == 0:
            return command
        reason = probe.stderr.strip()
    missing(f"a namespace without a network ({reason})")


def said(name: str, *arguments: str | Path, cwd: Path) -> tuple[int, str]:
    """Exit code and all output of one of these programs."""
    command = [program(name), *arguments]
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def cached(name: str, fill: Callable[[Path], None], *ingredients: str) -> Path:
    """A folder outside the repository, filled once for the same ingredients, by however many processes."""
    digest = hashlib.sha256("\0".join(ingredients).encode()).hexdigest()[:16]
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "paved-road-tests"
    folder = caches / f"{name}-{digest}"
    if not folder.is_dir():
        caches.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=caches))
        fill(draft)
        try:
            draft.rename(folder)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return folder


def environment(name: str, *packages: str) -> Path:
    """Folder of the programs of an environment of its own, for packages that do not go with the others here."""
    home = cached(name, lambda folder: None, sys.executable, *packages) / "venv"  # an environment cannot be moved
    ready = home / "ready"
    if not ready.is_file():
        for command in (
            ["venv", "--quiet", "--allow-existing", "--python", sys.executable, str(home)],
            ["pip", "install", "--quiet", "--python", str(home / "bin" / "python"), *packages],
        ):
            done = subprocess.run([program("uv"), *command], capture_output=True, text=True)
            if done.returncode:
                missing(f"uv {command[0]} ({done.stderr.strip()[-200:]})")
        ready.touch()
    return home / "bin"


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in `folder`, quietly."""
    done = subprocess.run(
        [program("npm"), *arguments, "--silent", "--no-audit", "--no-fund", "--no-package-lock"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        missing(f"npm {' '.join(arguments)} ({(done.stderr or done.stdout).strip()[-200:]})")
