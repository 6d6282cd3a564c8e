"""`road monitor performance`: model shift shows on labels that arrive later, beyond what chance explains."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from paved_road.contracts import arrays
from paved_road.contracts.decision import decide
from paved_road.handoff import manifest
from paved_road.handoff.predictor import Predictor

from ..handoff.handoff_examples import Repository as Handed
from ..handoff.handoff_examples import golden_table, promise
from ..ownership.conftest import Outcome, Repository


@dataclass(frozen=True)
class Live:
    """A model in use: what it said, and what came of it."""

    here: Repository
    table: pa.Table
    said: dict[str, Any]

    def labels(self, rows: int | None = None, wrong: float = 0.0, suffix: str = ".parquet", **more: Any) -> Path:
        """Labels of the first rows, a share of them the opposite of what was expected."""
        count = rows or self.table.num_rows
        known = np.array(self.table.column("is_fraud").to_pylist()[:count])
        known ^= np.random.default_rng(1).random(count) < wrong
        columns = {"payment": self.table.column("payment")[:count], "is_fraud": known}
        return self._write("labels", suffix, columns | more)

    def predictions(self, *outputs: str, suffix: str = ".parquet", **more: Any) -> Path:
        said = {name: column for name, column in self.said.items() if not outputs or name in outputs}
        return self._write("predictions", suffix, {"payment": self.table.column("payment"), **said} | more)

    def _write(self, name: str, suffix: str, columns: dict[str, Any]) -> Path:
        file = self.here.root / f"{name}{suffix}"
        table = pa.table(columns)
        pq.write_table(table, file) if suffix == ".parquet" else pyarrow.csv.write_csv(table, file)
        return file

    def performance(self, labels: Path, predictions: Path, *more: str) -> Outcome:
        return self.here.road("monitor", "performance", str(labels), "--predictions", str(predictions), *more)


@pytest.fixture
def live(built: Handed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Live:
    """Two thousand records after the handoff; files go to a folder beside it."""
    of, table = promise(), golden_table(promise(), 2000)
    raw = Predictor(next(built.handoff.glob("model-*.onnx")), of).raw(*arrays.to_arrays(table, of))
    for name in ("handoff", "pyproject.toml"):
        (tmp_path / name).symlink_to(built.root / name)
    return Live(Repository(tmp_path, monkeypatch, capsys), table, decide(raw, of))


def test_a_model_that_does_as_well_as_before_is_let_be(live: Live) -> None:
    outcome = live.performance(live.labels(), live.predictions())

    assert outcome.exit_code == 0, outcome.stdout
    assert "2,000 of 2,000 predictions of 1.2.0+" in outcome.stdout
    assert "roc_auc" in outcome.stdout
    assert outcome.stdout.endswith("no model shift\n")


def test_a_model_that_does_much_worse_is_told_with_the_promise_that_it_breaks(live: Live) -> None:
    outcome = live.performance(live.labels(wrong=0.3), live.predictions())

    assert outcome.exit_code == 1
    assert "MONITOR015  performance: roc_auc is" in outcome.stdout
    assert "worse than its baseline, and 10.0% is allowed" in outcome.stdout
    assert "MONITOR016  performance: roc_auc is" in outcome.stdout
    assert "promised is at least 0.9" in outcome.stdout
    assert "roll back" in outcome.stdout


def test_on_few_records_nobody_is_woken(live: Live) -> None:
    outcome = live.performance(live.labels(rows=300, wrong=0.3), live.predictions())

    assert outcome.exit_code == 0
    assert (
        "MONITOR014  warning: performance: 300 records have a label, and fewer than 1000 say nothing" in outcome.stdout
    )


def test_labels_that_have_not_arrived_wait(live: Live) -> None:
    known = [bool(value) if at < 1500 else None for at, value in enumerate(live.table.column("is_fraud").to_pylist())]

    outcome = live.performance(live.labels(is_fraud=known), live.predictions())

    assert "1,500 of 2,000 predictions" in outcome.stdout


@pytest.mark.parametrize("outputs", [("fraud_probability",), ("fraud_probability", "fraud")])
def test_csv_and_fewer_columns_say_the_same(live: Live, outputs: tuple[str, ...]) -> None:
    parquet = live.performance(live.labels(), live.predictions(), "--json")
    csv = live.performance(live.labels(suffix=".csv"), live.predictions(*outputs, suffix=".csv"), "--json")

    metrics = json.loads(csv.stdout)["metrics"]
    assert metrics["precision"] == pytest.approx(json.loads(parquet.stdout)["metrics"]["precision"])
    assert metrics["roc_auc"]["value"] == pytest.approx(json.loads(parquet.stdout)["metrics"]["roc_auc"]["value"])


def test_a_decided_label_alone_is_judged_by_what_it_can_be_judged_by(live: Live) -> None:
    outcome = live.performance(live.labels(), live.predictions("fraud"), "--json")

    said = json.loads(outcome.stdout)
    assert set(said["metrics"]) == {"precision"}
    assert [finding["code"] for finding in said["findings"]] == ["MONITOR017"]


def test_predictions_of_other_versions_are_left_out(live: Live) -> None:
    version = manifest.load(live.here.root / "handoff").version
    versions = [version if at < 1200 else "1.1.0+000000000000" for at in range(2000)]

    outcome = live.performance(live.labels(), live.predictions(model_version=versions))

    assert f"1,200 of 1,200 predictions of {version}" in outcome.stdout


def test_figures_are_there_for_prometheus(live: Live, tmp_path: Path) -> None:
    seconds = pa.array([1_700_000_000 + at for at in range(2000)], pa.timestamp("s", "UTC"))

    live.performance(live.labels(wrong=0.3, at=seconds), live.predictions(), "--textfile", str(tmp_path / "model.prom"))

    said = (tmp_path / "model.prom").read_text()
    version = manifest.load(live.here.root / "handoff").version
    of = f'model="card-fraud",version="{version}"'
    assert f"model_performance_rows{{{of}}} 2000.0" in said
    for name in ("value", "low", "high", "baseline", "drop", "drop_certain"):
        assert f'model_performance_{name}{{metric="roc_auc",{of}}} 0.' in said
    assert f'model_performance_promise_kept{{metric="roc_auc",{of}}} 0.0' in said


def test_too_few_records_leave_no_figure_that_an_alert_reads(live: Live, tmp_path: Path) -> None:
    live.performance(live.labels(rows=300, wrong=0.3), live.predictions(), "--textfile", str(tmp_path / "model.prom"))

    assert "model_performance_drop" not in (tmp_path / "model.prom").read_text()


def broken(live: Live, what: str) -> tuple[Path, Path, str, str]:
    """Labels and predictions of which one is wrong, the code and what is said of it."""
    labels, predictions = live.labels(), live.predictions()
    match what:
        case "twice":
            names = ["p0", "p0", *(f"p{at}" for at in range(2, 2000))]
            return live.labels(payment=names), predictions, "MONITOR012", "payment 'p0' is there 2 times"
        case "column":
            return predictions, predictions, "MONITOR011", "has no column is_fraud"
        case "strangers":
            names = [f"x{at}" for at in range(2000)]
            return live.labels(payment=names), predictions, "MONITOR013", "has both a prediction and a label"
        case "missing":
            return live.here.root / "none.parquet", predictions, "MONITOR010", "cannot be read"
        case "garbage":
            labels.write_bytes(b"PAR1 no")
            return labels, predictions, "MONITOR010", "cannot be read"
        case "format":
            return live.here.root / "labels.xlsx", predictions, "MONITOR010", "is neither .parquet nor .csv"
        case "nan":
            shares = [float("nan"), *live.said["fraud_probability"].tolist()[1:]]
            return labels, live.predictions(fraud_probability=shares), "MONITOR011", "missing or not finite"
        case _:
            codes = [2] * 2000
            return live.labels(is_fraud=codes), predictions, "RECORDS002", "holds 2, which is no class"


@pytest.mark.parametrize("what", ["twice", "column", "strangers", "missing", "garbage", "format", "nan", "class"])
def test_files_that_cannot_be_judged_are_refused_with_the_reason(live: Live, what: str) -> None:
    labels, predictions, code, said = broken(live, what)

    outcome = live.performance(labels, predictions)

    assert outcome.exit_code == 1
    assert code in outcome.stderr
    assert said in outcome.stderr
