"""What cannot be exported is refused by name, before anything is written."""

from typing import Any

import msgspec
import numpy as np
import onnxruntime as ort
import pandas as pd
import pytest
from paved_road.contracts.model import Field, ModelContract
from paved_road.findings import Problem, as_text
from paved_road.science.export import exporter_of, scikit_learn
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import LinearSVC

from ..contracts.contracts_examples import promise

INPUTS = [Field(name=name, type="number", meaning="A number.") for name in ("a", "b")]
CLASSIFIES = msgspec.structs.replace(promise("classification"), inputs=INPUTS)
REGRESSES = msgspec.structs.replace(promise("regression"), inputs=INPUTS)
TABLE = pd.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 1.0, 0.0, 0.0]})
CODES = np.array([0, 0, 1, 1])


class HouseRule(TransformerMixin, BaseEstimator):
    """A step that a team wrote, and nobody taught ONNX."""

    def fit(self, inputs: Any, target: Any = None) -> "HouseRule":
        self.fitted_ = True
        return self

    def transform(self, inputs: Any) -> Any:
        return np.asarray(inputs) * 2


def refusal(call: Any, *arguments: Any) -> str:
    with pytest.raises(Problem) as refused:
        call(*arguments)
    return as_text(refused.value.findings)


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(ColumnTransformer([("b", "passthrough", ["b"])]), LogisticRegression()),
    ],
    ids=["bare", "pipeline", "columns"],
)
def test_an_exported_model_takes_two_arrays_and_says_the_same(model: Any) -> None:
    fitted = model.fit(TABLE, CODES)

    graph = exporter_of(fitted).to_onnx(fitted, CLASSIFIES)
    (said,) = ort.InferenceSession(graph.SerializeToString()).run(["probabilities"], {"numbers": TABLE.to_numpy()})

    np.testing.assert_allclose(said, scikit_learn.raw_predictions(fitted, TABLE, CLASSIFIES), atol=1e-6)


def test_the_same_model_gives_the_same_bytes() -> None:
    graphs = [
        scikit_learn.to_onnx(LinearRegression().fit(TABLE, CODES), REGRESSES).SerializeToString(deterministic=True)
        for _ in range(2)
    ]

    assert graphs[0] == graphs[1]


@pytest.mark.parametrize(
    ("given", "shown"),
    [(None, "builtins.NoneType"), ({"weights": 3}, "builtins.dict"), (LogisticRegression, "builtins.type")],
)
def test_an_object_of_no_known_framework_is_refused(given: object, shown: str) -> None:
    said = refusal(exporter_of, given)

    assert f"EXPORT001  train() gave a {shown}, which cannot be exported" in said
    assert "return a fitted" in said


@pytest.mark.parametrize(
    ("model", "contract", "message"),
    [
        (LinearSVC().fit(TABLE, CODES), CLASSIFIES, "EXPORT001  LinearSVC gives no probabilities"),
        (LinearRegression().fit(TABLE, CODES), CLASSIFIES, "EXPORT001  LinearRegression gives no probabilities"),
        (
            DummyClassifier().fit(TABLE, [1, 1, 1, 1]),
            CLASSIFIES,
            "EXPORT001  the training rows hold only these classes: True",
        ),
        (LogisticRegression(), CLASSIFIES, "EXPORT001  LogisticRegression does not say which classes it learnt"),
        (
            LogisticRegression().fit(TABLE, ["no", "no", "yes", "yes"]),
            CLASSIFIES,
            "EXPORT001  LogisticRegression learnt the classes ['no', 'yes'], and train() was given [0, 1]",
        ),
        (
            LogisticRegression().fit(TABLE, [0, 1, 2, 2]),
            CLASSIFIES,
            "EXPORT001  LogisticRegression learnt the classes [0, 1, 2], and train() was given [0, 1]",
        ),
        (
            LogisticRegression().fit(TABLE, CODES),
            REGRESSES,
            "EXPORT001  LogisticRegression decides between classes, and contracts/model.yml says regression",
        ),
    ],
)
def test_a_model_that_does_not_do_the_task_is_refused(model: Any, contract: ModelContract, message: str) -> None:
    assert message in refusal(scikit_learn.raw_predictions, model, TABLE, contract)


@pytest.mark.parametrize(
    ("step", "name"),
    [(HouseRule(), "HouseRule"), (FunctionTransformer(np.log1p), "FunctionTransformer")],
)
def test_a_part_without_a_converter_is_refused_by_its_name(step: Any, name: str) -> None:
    fitted = make_pipeline(step, LogisticRegression()).fit(TABLE, CODES)

    said = refusal(scikit_learn.to_onnx, fitted, CLASSIFIES)

    assert said.startswith("EXPORT002  Pipeline cannot be exported to ONNX: ")
    assert name in said
    assert "replace that part" in said


def test_a_model_that_was_never_fitted_is_refused() -> None:
    assert "EXPORT002  LinearRegression cannot be exported to ONNX: " in refusal(
        scikit_learn.to_onnx, LinearRegression(), REGRESSES
    )
