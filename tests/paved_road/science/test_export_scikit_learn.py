"""scikit-learn's models are served as they were trained, whatever the data; test_export.py has the refusals."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paved_road.findings import Problem
from paved_road.science.export import exporter_of
from paved_road.science.export.graph import require_loadable
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline

from .export_examples import assert_served_as_trained, features, promise, table, target


def in_pipeline(model: Any) -> Pipeline:
    return Pipeline([("features", features()), ("model", model)])


def booster(classes: int) -> Any:
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return kind(max_iter=10, random_state=0)


@pytest.mark.parametrize("classes", [2, 3, 0])
@settings(max_examples=4)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_pipeline_is_served_as_trained(classes: int, seed: int) -> None:
    known, unseen = table(300, seed), table(200, seed + 1).assign(channel="never seen")
    model = in_pipeline(booster(classes)).fit(known, target(known, classes))

    assert_served_as_trained(model, pd.concat([known, unseen]), promise(classes))


@pytest.mark.parametrize("classes", [2, 3, 0])
def test_a_bare_estimator_of_several_columns_is_served_as_trained(classes: int) -> None:
    inputs = table(500, 1, strings=False).fillna(0) / [1, 1e9]
    model = (LogisticRegression() if classes else LinearRegression()).fit(inputs, target(inputs, classes))

    assert_served_as_trained(model, inputs, promise(classes, strings=False))


def test_a_model_that_the_server_could_not_load_is_refused_by_its_operator() -> None:
    inputs = table(100, 1, strings=False)
    model = Pipeline([("impute", SimpleImputer()), ("model", LogisticRegression())]).fit(inputs, target(inputs, 2))
    exported = exporter_of(model).to_onnx(model, promise(2, strings=False))

    with pytest.raises(Problem, match=r"onnxruntime cannot load it: .*Imputer"):
        require_loadable(exported)


def test_what_is_of_no_framework_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(Problem) as refused:
        exporter_of(object())

    for framework in ("scikit-learn", "XGBoost", "PyTorch"):
        assert framework in refused.value.findings[0].remedy
