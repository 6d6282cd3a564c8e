"""XGBoost's models are served as they were trained, or refused by name."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.findings import Problem
from paved_road.science.export import exporter_of
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import Pipeline
from xgboost import XGBClassifier, XGBRanker, XGBRegressor, XGBRFClassifier, XGBRFRegressor

from .export_examples import assert_served_as_trained, features, promise, table, target

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning")


def in_pipeline(model: Any) -> Pipeline:
    return Pipeline([("features", features()), ("model", model)])


def booster(classes: int, **settings: Any) -> Any:
    kind = XGBClassifier if classes else XGBRegressor
    return kind(n_estimators=20, max_depth=3, random_state=0, n_jobs=1, **settings)


@pytest.mark.parametrize("classes", [2, 3, 0])
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_pipeline_is_served_as_trained(classes: int, seed: int) -> None:
    known, unseen = table(300, seed), table(200, seed + 1).assign(channel="never seen")
    model = in_pipeline(booster(classes)).fit(known, target(known, classes))

    assert_served_as_trained(model, pd.concat([known, unseen]), promise(classes))


@pytest.mark.parametrize(
    ("classes", "model"),
    [(2, booster(2)), (3, booster(3)), (0, booster(0)), (2, XGBRFClassifier()), (0, XGBRFRegressor())],
    ids=["2", "3", "0", "2, forest", "0, forest"],
)
def test_a_bare_estimator_is_served_as_trained(classes: int, model: Any) -> None:
    inputs = table(500, 1, strings=False)
    model.fit(inputs, target(inputs, classes))

    assert_served_as_trained(model, inputs, promise(classes, strings=False))
    assert model.get_booster().feature_names == list(inputs)


@pytest.mark.parametrize("classes", [2, 3, 0])
def test_trees_after_the_best_round_are_not_served(classes: int) -> None:
    inputs = table(600, 1, strings=False)
    noise = target(inputs.sample(frac=1, random_state=0), classes).to_numpy()
    model = booster(classes, early_stopping_rounds=3)
    model.fit(inputs[:400], noise[:400], eval_set=[(inputs[400:], noise[400:])], verbose=False)
    assert model.best_iteration + 1 < model.get_booster().num_boosted_rounds()

    assert_served_as_trained(model, inputs, promise(classes, strings=False))


@pytest.mark.parametrize(
    "objective",
    [
        *("reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror", "reg:squaredlogerror"),
        *("reg:gamma", "reg:tweedie", "count:poisson"),
    ],
)
def test_every_objective_that_exports_is_served_as_trained(objective: str) -> None:
    inputs = table(500, 1)
    model = in_pipeline(booster(0, objective=objective)).fit(inputs, target(inputs, 0))

    assert_served_as_trained(model, inputs, promise(0))


def test_a_quantile_is_served_as_trained() -> None:
    inputs = table(500, 1)
    model = in_pipeline(booster(0, objective="reg:quantileerror", quantile_alpha=0.9)).fit(inputs, target(inputs, 0))

    assert_served_as_trained(model, inputs, promise(0))


def test_an_objective_of_ones_own_is_served_as_trained() -> None:
    inputs = table(500, 1)
    own = booster(0, objective=lambda wanted, given: (given - wanted, np.ones_like(wanted)))
    model = in_pipeline(own).fit(inputs, target(inputs, 0))

    assert_served_as_trained(model, inputs, promise(0))


def test_a_calibrated_classifier_is_served_as_trained() -> None:
    inputs = table(500, 1)
    model = in_pipeline(CalibratedClassifierCV(booster(2), cv=2)).fit(inputs, target(inputs, 2))

    assert_served_as_trained(model, inputs, promise(2))


@pytest.mark.parametrize("classes", [2, 0])
def test_exporting_twice_gives_the_same_bytes(classes: int) -> None:
    inputs = table(300, 1)
    model = in_pipeline(booster(classes)).fit(inputs, target(inputs, classes))
    exporter = exporter_of(model)

    first, second = (exporter.to_onnx(model, promise(classes)) for _ in range(2))

    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (booster(0, booster="dart"), "XGBRegressor cannot be exported to ONNX with booster 'dart'"),
        (XGBRegressor(booster="gblinear"), "with booster 'gblinear'"),
        (booster(0, objective="reg:logistic"), "with objective 'reg:logistic'"),
    ],
)
def test_settings_that_would_convert_wrongly_are_refused_by_name(model: Any, message: str) -> None:
    inputs = table(300, 1)
    model = in_pipeline(model).fit(inputs, target(inputs, 0) / 1000)

    with pytest.raises(Problem, match=message) as refused:
        exporter_of(model).to_onnx(model, promise(0))

    assert refused.value.findings[0].code == "EXPORT002"


def test_a_forest_for_three_classes_is_refused() -> None:
    inputs = table(300, 1)
    model = in_pipeline(XGBRFClassifier(n_estimators=3)).fit(inputs, target(inputs, 3))

    with pytest.raises(Problem, match=r"XGBRFClassifier .* a forest for more than two classes"):
        exporter_of(model).to_onnx(model, promise(3))


def test_an_estimator_that_no_converter_knows_is_refused_by_name() -> None:
    inputs = table(300, 1, strings=False)
    ranker = XGBRanker(n_estimators=3).fit(inputs, np.arange(300) % 2, qid=np.arange(300) // 10)

    with pytest.raises(Problem, match="XGBRanker cannot be exported to ONNX"):
        exporter_of(ranker).to_onnx(ranker, promise(0, strings=False))


def test_a_wrapper_that_no_converter_knows_is_refused_by_name() -> None:
    inputs = table(300, 1)
    model = TransformedTargetRegressor(in_pipeline(booster(0)), func=np.log, inverse_func=np.exp)
    model.fit(inputs, target(inputs, 0))

    with pytest.raises(Problem, match="TransformedTargetRegressor"):
        exporter_of(model).to_onnx(model, promise(0))


def test_a_booster_of_the_native_interface_is_refused_with_what_to_return() -> None:
    inputs = table(300, 1, strings=False)
    native = booster(0).fit(inputs, target(inputs, 0)).get_booster()

    with pytest.raises(Problem, match=r"train\(\) gave a Booster") as refused:
        exporter_of(native).raw_predictions(native, inputs, promise(0, strings=False))

    assert "XGBRegressor" in refused.value.findings[0].remedy
