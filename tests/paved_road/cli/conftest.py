"""A repository in which everything is in order."""

import shutil
import subprocess
from pathlib import Path

import pytest
from paved_road.contracts import api
from paved_road.joined import WORKFLOWS
from paved_road.monitoring.alerts import ALERTS

from ..contracts.contracts_examples import CONTRACTS, promise, text
from ..monitoring.conftest import WITH_ALERTS
from ..ownership.conftest import Repository

PYPROJECT = """\
[project]
name = "fraud"
dependencies = ["paved-road[scikit-learn]"]

[tool.paved-road]
package = "fraud"

[tool.uv.workspace]
members = ["platform"]
"""


@pytest.fixture
def orderly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    """Contracts that agree, owners, a lock, hooks and a first commit; nothing was handed over yet."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    here = Repository(tmp_path.resolve(), monkeypatch, capsys)
    here.write("pyproject.toml", PYPROJECT)
    here.write("raci.yml", WITH_ALERTS)
    here.write("src/fraud/data.py", "def load(): ...\n")
    here.write("src/fraud/model.py", "from fraud.other import fit as train\n")
    here.write("notebooks/look.ipynb", '{"cells": [{"outputs": [], "execution_count": null}]}')
    for path in ("platform/pyproject.toml", ".copier-answers.yml", *(f".github/workflows/{n}" for n in WORKFLOWS)):
        here.write(path)
    for path in ("src/model.py", "src/serving.py", "deploy/service.yml", "handoff/README.md"):
        here.write(path)
    for alert in ALERTS:
        here.write(alert.runbook)
    here.write("uv.lock", "version = 1\n")
    here.write("contracts/model.yml", text("classification").replace("threshold: 0.7", "threshold: 0.5"))
    here.write("contracts/api.json", api.render(promise("classification")))
    shutil.copy(CONTRACTS / "data.yml", here.root / "contracts" / "data.yml")
    assert here.road("monitor", "sync").exit_code == 0
    assert here.road("deploy", "sync").exit_code == 0
    assert here.road("raci", "sync").exit_code == 0
    here.track()
    ada = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *ada, "commit", "--quiet", "-m", "First commit"], cwd=here.root, check=True)
    here.write(".git/hooks/pre-commit")
    return here
