"""`road handoff build` refuses what does not hold, and leaves what was there before."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pyarrow as pa
import pytest
from onnx import helper, numpy_helper
from paved_road.contracts.model import ModelContract
from paved_road.findings import Problem
from paved_road.handoff.build import build
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import Resources, load

from ..serving.serving_examples import graph
from .handoff_examples import PROMISE, Repository, found, golden_table, promise, silent


def refusal(repository: Repository) -> str:
    before = snapshot(repository.handoff)
    with pytest.raises(Problem) as caught:
        build(repository.project, silent)
    assert snapshot(repository.handoff) == before
    assert {path.name for path in (repository.root / ".road").iterdir()} == {"candidate", "lock"}
    return "\n".join(f"{finding.code} {finding.fact}" for finding in caught.value.findings)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_second_build_keeps_what_did_not_change(repository: Repository, measured: Resources) -> None:
    before = snapshot(repository.handoff)

    build(repository.project, silent)

    after = snapshot(repository.handoff)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["manifest.json"]


def test_a_new_model_takes_the_old_ones_place(repository: Repository, measured: Resources) -> None:
    better = graph(promise())
    better.producer_name = "another"
    repository.trains(promise(), model=better)

    build(repository.project, silent)

    manifest = load(repository.handoff)
    assert {file.name for file in repository.handoff.iterdir()} == {f.path for f in manifest.files} | {"manifest.json"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"success_metrics": [{"metric": "precision", "floor": 0.999}]},
            "BASELINE001 baseline: precision is 0.9",
        ),
        ({"success_metrics": [{"metric": "log_loss", "ceiling": 0.01}]}, "above its ceiling 0.01"),
        (
            {"success_metrics": [{"metric": "roc_auc", "floor": 0.5, "slices": {"from": 0.9999}}]},
            "below its floor 0.9999 where from is",
        ),
        ({"service_level": PROMISE["service_level"] | {"p95_ms": 0.01}}, "p95 latency at the promised rate is"),
        ({"service_level": PROMISE["service_level"] | {"p95_ms": 0.01, "p99_ms": 0.01}}, "p99 latency"),
        ({"service_level": PROMISE["service_level"] | {"requests_per_second": 1e6}}, "requests per second, and contr"),
        ({"resources": PROMISE["resources"] | {"memory_mib": 1}}, "peak memory is"),
        ({"resources": PROMISE["resources"] | {"cpu_cores": 1e-6}}, "CPU at the promised rate is"),
        ({"resources": PROMISE["resources"] | {"cold_start_s": 0.001}}, "cold start is"),
    ],
)
def test_a_promise_that_is_not_kept_is_refused(
    repository: Repository, measured: Resources, changes: dict[str, object], message: str
) -> None:
    repository.promises(promise(**changes))
    repository.trains(promise(**changes))

    assert message in refusal(repository)


def test_a_contract_that_changed_since_training_is_refused(repository: Repository, measured: Resources) -> None:
    repository.promises(promise(threshold=0.96))

    assert "CANDIDATE003 changed since the candidate was trained" in refusal(repository)


def test_predictions_of_another_model_are_refused(repository: Repository, measured: Resources) -> None:
    trained = repository.project.candidate / "trained.npy"
    raw = np.load(trained)
    raw[:20] = raw[:20, ::-1]
    np.save(trained, raw)

    assert "PARITY002 the exported model does not predict what the trained one did: of 240 golden rows" in refusal(
        repository
    )


@pytest.mark.parametrize(
    ("file", "spoil", "message"),
    [
        ("model.onnx", lambda path: path.write_bytes(b"no model"), "ARTIFACT001 cannot be loaded as ONNX"),
        ("model.onnx", lambda path: path.unlink(), "CANDIDATE001 there is no candidate: model.onnx is missing"),
        ("golden.parquet", lambda path: path.write_bytes(b"PAR1"), "GOLDEN001 the golden dataset cannot be read"),
        ("trained.npy", lambda path: path.write_bytes(b""), "CANDIDATE002 trained.npy cannot be read"),
        ("run.json", lambda path: path.write_text("{"), "CANDIDATE002 run.json"),
    ],
)
def test_a_candidate_that_is_not_whole_is_refused(
    repository: Repository, measured: Resources, file: str, spoil: Callable[[Path], None], message: str
) -> None:
    spoil(repository.project.candidate / file)

    assert message in refusal(repository)


def only(column: str, value: object) -> pa.Table:
    table = golden_table(promise())
    place = table.column_names.index(column)
    return table.set_column(place, column, pa.array([value] * table.num_rows, table.schema.field(column).type))


def test_a_golden_dataset_of_a_single_class_is_refused(repository: Repository, measured: Resources) -> None:
    repository.trains(promise(), only("is_fraud", False))

    assert "BASELINE001 baseline: roc_auc is undefined on the golden dataset" in refusal(repository)


def test_a_slice_by_lists_is_refused(repository: Repository, measured: Resources) -> None:
    of = promise(golden={"key": "payment", "slices": ["from", "tags"]})
    repository.promises(of)
    table = golden_table(of)
    repository.trains(of, table.append_column("tags", pa.array([["a"]] * table.num_rows)))

    assert "GOLDEN001 tags is of type list<element: string>, which makes no slices" in refusal(repository)


def test_a_golden_dataset_without_a_target_is_refused(repository: Repository, measured: Resources) -> None:
    repository.trains(promise(), only("is_fraud", None))

    assert "RECORDS002 is_fraud: 240 of 240 values are missing" in refusal(repository)


def test_a_model_that_gives_no_number_is_refused(repository: Repository, measured: Resources) -> None:
    table = only("usual", None)
    repository.trains(promise(), table, graph(promise(), fills=False))

    assert "PARITY002 the exported model does not predict what the trained one did" in refusal(repository)


def test_without_a_lock_nothing_is_built(repository: Repository, measured: Resources) -> None:
    (repository.root / "uv.lock").unlink()

    assert "DEPENDENCIES001 there is no uv.lock" in refusal(repository)


def test_a_lock_that_is_not_one_is_refused(repository: Repository, measured: Resources) -> None:
    (repository.root / "uv.lock").write_text("no lock")

    assert "DEPENDENCIES003 uv cannot export uv.lock" in refusal(repository)


def test_an_image_gets_traces_only_by_a_handoff_that_names_them(repository: Repository, measured: Resources) -> None:
    pyproject = repository.root / "pyproject.toml"
    plain = pyproject.read_text()
    pyproject.write_text(plain.replace('package = "x"', 'package = "x"\nserving-extras = ["traces"]'))

    before = found(repository)
    build(repository.project, silent)

    assert "DEPENDENCIES005 dependencies: opentelemetry-sdk: handed over with nothing, uv.lock has" in before
    packages = {package.name: package for package in load(repository.handoff).dependencies.packages}
    assert packages["opentelemetry-sdk"].sha256 and packages["opentelemetry-exporter-otlp-proto-http"].sha256
    assert "DEPENDENCIES005" not in found(repository)
    pyproject.write_text(plain)
    assert "opentelemetry-sdk: handed over with" in found(repository)


def test_another_extra_than_a_server_may_have_is_refused(repository: Repository) -> None:
    pyproject = repository.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('package = "x"', 'package = "x"\nserving-extras = ["tune"]'))

    with pytest.raises(Problem, match=r"\[tool\.paved-road\]: Invalid enum value 'tune'"):
        build(repository.project, silent)


def test_a_clock_that_ran_backwards_is_refused(repository: Repository, measured: Resources) -> None:
    run = repository.project.candidate / "run.json"
    run.write_text(run.read_text().replace("2026-03-01T11:00:00+00:00", "2199-01-01T00:00:00+00:00"))

    assert "CLOCK001 this machine's clock says" in refusal(repository)


# Files that would take more than a machine has ----------------------------------------------------------------------


def with_a_constant_of(elements: int) -> onnx.ModelProto:
    """A model of some hundred bytes that asks for memory for so many numbers."""
    model = graph(promise())
    nodes = [
        helper.make_node("ConstantOfShape", ["bomb_shape"], ["bomb"]),
        helper.make_node("ReduceSum", ["bomb"], ["bomb_sum"], keepdims=0),
        helper.make_node("Cast", ["bomb_sum"], ["bomb_zero"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Add", ["calm", "bomb_zero"], ["probabilities"]),
    ]
    model.graph.node[-1].output[0] = "calm"
    model.graph.initializer.append(numpy_helper.from_array(np.array([elements]), "bomb_shape"))
    model.graph.node.extend(nodes)
    return model


def test_a_model_that_asks_for_a_terabyte_is_refused(repository: Repository, measured: Resources) -> None:
    model = repository.project.candidate / "model.onnx"
    model.write_bytes(with_a_constant_of(250_000_000_000).SerializeToString())

    assert "ARTIFACT004 the model failed on 240 rows" in refusal(repository)


def test_a_model_with_functions_of_its_own_is_refused(repository: Repository, measured: Resources) -> None:
    bomb = graph(promise())
    opsets = [helper.make_opsetid("", 19)]
    twice = helper.make_function("bomb", "f", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], opsets)
    bomb.functions.append(twice)
    (repository.project.candidate / "model.onnx").write_bytes(bomb.SerializeToString())

    assert "ARTIFACT002 defines functions of its own" in refusal(repository)


def test_a_model_of_ten_gigabytes_is_refused_before_it_is_read(repository: Repository, measured: Resources) -> None:
    with (repository.project.candidate / "model.onnx").open("r+b") as stream:
        stream.truncate(10 * 2**30)

    assert "ARTIFACT002 has 10,737,418,240 bytes, and an artifact holds at most" in refusal(repository)


def test_a_golden_dataset_of_a_billion_equal_rows_is_refused(
    repository: Repository, measured: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paved_road.handoff.golden.MOST_CELLS", 2_000)

    assert "GOLDEN001 the golden dataset has 2,400 cells, and at most 2,000 are read" in refusal(repository)


def test_intervals_hold_the_value_and_shrink_with_rows(repository: Repository) -> None:
    from paved_road.handoff import baseline
    from paved_road.handoff.predictor import Predictor

    def interval(rows: int) -> tuple[float, float]:
        of: ModelContract = promise()
        repository.trains(of, golden_table(of, rows))
        golden = Golden(repository.project.candidate / "golden.parquet", of)
        raw = Predictor(repository.project.candidate / "model.onnx", of).raw(golden.numbers, golden.strings)
        measure = baseline.measure(golden, raw, of, {})["precision"]
        assert measure.low <= measure.value <= measure.high
        return measure.low, measure.high

    few, many = interval(500), interval(20_000)

    assert 4 < (few[1] - few[0]) / (many[1] - many[0]) < 11  # the root of 40 is 6.3


def test_the_manifest_says_what_was_measured(built: Repository) -> None:
    manifest = json.loads((built.handoff / "manifest.json").read_text())

    resources = manifest["resources"]
    assert resources["open"]["requests_per_second"] == 5
    assert resources["closed"]["requests"] > resources["open"]["requests"] >= 20
    assert resources["cpu_ratio"]["rounds"] == 12
    assert 20 < resources["steady_memory_mib"] <= resources["peak_memory_mib"] < 1024
