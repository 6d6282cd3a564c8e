"""docs/adopt.md, followed command by command by three repositories that were there before."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT, committed, git

pytestmark = pytest.mark.xdist_group("adopt")
ADOPT = ROOT / "docs" / "adopt.md"
Layout = dict[str, str]

NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "execution_count": 3, "outputs": [{"text": "42"}], "source": "6 * 7"}]}
)
PROJECT = """\
[project]
name = "{name}"
version = "0.0.1"
requires-python = ">=3.11,<3.14"
dependencies = [
    "pandas", # ours
]
"""
# After cookiecutter-data-science, version 2: the package lies in the root, numbered notebooks, a Makefile.
DATA_SCIENCE: Layout = {
    "README.md": "# churn\n\nWho leaves?\n",
    "Makefile": "data:\n\tpython churn/dataset.py\n",
    "pyproject.toml": PROJECT.format(name="churn")
    + '\n[build-system]\nrequires = ["flit_core>=3.2,<4"]\nbuild-backend = "flit_core.buildapi"\n'
    + "\n[tool.ruff]\nline-length = 99\n",
    ".gitignore": "/data/\n.env\n",
    "churn/__init__.py": "",
    "churn/config.py": "SEED = 1\n",
    "churn/dataset.py": "print('raw to processed')\n",
    "churn/features.py": "FEATURES: list[str] = []\n",
    "churn/modeling/__init__.py": "",
    "churn/modeling/train.py": "print('training')\n",
    "churn/plots.py": "",
    "docs/mkdocs.yml": "site_name: churn\n",
    "models/.gitkeep": "",
    "notebooks/1.0-ada-first-look.ipynb": NOTEBOOK,
    "references/columns.md": "tenure: months\n",
    "reports/figures/.gitkeep": "",
    "tests/test_data.py": "def test_it() -> None:\n    assert True\n",
}
NOTEBOOKS: Layout = {
    "First look.ipynb": NOTEBOOK,
    "notebooks/train final v2.ipynb": NOTEBOOK,
    "data/customers.csv": "tenure,left\n3,1\n",
    "requirements.txt": "pandas\n",
}
# After kedro's own starters: a package with pipelines in src/, a catalog and parameters in conf/.
KEDRO: Layout = {
    "README.md": "# Losses\n",
    "pyproject.toml": PROJECT.format(name="losses")
    + '\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
    + '\n[tool.kedro]\npackage_name = "losses"\nproject_name = "Losses"\nkedro_init_version = "1.0.0"\n'
    + '\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
    ".gitignore": "conf/local/**\ndata/**\n",
    "conf/base/catalog.yml": "claims:\n  type: pandas.CSVDataset\n  filepath: data/01_raw/claims.csv\n",
    "conf/base/parameters.yml": "seed: 1\n",
    "conf/logging.yml": "version: 1\n",
    "notebooks/.gitkeep": "",
    "src/losses/__init__.py": '__version__ = "0.0.1"\n',
    "src/losses/__main__.py": "",
    "src/losses/pipeline_registry.py": "def register_pipelines() -> dict[str, object]:\n    return {}\n",
    "src/losses/pipelines/__init__.py": "",
    "src/losses/pipelines/training/__init__.py": "",
    "src/losses/pipelines/training/nodes.py": "def train(claims: object) -> object:\n    return claims\n",
    "src/losses/settings.py": "",
    "tests/test_run.py": "",
}
LAYOUTS = {"churn_model": DATA_SCIENCE, "leavers": NOTEBOOKS, "losses": KEDRO}
JOINED = {"pyproject.toml", ".gitignore"}

# What stands in for tools that would install: the environment of these tests has `road` and Copier already.
UVX = '#!/bin/sh\nshift\nexec {python} -m copier "$@"\n'
UV = """\
#!/bin/sh
case "$1" in
  run) shift; exec "$@" ;;
  sync) exec {uv} lock --quiet ;;
  *) exec {uv} "$@" ;;
esac
"""


@dataclass(frozen=True)
class Adopted:
    """A repository that has followed the page.

    Attributes:
        root: the repository.
        before: what it held, by path.
        said: what the commands printed.
    """

    root: Path
    before: Layout
    said: str


def commands() -> str:
    """What the page tells a person to type, from top to bottom."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", ADOPT.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))


def set_to(text: str, name: str, value: str) -> str:
    changed, times = re.subn(rf"^{name}=.*$", f'{name}="{value}"', text, flags=re.MULTILINE)
    assert times == 1
    return changed


@pytest.fixture(scope="module")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = committed(template, tmp_path_factory.mktemp("released") / "source")
    git(folder, "tag", "v0.1.0")
    return folder


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH on which nothing installs."""
    folder = tmp_path_factory.mktemp("tools")
    for name, text in {"uvx": UVX, "uv": UV}.items():
        (folder / name).write_text(text.format(python=sys.executable, uv=shutil.which("uv")))
        (folder / name).chmod(0o755)
    return os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])


@pytest.fixture(scope="module", params=LAYOUTS, ids=["data science", "notebooks", "kedro"])
def adopted(
    source: Path, tools: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Adopted:
    package, layout = request.param, LAYOUTS[request.param]
    root = tmp_path_factory.mktemp("adopts") / "repository"
    for path, text in layout.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "--all", "--force")
    git(root, "commit", "-q", "-m", "As it was")
    script = commands()
    for name, value in {"NAME": "Joins", "PACKAGE": package, "TEMPLATE": str(source)}.items():
        script = set_to(script, name, value)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=root, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=os.environ | {"PATH": tools},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return Adopted(root, layout, done.stdout + done.stderr)


def test_nothing_of_theirs_is_lost(adopted: Adopted) -> None:
    kept = {path: (adopted.root / path).read_text() for path in adopted.before.keys() - JOINED}

    assert kept == {path: text for path, text in adopted.before.items() if path not in JOINED}
    for path in JOINED & adopted.before.keys():
        lines = (adopted.root / path).read_text().splitlines()
        assert [line for line in adopted.before[path].splitlines() if line not in lines] == []
    assert git(adopted.root, "diff", "--diff-filter=D", "--name-only", "main") == ""


def test_the_gates_that_should_hold_hold(adopted: Adopted) -> None:
    assert "✗" not in adopted.said
    assert "✓ settings" in adopted.said
    assert "✓ workspace" in adopted.said
    assert "✓ training" in adopted.said
    assert "✓ ownership" in adopted.said
    assert "✓ contracts" in adopted.said
    assert git(adopted.root, "status", "--porcelain") == ""


def test_the_doctor_says_what_is_still_missing(adopted: Adopted) -> None:
    outputs = [path for path in adopted.before if path.startswith("notebooks/") and path.endswith(".ipynb")]

    assert "– handoff" in adopted.said
    assert [path for path in outputs if f"– notebooks    {path} holds outputs" not in adopted.said] == []
    assert ("✓ notebooks" in adopted.said) == (not outputs)


def test_it_is_at_a_version_that_updates_start_from(adopted: Adopted) -> None:
    answers = (adopted.root / ".copier-answers.yml").read_text()

    assert "_commit: v0.1.0\n" in answers
    assert "project_name: Joins\n" in answers


@pytest.mark.parametrize("adopted", ["losses"], ids=["kedro"], indirect=True)
def test_a_model_is_trained_and_handed_over_with_what_it_really_installs(adopted: Adopted, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(adopted.root), "clone")

    for command in ("sync", "run road train", "run road handoff build", "run road handoff verify"):
        done = uv(tmp_path / "clone", command)
        assert done.returncode == 0, done.stdout + done.stderr

    assert (tmp_path / "clone" / "handoff" / "manifest.json").is_file()


def uv(root: Path, command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["uv", "--quiet", *command.split()], cwd=root, capture_output=True, text=True)
