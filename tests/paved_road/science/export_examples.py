"""Small contracts and data to export models of, and the prediction that a server would give."""

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pandas as pd
from numpy.typing import NDArray
from paved_road.contracts import model
from paved_road.handoff import parity
from paved_road.science.export import exporter_of
from skl2onnx.sklapi import CastTransformer
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ..contracts.contracts_examples import text

INPUTS = """
inputs:
  - {name: amount, type: number, nullable: true, meaning: An amount.}
  - {name: issued_at, type: timestamp, meaning: A time.}
"""
CHANNEL = "  - {name: channel, type: string, values: [chip, online], nullable: true, meaning: A channel.}\n"
METRICS = {"classification": "{metric: accuracy, floor: 0}", "regression": "{metric: r2, floor: -1}"}


def promise(classes: int, strings: bool = True) -> model.ModelContract:
    """A contract of two numbers and a string; no classes for a regression."""
    task = "classification" if classes else "regression"
    whole = text(task)
    before, _, rest = whole.partition("\ninputs:\n")
    after = rest[rest.index("\noutputs:") :]
    if classes:
        before = before.replace("classes: [false, true]", f"classes: {list(range(classes))}")
        after = after.replace("of: true", "of: 1")
    if classes != 2:
        before = "\n".join(line for line in before.splitlines() if not line.startswith("threshold:"))
    head, tail = after.index("\nsuccess_metrics:"), after.index("\nservice_level:")
    after = f"{after[:head]}\nsuccess_metrics:\n  - {METRICS[task][:-1]}, because: It must.}}\n{after[tail:]}"
    return model.parse(before + INPUTS + (CHANNEL if strings else "") + after)


def table(rows: int, seed: int, strings: bool = True) -> pd.DataFrame:
    """Inputs with missing numbers and an empty category, times of a size that float32 does not hold."""
    rng = np.random.default_rng(seed)
    amount = np.where(rng.random(rows) < 0.2, np.nan, rng.normal(50, 20, rows))
    frame = pd.DataFrame({"amount": amount, "issued_at": 1.7e9 + rng.integers(0, 10**7, rows).astype(float)})
    return frame.assign(channel=rng.choice(["chip", "online", ""], rows)) if strings else frame


def target(inputs: pd.DataFrame, classes: int) -> "pd.Series[Any]":
    """What the inputs say: a class, or a value when there are no classes."""
    value = inputs["amount"].fillna(20) + 10 * np.sin(inputs["issued_at"] / 1e6)
    return pd.qcut(value, classes, labels=False) if classes else value + 100


def features(strings: bool = True) -> ColumnTransformer:
    """As the template's own features.py."""
    scale = make_pipeline(StandardScaler(), CastTransformer(dtype=np.float32))
    spread = OneHotEncoder(handle_unknown="ignore", sparse_output=False, dtype=np.float32)
    steps = [("numbers", scale, ["amount", "issued_at"])]
    return ColumnTransformer([*steps, ("strings", spread, ["channel"])] if strings else steps)


def served(graph: onnx.ModelProto, inputs: pd.DataFrame) -> NDArray[np.float64]:
    """What onnxruntime makes of a graph, in the shape of raw predictions."""
    feed: dict[str, NDArray[Any]] = {"numbers": inputs[["amount", "issued_at"]].to_numpy()}
    if "channel" in inputs:
        feed["strings"] = inputs[["channel"]].to_numpy(dtype=object)
    session = ort.InferenceSession(graph.SerializeToString())
    (output,) = session.run(None, feed)
    return output.astype(np.float64) if session.get_outputs()[0].name == "probabilities" else output.ravel()


def assert_served_as_trained(fitted: Any, unseen: pd.DataFrame, contract: model.ModelContract) -> None:
    """A model and its export say the same of rows that it was not fitted on."""
    exporter = exporter_of(fitted)
    trained = exporter.raw_predictions(fitted, unseen, contract)
    found = parity.require(trained, served(exporter.to_onnx(fitted, contract), unseen), contract)
    assert found.rows == len(unseen)
