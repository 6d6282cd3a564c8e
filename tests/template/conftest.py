"""Projects as a person gets them: rendered from the working tree, and one that was lived in."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from fleet.copying import copy

ROOT = Path(__file__).parents[2]
PERSON = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com"}
PERSON |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com"}


@pytest.fixture(scope="session", autouse=True)
def plain_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody's own Copier settings, environment, git identity or way to start the tests may change what is tested."""
    settings = tmp_path_factory.mktemp("settings") / "settings.yml"
    settings.write_text("{}")
    os.environ["COPIER_SETTINGS_PATH"] = str(settings)
    os.environ.update(PERSON)
    os.environ.pop("VIRTUAL_ENV", None)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that runs tests in its background ignores it


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def committed(template: Path, folder: Path) -> Path:
    """The template as a git repository with one commit."""
    shutil.copytree(template, folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Template")
    return folder


def copier_cli(*arguments: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Call `copier` as a person would."""
    command = [sys.executable, "-m", "copier", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=os.environ)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's files, without git: rendered quickly, uncommitted changes included."""
    folder = tmp_path_factory.mktemp("template")
    for name in git(ROOT, "ls-files", "-co", "--exclude-standard", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def generate(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A project with these answers in a fresh folder, without git; the same answers are rendered once."""

    @cache
    def rendered(answers: str) -> Path:
        folder = tmp_path_factory.mktemp("rendered") / "generated"
        copy(str(template), folder, json.loads(answers))
        return folder

    def render(**answers: Any) -> Path:
        folder = tmp_path_factory.mktemp("project") / "generated"
        return Path(shutil.copytree(rendered(json.dumps(answers)), folder, symlinks=True))

    return render


def installed(project: Path, warm: Path | None = None) -> Path:
    """Install a project's environment.

    Args:
        project: the project.
        warm: another one with the same packages, from which to take what Python has compiled: that takes most time.
    """
    subprocess.run(["uv", "sync", "--quiet"], cwd=project, check=True)
    for compiled in (warm / ".venv").rglob("__pycache__") if warm else ():
        mine = project / compiled.relative_to(warm or project)
        if mine.parent.is_dir() and not mine.exists():
            shutil.copytree(compiled, mine, copy_function=os.link)
    return project


@pytest.fixture(scope="session")
def lived_in(generate: Callable[..., Path]) -> Path:
    """A project with default answers, committed, its environment installed."""
    folder = generate()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First commit")
    installed(folder)
    git(folder, "add", "uv.lock")
    git(folder, "commit", "-q", "-m", "Lock")
    return folder


@pytest.fixture
def clone(lived_in: Path, tmp_path: Path) -> Path:
    """What a colleague has who clones the project and installs it; nothing was handed over yet."""
    git(tmp_path, "clone", "-q", str(lived_in), "clone")
    return installed(tmp_path / "clone", warm=lived_in)


@pytest.fixture(scope="session")
def handed_over(lived_in: Path) -> Path:
    """The same, once a model was trained and handed over."""
    for verb in (("train",), ("handoff", "build"), ("deploy", "sync")):
        command = ["uv", "run", "--quiet", "road", *verb]
        done = subprocess.run(command, cwd=lived_in, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return lived_in


def run(project: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["uv", "run", "--quiet", *command], cwd=project, capture_output=True, text=True)


def required(project: Path, *command: str) -> str:
    """What a command of the project said, which has to succeed."""
    done = run(project, *command)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def evidence(handed_over: Path) -> Iterator[Path]:
    """The handoff folder, put back afterwards."""
    folder, kept = handed_over / "handoff", handed_over / ".road" / "kept"
    shutil.copytree(folder, kept)
    yield folder
    shutil.rmtree(folder)
    kept.rename(folder)
