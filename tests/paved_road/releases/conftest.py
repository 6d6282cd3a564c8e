"""A repository that hands small models over, and can release them."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.oci import intact
from paved_road.releases import moves, registered

from ..ownership.conftest import Outcome
from ..ownership.conftest import Repository as Road
from ..serving.serving_examples import CLASSIFICATION, contract, hand_over

OVERLAY = """\
# Whoever reads this keeps it.
resources: [../../base]
images:
  - name: "ghcr.io/acme/fraud"
    newTag: not-released-yet # the release
"""
RECORDS = "deploy/overlays/prod/releases.jsonl"
KUSTOMIZATION = "deploy/overlays/prod/kustomization.yaml"


@dataclass(frozen=True)
class Repository:
    """A repository with one environment."""

    root: Path
    here: Road

    def road(self, *arguments: str) -> Outcome:
        return self.here.road("release", *arguments)

    def promote(self, reason: str = "it is better") -> Outcome:
        return self.road("promote", "--reason", reason)

    def rollback(self, *options: str, reason: str = "drift at 02:10") -> Outcome:
        return self.road("rollback", "--reason", reason, *options)

    def git(self, *arguments: str) -> str:
        person = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        done = subprocess.run(["git", *person, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, words: str = "Move") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", words)

    def hands_over(self, version: str) -> Manifest:
        """Hand a model over and commit it, as a merged pull request would."""
        for leftover in (self.root / "handoff").glob("*"):
            leftover.unlink()
        evidence = hand_over(self.root / "handoff", contract(version=version))
        for file in evidence.files:
            (self.root / "handoff" / file.path).touch()
        self.commit(f"Hand {version} over")
        return evidence

    def releases(self, *versions: str) -> list[Manifest]:
        """Hand over and promote one version after another."""
        return [self._release(version) for version in versions]

    def _release(self, version: str) -> Manifest:
        evidence = self.hands_over(version)
        done = self.promote(f"promote {version}")
        assert done.exit_code == 0, done.stderr
        self.commit()
        return evidence

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    @property
    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.read(RECORDS).splitlines()]

    @property
    def live(self) -> str:
        """The contract's version that a server would find behind the link."""
        manifest = json.loads(self.read(".road/live/prod/manifest.json"))
        return str(manifest["contract"]["promise"]["version"])

    @property
    def state(self) -> tuple[str, str, str]:
        """Everything that a move changes."""
        link = self.root / ".road/live/prod"
        return self.read(RECORDS), self.read(KUSTOMIZATION), str(link.readlink())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the registry was told; the registry itself is tested elsewhere."""
    told: list[Any] = []
    monkeypatch.setattr(registered, "tell", lambda here, place, done: told.append((place.name, done.moves[-1])))
    return told


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told: list[Any]
) -> Repository:
    """A repository in which nothing was handed over; of a handoff only the bytes are verified."""
    monkeypatch.setattr(moves, "_verified", lambda here: intact(here.handoff))
    root = (tmp_path / "repository").resolve()
    root.mkdir()
    here = Road(root, monkeypatch, capsys)
    here.write("pyproject.toml", '[tool.paved-road]\npackage = "m"\n')
    here.write(".gitignore", ".road/\n")
    promise = {key: value for key, value in CLASSIFICATION.items() if value is not None}
    here.write("contracts/model.yml", json.dumps(promise))
    here.write(KUSTOMIZATION, OVERLAY)
    repository = Repository(root, here)
    repository.git("init", "-q", "-b", "main")
    repository.git("config", "user.name", "Ada")
    repository.git("config", "user.email", "ada@example.com")
    repository.commit("First commit")
    return repository
