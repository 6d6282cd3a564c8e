"""A project's whole life: installed, trained, handed over, verified, served and asked, and held by its own checks."""

import json
import re
import shlex
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.template.conftest import git, installed, required
from tests.template.lives import machine
from tests.template.served import answered, served

JOURNEY = (("road", "train"), ("road", "handoff", "build"), ("road", "deploy", "sync"))
CHECKS = (
    ("ruff", "check", "."),
    ("mypy", "--config-file", "platform/config/mypy.ini"),
    ("pytest", "-q"),
    ("road", "contract", "check"),
    ("road", "raci", "check"),
    *(("road", group, "sync", "--check") for group in ("raci", "monitor", "deploy")),
)
VERSION = ("python", "-c", "import sys; print(*sys.version_info[:2], sep='.')")


def live(project: Path, python: str, elsewhere: Iterable[str] = ()) -> None:
    """Live it, and leave nothing behind.

    Args:
        project: as it was generated.
        python: version that it is lived with, said as a workflow says it.
        elsewhere: versions of others, who verify what was handed over.
    """
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OMP_NUM_THREADS", "1")  # small models: more threads would only wait for each other
        git(project, "init", "-q", "-b", "main")
        _use(python, project, environment)
        promise_less(project)
        _commit(project, "First commit")
        for verb in JOURNEY:
            required(project, *verb)
        _commit(project, "Hand the model over")
        assert "checks hold" in required(project, "road", "handoff", "verify")
        for check in CHECKS:
            required(project, *check)
        _ask(project)
        for other in elsewhere:
            _use(other, project, environment)
            said = required(project, "road", "handoff", "verify")
            assert "checks hold" in said and f"this is CPython {other}" in said
    shutil.rmtree(project)


def _use(python: str, project: Path, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("UV_PYTHON", machine.interpreter(python))
    installed(project)
    assert required(project, *VERSION).strip() == python


def promise_less(project: Path) -> None:
    """What a native format takes, or any on a busy machine, is more than the contract of the example allows."""
    contract = project / "contracts" / "model.yml"
    text = contract.read_text(encoding="utf-8")
    for name, value in (
        ("p95_ms", 20_000), ("p99_ms", 30_000), ("requests_per_second", 1), ("memory_mib", 2048), ("cold_start_s", 120)
    ):  # fmt: skip
        text, changed = re.subn(rf"^(  {name}:) \S+", rf"\1 {value}", text, flags=re.MULTILINE)
        assert changed == 1, name
    contract.write_text(text, encoding="utf-8")
    for group in ("contract", "monitor"):
        required(project, "road", group, "sync")


def _commit(project: Path, message: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", message)


def _ask(project: Path) -> None:
    """A record of the golden dataset is answered as the trained model did; without one of its fields it is refused."""
    with served(project) as said:
        record, trained = _golden(project, json.loads(shlex.split(said["try"])[-1]))
        status, answer = answered(said, record)
        del record["amount"]
        refused, why = answered(said, record)

    (predicted,) = (answer[name] for name in ("fraud_probability", "loss_amount") if name in answer)
    assert (status, predicted) == (200, pytest.approx(trained, rel=1e-3, abs=1e-5))
    assert refused == 422
    assert "amount" in json.dumps(why)


def _golden(project: Path, example: dict[str, Any]) -> tuple[dict[str, Any], float]:
    """The first record, with the fields of the example, and what the trained model predicted for it."""
    handoff = project / "handoff"
    first = pq.read_table(next(handoff.glob("golden-*"))).slice(0, 1).to_pylist()[0]
    record = {name: first[name].isoformat() if isinstance(first[name], datetime) else first[name] for name in example}
    return record, float(np.load(next(handoff.glob("predictions-*")))[0].flat[-1])
