"""Small models that were handed over, for the tests of the server and of what it loads."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from paved_road.contracts import examples, records
from paved_road.contracts.model import ModelContract
from paved_road.handoff import manifest
from paved_road.handoff.manifest import Manifest
from paved_road.handoff.predictor import Predictor
from paved_road.serving.feed import Feed
from paved_road.serving.requests import Requests

RECORD: dict[str, Any] = {
    "amount": 120.5,
    "items": 3,
    "abroad": True,
    "at": "2026-03-01T12:30:00+01:00",
    "usual": 80.0,
    "from": "AT",
    "channel": "chip",
    "note": "a table",
}

INPUTS: list[dict[str, Any]] = [
    {"name": "amount", "type": "number", "unit": "EUR", "minimum": 0.0, "maximum": 50000.0, "example": 120.5},
    {"name": "from", "type": "string", "values": ["AT", "DE", "FR"]},
    {"name": "items", "type": "integer", "minimum": 1.0, "maximum": 100.0},
    {"name": "abroad", "type": "boolean"},
    {"name": "channel", "type": "string", "values": ["chip", "online"], "nullable": True},
    {"name": "at", "type": "timestamp"},
    {"name": "usual", "type": "number", "nullable": True},
    {"name": "note", "type": "string", "nullable": True},
]

NOTHING = hashlib.sha256(b"").hexdigest()
"""Digest of an empty file."""

CLASSIFICATION: dict[str, Any] = {
    "name": "card-fraud",
    "version": "1.2.0",
    "task": "classification",
    "intended_use": "Tell which card payments a person should look at.",
    "limits": ["Not for cards younger than a month."],
    "target": "is_fraud",
    "classes": [False, True],
    "threshold": 0.5,
    "inputs": [{"meaning": f"What {field['name']} says."} | field for field in INPUTS],
    "outputs": [
        {"name": "fraud_probability", "gives": "probability", "meaning": "How likely it is fraud."},
        {"name": "fraud", "gives": "label", "meaning": "Whether to look at it."},
    ],
    "golden": {"key": "payment"},
    "success_metrics": [{"metric": "roc_auc", "floor": 0.8}],
    "service_level": {
        "p95_ms": 30,
        "p99_ms": 60,
        "availability": 0.999,
        "requests_per_second": 50,
        "max_records": 8,
    },
    "resources": {"cpu_cores": 1, "memory_mib": 256, "cold_start_s": 3},
    "rollback": {"when": ["The alert on errors fires."]},
}

REGRESSION: dict[str, Any] = CLASSIFICATION | {
    "name": "basket-value",
    "task": "regression",
    "target": "value",
    "classes": None,
    "threshold": None,
    "outputs": [{"name": "value", "gives": "value", "meaning": "Value.", "minimum": 0.0, "maximum": 100000.0}],
    "success_metrics": [{"metric": "r2", "floor": 0.5}],
}


def contract(promise: dict[str, Any] = CLASSIFICATION, **changes: Any) -> ModelContract:
    return msgspec.convert(promise | changes, ModelContract)


def graph(
    of: ModelContract,
    *,
    fills: bool = True,
    output: str | None = None,
    inputs: tuple[int | str, ...] = ("N",),
    kind: int = TensorProto.DOUBLE,
) -> onnx.ModelProto:
    """A model that a reader can follow: a weighted sum of the numbers, and one more for each string that is "AT".

    Args:
        of: whose inputs and task it has.
        fills: whether a missing number counts as 0, or makes the figure NaN.
        output: another name of the output.
        inputs: leading dimension of the inputs.
        kind: type of the numbers.
    """
    nodes, given, width, count = [], [], len(of.numbers), len(of.strings)
    weights = np.array([1e-10 if field.type == "timestamp" else 0.01 for field in of.numbers]).reshape(width, 1)
    initial = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array(0.0), "zero"),
        numpy_helper.from_array(np.ones((count, 1)), "ones"),
        helper.make_tensor("home", TensorProto.STRING, [1], [b"AT"]),  # type: ignore[list-item]
    ]
    parts = []
    if width:
        given.append(helper.make_tensor_value_info("numbers", kind, [*inputs, width]))
        nodes += [helper.make_node("Cast", ["numbers"], ["exact"], to=TensorProto.DOUBLE)]
        nodes += [helper.make_node("IsNaN", ["exact"], ["missing"])] if fills else []
        nodes += [helper.make_node("Where", ["missing", "zero", "exact"], ["full"])] if fills else []
        nodes += [helper.make_node("MatMul", ["full" if fills else "exact", "weights"], ["of_numbers"])]
        parts.append("of_numbers")
    if count:
        given.append(helper.make_tensor_value_info("strings", TensorProto.STRING, [*inputs, count]))
        nodes += [helper.make_node("Equal", ["strings", "home"], ["same"])]
        nodes += [helper.make_node("Cast", ["same"], ["same_number"], to=TensorProto.DOUBLE)]
        nodes += [helper.make_node("MatMul", ["same_number", "ones"], ["of_strings"])]
        parts.append("of_strings")
    nodes.append(helper.make_node("Sum", parts, ["figure"]))
    name = output or ("probabilities" if of.classes else "values")
    if of.classes:
        columns = [f"column{position}" for position in range(len(of.classes) - 1)]
        nodes += [helper.make_node("Neg", ["figure"], ["negative"])]
        nodes += [helper.make_node("Mul", ["figure", "zero"], [column]) for column in columns[1:]]
        nodes += [helper.make_node("Concat", ["negative", *columns[1:], "figure"], ["all"], axis=1)]
        nodes += [helper.make_node("Softmax", ["all"], ["shares"], axis=1)]
        nodes += [helper.make_node("Cast", ["shares"], [name], to=TensorProto.FLOAT)]
        gives = helper.make_tensor_value_info(name, TensorProto.FLOAT, [*inputs, len(of.classes)])
    else:
        nodes += [helper.make_node("Identity", ["figure"], [name])]
        gives = helper.make_tensor_value_info(name, TensorProto.DOUBLE, [*inputs, 1])
    made = helper.make_graph(nodes, "model", given, [gives], initial)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def hand_over(folder: Path, of: ModelContract, model: onnx.ModelProto | None = None, **schemas: Any) -> Manifest:
    """Write a handoff folder: the artifact and its manifest.

    Args:
        folder: where to.
        of: the promise.
        model: the artifact, by default `graph` of the promise.
        schemas: another ``input`` or ``output`` schema than the promise's own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = (model or graph(of)).SerializeToString()
    digest = hashlib.sha256(content).hexdigest()
    (folder / f"model-{digest[:12]}.onnx").write_bytes(content)
    probe = _probe(of, folder / f"model-{digest[:12]}.onnx")
    evidence = msgspec.convert(_evidence(of, digest, len(content), probe, schemas), Manifest).sealed()
    (folder / "manifest.json").write_bytes(manifest.render(evidence))
    return evidence


def _probe(of: ModelContract, file: Path) -> dict[str, Any]:
    """The contract's example, and what the model gives for it; nothing that a server could try, if it gives none."""
    record = examples.record(of)
    try:
        read, _ = Requests(records.input_schema(of), of).read(msgspec.json.encode(record))
        raw = Predictor(file, of).raw(*Feed(of).arrays(read))
    except Exception:
        return {"record": record, "raw": []}
    return {"record": record, "raw": raw.reshape(-1).tolist()}


def _evidence(
    of: ModelContract, digest: str, size: int, probe: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    """A manifest of a model: of everything that a server does not look at the least that a manifest takes."""
    model = {"path": f"model-{digest[:12]}.onnx", "sha256": digest, "size": size}
    schema = {"version": of.version, "input": records.input_schema(of), "output": records.output_schema(of)}
    return {
        "manifest_version": 2,
        "created_at": "2026-03-01T12:00:00Z",
        "platform": "0.1.0",
        "contract": {"sha256": NOTHING, "data_sha256": NOTHING, "promise": msgspec.to_builtins(of)},
        "artifact": {"format": "onnx", "file": model, "opsets": {"": 19}, "origin": ORIGIN, "parity": 0.0},
        "dependencies": DEPENDENCIES,
        "schema": schema | schemas,
        "baseline": {
            "golden": _empty_file("golden-{}.parquet"),
            "version": 1,
            "rows": 0,
            "predictions": _empty_file("predictions-{}.parquet"),
            "probe": probe,
            "metrics": {},
        },
        "resources": RESOURCES,
        "reference": REFERENCE,
        "handover": {
            "gives": {"role": "data-scientist", "title": "Data scientist", "team": "@acme/science"},
            "takes": {"role": "mlops-engineer", "title": "MLOps engineer", "team": "@acme/mlops"},
        },
    }


def _empty_file(name: str) -> dict[str, Any]:
    return {"path": name.format(NOTHING[:12]), "sha256": NOTHING, "size": 0}


ORIGIN: dict[str, Any] = {
    "trained_by": "Ada <ada@example.org>",
    "trained_at": "2026-03-01T11:00:00Z",
    "commit": "0" * 40,
    "uncommitted": False,
    "data_sha256": NOTHING,
    "rows": 1000,
    "framework": "none",
    "parameters": {},
    "tracking": {"uri": "", "experiment": "", "run": ""},
}
DEPENDENCIES: dict[str, Any] = {
    "lock": _empty_file("requirements-{}.txt"),
    "python": "3.12",
    "packages": [{"name": "numpy", "version": "2", "marker": "", "sha256": [NOTHING]}],
}
LOAD: dict[str, Any] = {
    "concurrency": 1,
    "requests": 1,
    "seconds": 1.0,
    "requests_per_second": 1.0,
    "latency": {"p50_ms": 1.0, "p95_ms": 1.0, "p99_ms": 1.0},
}
RESOURCES: dict[str, Any] = {
    "closed": LOAD,
    "open": LOAD,
    "cpu_seconds_per_request": 1.0,
    "cpu_ratio": {"value": 1.0, "spread": 0.0, "rounds": 1},
    "steady_memory_mib": 1.0,
    "peak_memory_mib": 1.0,
    "cold_start_s": 1.0,
    "machine": {},
}
UNSEEN: dict[str, Any] = {"numbers": {}, "categories": {}}
REFERENCE: dict[str, Any] = {
    "rows": 0,
    "inputs": UNSEEN,
    "predictions": UNSEEN,
    "null": {"false_alarms": 0.001, "inputs": {}, "predictions": {}},
}


def arrays(of: ModelContract, **values: Any) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """One row as the artifact reads it; what is not named is missing."""
    numbers = np.array([[values.get(field.name, np.nan) for field in of.numbers]], dtype=np.float64)
    strings = np.array([[values.get(field.name, "") for field in of.strings]], dtype=object)
    return numbers, strings
