"""The page for application engineers, done as it says: generated clients get typed predictions and typed refusals."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from paved_road.contracts import api
from paved_road.contracts.model import ModelContract
from tools import needs

pytestmark = pytest.mark.xdist_group("clients")

PAGE = Path(__file__).parents[3] / "template" / "docs" / "call-the-model.md"


def section(title: str) -> list[tuple[str, str]]:
    """The blocks of a section of the page, each with its language."""
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")
    return re.findall(r"```(\w+)\n(.*?)```", rest.partition("\n## ")[0], re.DOTALL)


@pytest.fixture(scope="module")
def url(handoff: Path) -> Iterator[str]:
    started = [sys.executable, "-m", "paved_road", "serve", "--handoff", str(handoff), "--port", "0", "--json"]
    with subprocess.Popen(started, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())["url"]
        server.terminate()


def application(folder: Path, promise: ModelContract) -> Path:
    """An application's own repository, which holds nothing but the contract."""
    (folder / "contracts").mkdir()
    (folder / "contracts/api.json").write_text(api.render(promise), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, promise: ModelContract, url: str) -> tuple[Path, str]:
    """An application with a client in Python, and the command that asks the model."""
    needs.program("uvx")
    folder = application(tmp_path_factory.mktemp("application"), promise)
    return folder, follow("Python", "ask.py", folder, url)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    return subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, env=environment)


def follow(title: str, file: str, folder: Path, url: str) -> str:
    """Do what a section says, down to the last command, which asks the model."""
    *steps, last = [line for kind, text in section(title) if kind == "sh" for line in text.splitlines()]
    (code,) = [text for kind, text in section(title) if kind in ("python", "ts")]
    (folder / file).write_text(code.replace("http://localhost:8000", url), encoding="utf-8")
    for step in steps:
        if step.startswith("npm install"):
            continue  # done already: see `node_modules`
        done = run(step, folder)
        assert done.returncode == 0, f"{step}\n{done.stdout}{done.stderr}"
    return last


def test_a_generated_python_client_gets_typed_answers(python: tuple[Path, str]) -> None:
    folder, ask = python
    code = (folder / "ask.py").read_text()
    (folder / "wrong.py").write_text(code.replace('["examples"][0]', '["examples"][0] | {"amount": -1.0}'))

    answered = run(ask, folder)
    refused = run(ask.replace("ask.py", "wrong.py"), folder)

    assert re.search(r"^Prediction\(fraud_probability=0\.\d+, fraud=(True|False)", answered.stdout), answered.stderr
    assert "amount: " in refused.stdout and "-1" in refused.stdout
    assert "ValueError: 1 record with 1 error; see the contract" in refused.stderr


def test_a_type_checker_sees_a_field_that_a_prediction_does_not_have(python: tuple[Path, str]) -> None:
    folder, _ = python
    check = next(line for _, text in section("Python") for line in text.splitlines() if "mypy --strict" in line)
    code = (folder / "ask.py").read_text()
    (folder / "typo.py").write_text(code + "\n\ndef read(given: Prediction) -> bool:\n    return given.fruad\n")

    checked = run(check.replace("ask.py", "typo.py"), folder)

    assert checked.returncode == 1
    assert '"Prediction" has no attribute "fruad"; maybe "fraud"?' in checked.stdout


def test_a_generated_typescript_client_gets_typed_answers(tmp_path: Path, promise: ModelContract, url: str) -> None:
    install = next(line for _, text in section("TypeScript") for line in text.splitlines() if line.startswith("npm i"))
    packages = install.split()[2:]
    kept = needs.cached("typescript", lambda draft: needs.npm("install", *packages, folder=draft), *packages)
    folder = application(tmp_path, promise)
    (folder / "node_modules").symlink_to(kept / "node_modules")
    ask = follow("TypeScript", "ask.mts", folder, url)

    answered = run(ask, folder)
    script = folder / "ask.mjs"
    wrong = re.sub(r"ask\((api\..*?\[0\])\)", r"ask({...\1, amount: -1})", script.read_text())
    script.write_text(wrong)
    refused = run(ask, folder)

    assert re.search(r"fraud_probability: 0\.\d+, fraud: (true|false)", answered.stdout), answered.stderr
    assert "amount: " in refused.stdout and "-1" in refused.stdout
    assert "Error: 1 record with 1 error; see the contract" in refused.stderr
