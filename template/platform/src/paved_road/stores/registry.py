"""The model registry: which version of a model is the candidate, the champion, and the one before it.

MLflow's registry, in a process of its own (`registry_process`): MLflow is slow to import, and may hang.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from paved_road.findings import problem
from paved_road.project import Settings
from paved_road.stores.mlflow_client import without_credentials, without_secrets

PATIENCE = 120
"""Seconds until a process that hangs is ended; a server that cannot be reached is known after ten or twenty."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What is registered of a handoff.

    Attributes:
        name: the model's, from its contract.
        source: where the handoff is: repository and commit.
        run: the tracked run that trained it.
        description: what it is for.
        seal: of its manifest; a version is registered once for each.
        tags: more that people look for.
    """

    name: str
    source: str
    run: str
    description: str
    seal: str
    tags: dict[str, str]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A registered version.

    Attributes:
        version: its number.
        aliases: what it is called: ``candidate``, ``champion``, ``previous``.
        source: where its handoff is.
        seal: of its manifest.
        tags: as registered.
    """

    version: int
    aliases: list[str]
    source: str
    seal: str
    tags: dict[str, str]


class Registry:
    """The registry that the environment names, else the one of the repository's settings."""

    def __init__(self, root: Path, settings: Settings) -> None:
        variables = (os.environ.get(name) for name in ("MLFLOW_REGISTRY_URI", "MLFLOW_TRACKING_URI"))
        self._uri = next(filter(None, variables), settings.tracking_uri)
        self._root = root
        self.shown = without_credentials(self._uri)

    def register(self, version: Version) -> Entry:
        """Make a handoff the candidate; a handoff that is registered already gets no second version."""
        return self._ask("register", version=msgspec.to_builtins(version))[0]

    def promote(self, name: str, seal: str) -> list[Entry]:
        """Make the candidate the champion, and the champion the previous one.

        Args:
            name: the model.
            seal: of the handoff that was verified; the candidate must be this one.
        """
        return self._ask("promote", name=name, seal=seal)

    def rollback(self, name: str) -> list[Entry]:
        """Make the previous version the champion again, and the champion the candidate if there is no newer one."""
        return self._ask("rollback", name=name)

    def release(self, version: Version, note: dict[str, str], live: bool, before: str, former: str) -> list[Entry]:
        """Say that a version was released; saying it again changes nothing.

        Args:
            version: what was released; it is registered if it was not.
            note: tags that say who moved it, when and why.
            live: whether it is the champion from now on.
            before: seal of the version to go back to; empty if there is none.
            former: seal of the version that was gone back from; it is the candidate if no newer one is.
        """
        details = {"version": msgspec.to_builtins(version), "note": note, "live": live}
        return self._ask("release", **details, before=before, former=former)

    def show(self, name: str) -> list[Entry]:
        """Every version, the newest first."""
        return self._ask("show", name=name)

    def _ask(self, verb: str, **details: Any) -> list[Entry]:
        (self._root / ".road").mkdir(exist_ok=True)
        question = json.dumps({"uri": self._uri, "verb": verb, **details})
        command = [sys.executable, "-m", "paved_road.stores.registry_process"]
        try:
            done = subprocess.run(
                command, input=question, cwd=self._root, capture_output=True, text=True, timeout=PATIENCE
            )
        except subprocess.TimeoutExpired:
            raise self._away(f"it did not answer within {PATIENCE} s") from None
        try:
            said = json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            raise self._away(without_secrets(last, self._uri)) from None
        if "refusal" in said:
            raise problem(**said["refusal"], path="")
        if "error" in said:
            raise self._away(said["error"])
        return msgspec.convert(said["entries"], list[Entry])

    def _away(self, reason: str) -> Exception:
        fact = f"the registry at {self.shown} could not be asked: {reason}"
        return problem("REGISTRY001", fact, "check MLFLOW_REGISTRY_URI and MLFLOW_TRACKING_URI")
