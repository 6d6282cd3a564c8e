"""The parity gate: a time stamp in float32 flips labels without any error, and the build must see it."""

import numpy as np
import onnxruntime as ort
import pandas as pd
import pytest
from paved_road.contracts import model
from paved_road.findings import Problem
from paved_road.handoff import parity
from paved_road.science.export import scikit_learn
from skl2onnx.sklapi import CastTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from ..contracts.contracts_examples import text

ROWS = 4_000


def promise() -> model.ModelContract:
    whole = text("classification")
    before, _, rest = whole.partition("\ninputs:\n")
    after = rest[rest.index("\noutputs:") :]
    field = "\ninputs:\n  - {name: card_issued_at, type: timestamp, meaning: When.}\n"
    return model.parse(
        before
        + field
        + after.replace("slices: [channel, merchant_region]", "slices: []").replace("    slices: {channel: 0.3}\n", "")
    )


SECONDS = 1_700_000_000 + np.arange(ROWS, dtype=np.float64)
INPUTS = pd.DataFrame({"card_issued_at": SECONDS})
FRAUD = (np.arange(ROWS) // 16) % 2


def exported(model_to_export: object) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    graph = scikit_learn.to_onnx(model_to_export, promise())
    session = ort.InferenceSession(graph.SerializeToString())
    return session.run(None, {"numbers": SECONDS[:, None]})[0].astype(np.float64)


def test_a_time_stamp_in_float32_is_refused() -> None:
    booster = HistGradientBoostingClassifier(random_state=0).fit(SECONDS[:, None], FRAUD)
    cast_first = Pipeline([("cast", CastTransformer(dtype=np.float32).fit(SECONDS[:, None])), ("model", booster)])
    trained = booster.predict_proba(SECONDS[:, None])

    with pytest.raises(Problem, match="labels flip"):
        parity.require(trained, exported(cast_first), promise())


def test_scaling_before_the_cast_keeps_parity() -> None:
    scaled = make_pipeline(StandardScaler(), CastTransformer(dtype=np.float32), HistGradientBoostingClassifier())
    scaled.fit(INPUTS, FRAUD)
    trained = scikit_learn.raw_predictions(scaled, INPUTS, promise())

    assert parity.require(trained, exported(scaled), promise()).flips == 0
