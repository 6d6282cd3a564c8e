"""With other frameworks a project trains, hands over and verifies, too; and nothing big is installed by surprise.

XGBoost's regression is lived whole in test_lives.py, scikit-learn's in test_life_readme.py.
"""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.template.conftest import ROOT, git
from tests.template.lives.machine import wheels

pytestmark = pytest.mark.xdist_group("life")
Generate = Callable[..., Path]


def run(project: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    # Small models on a busy machine: more threads would only wait for each other.
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(
        ["uv", "run", "--quiet", *command], cwd=project, capture_output=True, text=True, env=environment
    )


def require(project: Path, *command: str) -> str:
    done = run(project, *command)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def handed_over(generate: Generate) -> Callable[..., Path]:
    """A project of a framework and task, installed, committed, trained, its handoff built; each made once."""
    made: dict[tuple[str, str], Path] = {}

    def make(framework: str, task: str) -> Path:
        if (framework, task) not in made:
            folder = generate(framework=framework, task=task, pytorch_wheels=wheels() if framework == "pytorch" else "")
            git(folder, "init", "-q", "-b", "main")
            require(folder, "true")
            git(folder, "add", "-A")
            git(folder, "commit", "-q", "-m", "First commit")
            require(folder, "road", "train")
            require(folder, "road", "handoff", "build")
            made[framework, task] = folder
        return made[framework, task]

    return make


@pytest.mark.parametrize(
    ("framework", "task"), [("xgboost", "classification"), ("pytorch", "classification"), ("pytorch", "regression")]
)
def test_every_framework_reaches_the_contracts_floors_and_verifies(
    handed_over: Callable[..., Path], framework: str, task: str
) -> None:
    project = handed_over(framework, task)

    verified = require(project, "road", "handoff", "verify")

    assert "checks hold" in verified
    (serving,) = (project / "handoff").glob("requirements-*.txt")
    for name in ("torch==", "xgboost", "scikit-learn==", "pandas=="):
        assert name not in serving.read_text()


@pytest.mark.parametrize(("framework", "task"), [("xgboost", "classification"), ("pytorch", "regression")])
def test_its_own_tests_and_types_pass(handed_over: Callable[..., Path], framework: str, task: str) -> None:
    project = handed_over(framework, task)

    require(project, "pytest", "-q")
    require(project, "mypy", "--config-file", "platform/config/mypy.ini")


def test_the_export_of_pytorch_is_proven_where_pytorch_is_installed(handed_over: Callable[..., Path]) -> None:
    tests = ROOT / "tests" / "paved_road" / "science" / "test_export_pytorch.py"

    said = require(
        handed_over("pytorch", "classification"),
        *("python", "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")),
        str(tests),
    )

    assert "passed" in said
    assert "skipped" not in said


@pytest.mark.parametrize("framework", ["scikit-learn", "xgboost"])
def test_a_lock_without_pytorch_knows_nothing_of_it(generate: Generate, framework: str) -> None:
    project = generate(framework=framework)

    subprocess.run(["uv", "lock", "--quiet"], cwd=project, check=True)

    lock = (project / "uv.lock").read_text()
    assert 'name = "torch"' not in lock
    assert 'name = "nvidia' not in lock


def test_the_build_for_gpus_is_never_taken_for_want_of_the_other(generate: Generate) -> None:
    project = generate(framework="pytorch")

    environment = {name: value for name, value in os.environ.items() if name != "UV_FIND_LINKS"}
    done = subprocess.run(["uv", "lock"], cwd=project, capture_output=True, text=True, env=environment)

    assert done.returncode == 1
    assert "torch{sys_platform == 'linux'}==2.13.0+cpu" in done.stderr
    said = (project / "platform/pytorch/pyproject.toml").read_text()
    assert "UV_FIND_LINKS" in said and "find-links" in said


def test_a_gpu_brings_the_build_for_gpus(generate: Generate) -> None:
    project = generate(framework="pytorch", gpu=True)

    pinned = (project / "platform/pytorch/pyproject.toml").read_text()

    assert '"torch==2.13.0"' in pinned
    assert "+cpu" not in pinned
