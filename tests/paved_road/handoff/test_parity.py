"""The parity gate: a time stamp in float32 flips labels without any error, and the build must see it."""

import numpy as np
import onnxruntime as ort
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from skl2onnx.sklapi import CastTransformer

from paved_road.contracts import model
from paved_road.findings import Problem
from paved_road.handoff import parity
from paved_road.science.export import scikit_learn

from ..contracts.contracts_examples import text

ROWS = 4_000


def promise() -> model.ModelContract:
    whole = text("classification")
    before, _, rest = whole.partition("\ninputs:\n")
    after = rest[rest.index("\noutputs:") :]
    field = "\ninputs:\n  - {name: card_issued_at, type: timestamp, meaning: When.}\n"
    return model.parse(before + field + after.replace("slices: [channel, merchant_region]", "slices: []").replace(
        "    slices: {channel: 0.3}\n", ""
    ))


def predictions(*steps: object) -> tuple[np.ndarray, np.ndarray]:
    """Of the trained and of the exported model, on times one second apart in which every other second is fraud."""
    seconds = 1_700_000_000 + np.arange(ROWS, dtype=np.float64)
    inputs = pd.DataFrame({"card_issued_at": seconds})
    fitted = make_pipeline(*steps, DecisionTreeClassifier(random_state=0)).fit(inputs, np.arange(ROWS) % 2)
    graph = scikit_learn.to_onnx(fitted, promise())
    exported = ort.InferenceSession(graph.SerializeToString()).run(None, {"numbers": seconds[:, None]})[0]
    return scikit_learn.raw_predictions(fitted, inputs, promise()), exported.astype(np.float64)


def test_a_time_stamp_in_float32_is_refused() -> None:
    trained, exported = predictions(CastTransformer(dtype=np.float64))

    with pytest.raises(Problem, match="labels flip"):
        parity.require(trained, exported, promise())


def test_scaling_before_the_cast_keeps_parity() -> None:
    trained, exported = predictions(StandardScaler(), CastTransformer(dtype=np.float32))

    assert parity.require(trained, exported, promise()).flips == 0
