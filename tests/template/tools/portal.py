"""Backstage's own scaffolder with the module of portal/backstage, and a GitHub to publish to, on this machine."""

import base64
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import yaml
from tools import needs

MODULE = Path(__file__).parents[3] / "portal" / "backstage"
Files = dict[str, tuple[bool, bytes]]
"""Of each path, whether it may be executed, and its content."""


@dataclass(frozen=True)
class Portal:
    """Where Backstage's scaffolder and the GitHub answer, and where that GitHub keeps repositories."""

    scaffolder: str
    github: str
    repositories: Path

    def dry_run(self, values: dict[str, Any], template: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and answer of a run that publishes nothing."""
        order = {"template": template or form(), "values": values, "directoryContents": []}
        return asked(f"{self.scaffolder}/dry-run", order)

    def task(self, values: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
        """How a whole run ended, and all that it said."""
        status, answer = asked(
            f"{self.scaffolder}/tasks", {"templateRef": "template:default/paved-road", "values": values}
        )
        assert status == 201, answer
        task = f"{self.scaffolder}/tasks/{answer['id']}"
        while (ended := asked(task)[1]["status"]) not in ("completed", "failed", "cancelled"):
            time.sleep(0.1)
        events: Any = asked(f"{task}/events")[1]
        return ended, [event["body"] for event in events]

    def told(self) -> list[dict[str, Any]]:
        """What GitHub was asked for."""
        calls: Any = asked(f"{self.github}/told")[1]
        return list(calls)


def form() -> dict[str, Any]:
    """The template that Backstage shows."""
    return dict(yaml.safe_load((MODULE / "template.yaml").read_text(encoding="utf-8")))


def files(answer: dict[str, Any]) -> Files:
    """What a dry run made."""
    return {
        each["path"]: (each["executable"], base64.b64decode(each["base64Content"]))
        for each in answer["directoryContents"]
    }


def asked(url: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, {"content-type": "application/json"})) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def module(folder: Path) -> Path:
    """A copy of the module, with the packages that it needs beside it."""

    def fill(draft: Path) -> None:
        shutil.copy(MODULE / "package.json", draft)
        # Nothing needs what packages do after they were unpacked: SQLite comes built.
        needs.npm("install", "--ignore-scripts", folder=draft)

    packages = needs.cached("backstage", fill, (MODULE / "package.json").read_text(encoding="utf-8"))
    shutil.copytree(MODULE, folder, ignore=shutil.ignore_patterns("node_modules"))
    (folder / "node_modules").symlink_to(packages / "node_modules")
    return folder


@contextmanager
def started(folder: Path, settings: dict[str, Any]) -> Iterator[Portal]:
    """Backstage with this under `pavedRoad` in its app-config.yaml, until the end of the block."""
    command = [needs.program("node"), "test/serve.js"]
    order = {"folder": str(folder), "pavedRoad": settings}
    log = folder / "log"
    with log.open("wb") as errors:
        server = subprocess.Popen(
            command,
            cwd=module(folder / "module"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert server.stdin is not None and server.stdout is not None
    try:
        server.stdin.write(json.dumps(order))
        server.stdin.close()
        line = server.stdout.readline()
        assert line, log.read_text()[-3000:]
        yield Portal(**json.loads(line), repositories=folder / "repositories")
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
