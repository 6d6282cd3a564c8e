"""A generated project's model, served as a person would, and asked over HTTP."""

import json
import os
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def started(project: Path, command: str) -> Iterator["subprocess.Popen[str]"]:
    """A command of a shell that goes on until `interrupt`, or the end of the block."""
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            interrupt(process)


def interrupt(process: "subprocess.Popen[str]") -> str:
    """Press Ctrl+C, and wait; what it then still says."""
    if process.poll() is not None:
        return ""
    os.killpg(process.pid, signal.SIGINT)
    return process.communicate(timeout=60)[0]


@contextmanager
def served(project: Path) -> Iterator[dict[str, Any]]:
    """`road serve` on a free port; what it says when it is ready."""
    with started(project, ".venv/bin/road serve --port 0 --json") as process:
        assert process.stdout and process.stderr
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield json.loads(line)


def ask(said: dict[str, Any]) -> dict[str, Any]:
    """The answer to the request that the server suggests."""
    done = subprocess.run(["bash", "-c", said["try"]], capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def answered(said: dict[str, Any], record: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to one record."""
    request = urllib.request.Request(f"{said['url']}/v1/predict", data=json.dumps(record).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)
