"""A small repository whose model can be handed over within the test's own process."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from paved_road import documents, project
from paved_road.contracts import arrays
from paved_road.contracts.model import ModelContract
from paved_road.handoff import verify
from paved_road.handoff.manifest import seal_of
from paved_road.handoff.predictor import Predictor
from paved_road.project import Project
from paved_road.stores.candidate import Candidate, Origin, Run, Tracking, write_run

from ..ownership.conftest import MATRIX
from ..serving.serving_examples import contract, graph

ROWS = 240
PLATFORM = Path(__file__).parents[3] / "template" / "platform"
PROMISE: dict[str, Any] = {
    "threshold": 0.97,
    "golden": {"key": "payment", "slices": ["from"]},
    "success_metrics": [
        {"metric": "roc_auc", "floor": 0.9, "slices": {"from": 0.8}},
        {"metric": "precision", "floor": 0.8},
    ],
    "service_level": {"p95_ms": 500, "p99_ms": 900, "availability": 0.999, "requests_per_second": 5, "concurrency": 2},
    "resources": {"cpu_cores": 2, "memory_mib": 1024, "cold_start_s": 30},
}
DATA = "apiVersion: v3.1.0\nkind: DataContract\nid: payments\nversion: 1.0.0\nstatus: active\n"


def promise(**changes: Any) -> ModelContract:
    return contract(**(PROMISE | changes))


def golden_table(of: ModelContract, rows: int = ROWS) -> pa.Table:
    """Rows on which the model of `graph` is good, but not perfect."""
    random = np.random.default_rng(7)
    amount = random.uniform(0, 200, rows)
    home = random.choice(["AT", "DE", "FR"], rows)
    usual = np.where(random.random(rows) < 0.2, np.nan, random.uniform(0, 20, rows))
    evidence = 0.01 * amount + 0.01 * np.nan_to_num(usual) + (home == "AT") + random.normal(0, 0.1, rows)
    seconds = 1_700_000_000 + random.integers(0, 10_000_000, rows)
    return pa.table(
        {
            "payment": [f"p{number}" for number in range(rows)],
            "amount": amount,
            "from": home,
            "items": random.integers(1, 9, rows),
            "abroad": random.random(rows) < 0.5,
            "channel": random.choice(["chip", "online"], rows),
            "at": pa.array(seconds * 1_000_000, pa.timestamp("us", "UTC")),
            "usual": pa.array(usual, from_pandas=True),
            "note": pa.nulls(rows, pa.string()),
            of.target: evidence + 0.2 > 1.74 if of.classes else evidence,
        }
    )


@contextmanager
def silent(name: str) -> Iterator[None]:
    yield


@dataclass(frozen=True)
class Repository:
    """A generated repository in small: contracts, ownership, a lock, git and a candidate."""

    root: Path

    @property
    def project(self) -> Project:
        return project.find(self.root)

    @property
    def handoff(self) -> Path:
        return self.root / "handoff"

    def git(self, *arguments: str) -> str:
        person = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        done = subprocess.run(["git", *person, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, words: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", words)

    def promises(self, of: ModelContract) -> None:
        """Write contracts/model.yml."""
        text = yaml.safe_dump(msgspec.to_builtins(of), sort_keys=False)
        (self.root / "contracts" / "model.yml").write_text(text)

    def trains(self, of: ModelContract, table: pa.Table | None = None, model: onnx.ModelProto | None = None) -> None:
        """Leave the candidate that `road train` would have left."""
        table = golden_table(of) if table is None else table
        folder = self.project.candidate
        folder.mkdir(parents=True, exist_ok=True)
        candidate = Candidate(folder)
        candidate.model("onnx").write_bytes((model or graph(of)).SerializeToString())
        pq.write_table(table, candidate.golden)
        trained = Predictor(candidate.model("onnx"), of).raw(*arrays.to_arrays(table, of))
        np.save(candidate.trained, trained)
        data = documents.load(self.root / "contracts" / "data.yml", "contracts/data.yml", "DATA001")
        run = Run(
            contract_sha256=of.digest,
            data_sha256=documents.digest(data.data),
            origin=self._origin(),
            metrics={},
        )
        write_run(folder, run)

    def verify(self, served: bool = False) -> dict[str, verify.Outcome]:
        """What each check says."""
        return {said.check: said for said in verify.verify(self.handoff, None if served else self.project)}

    def _origin(self) -> Origin:
        return Origin(
            trained_by="Ada <ada@example.org>",
            trained_at="2026-03-01T11:00:00+00:00",
            commit=self.git("rev-parse", "HEAD"),
            uncommitted=False,
            data_sha256="0" * 64,
            rows=1000,
            framework="none 1.0",
            parameters={},
            tracking=Tracking(uri="sqlite:///x", experiment="x", run="r1"),
        )


def found(repository: Repository, served: bool = False) -> str:
    """Everything that `road handoff verify` finds, as text."""
    outcomes = repository.verify(served).values()
    return "\n".join(f"{finding.code} {finding.fact}" for outcome in outcomes for finding in outcome.findings)


def sealed(data: dict[str, Any]) -> dict[str, Any]:
    """A manifest, sealed again by whoever changed it."""
    return data | {"seal": seal_of(data)}


def settle(root: Path) -> Repository:
    """A repository with everything but a handoff."""
    repository = Repository(root)
    (root / "contracts").mkdir(parents=True)
    (root / ".road").mkdir()
    (root / ".gitignore").write_text(".road/\n")
    (root / "contracts" / "data.yml").write_text(DATA)
    (root / "raci.yml").write_text(MATRIX)
    this = "=={}.{}.*".format(*sys.version_info)  # which may have a NumPy that another Python has not
    (root / "pyproject.toml").write_text(
        f'[project]\nname = "x"\nversion = "0"\nrequires-python = "{this}"\ndependencies = ["paved-road"]\n'
        '[tool.paved-road]\npackage = "x"\n'
        '[tool.uv.workspace]\nmembers = ["platform"]\n[tool.uv.sources]\npaved-road = { workspace = true }\n'
        f'[tool.uv]\nconstraint-dependencies = ["numpy=={version("numpy")}"]\n'
    )
    (root / "platform").symlink_to(PLATFORM)
    repository.promises(promise())
    subprocess.run(["uv", "lock", "--quiet"], cwd=root, check=True)
    repository.git("init", "-q", "-b", "main")
    repository.commit("First commit")
    return repository
