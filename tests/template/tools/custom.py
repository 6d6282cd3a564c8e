"""Hold custom resources of Kubernetes against the definitions of those who made them."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
from tools import needs
from tools.kuberay import RAY_JOB

HERE = Path(__file__).parent / "custom_resources"
SOURCES = [HERE / "package.json", HERE / "check.mjs"]


def refusals(objects: Sequence[dict[str, Any]]) -> list[list[str]]:
    """What the definition of each refuses; of a kind that nobody here knows, that it is unknown."""
    done = subprocess.run(
        [needs.program("node"), "check.mjs"],
        cwd=_installed(),
        input=json.dumps(objects),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return [_of_ray(each) if each["kind"] == "RayJob" else said for each, said in zip(objects, found, strict=True)]


def _of_ray(job: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema_rs.validator_for(RAY_JOB).iter_errors(job)]


def _installed() -> Path:
    def fill(folder: Path) -> None:
        for source in SOURCES:
            shutil.copy(source, folder)
        needs.npm("install", folder=folder)

    return needs.cached("custom-resources", fill, *(source.read_text() for source in SOURCES))
