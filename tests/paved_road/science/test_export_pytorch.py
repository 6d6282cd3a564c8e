"""PyTorch's networks are served as they were trained, or refused by name.

PyTorch is in no environment of this repository: tests/template/test_frameworks.py runs this file in a generated
project's.
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from paved_road.findings import Problem
from paved_road.science.export import exporter_of
from paved_road.science.network import NetworkClassifier, NetworkRegressor
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from .export_examples import assert_served_as_trained, features, promise, table

WIDTH = {True: 5, False: 2}


class MissingAsZero(nn.Module):
    """Networks cannot read NaN, and features let it pass."""

    def forward(self, features: Any) -> Any:
        return torch.where(torch.isnan(features), torch.zeros_like(features), features)


def module(outputs: int, seed: int = 0, strings: bool = True, *more: nn.Module) -> nn.Module:
    """A network as it is while it is being trained: random weights, dropout and batch statistics at work."""
    torch.manual_seed(seed)
    layers = [nn.Linear(WIDTH[strings], 16), nn.BatchNorm1d(16), nn.GELU(), nn.Dropout(0.5), nn.Linear(16, outputs)]
    return nn.Sequential(MissingAsZero(), *layers, *more)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("classes", "outputs"), [(2, 2), (2, 1), (3, 3), (0, 1)])
def test_a_network_is_served_as_trained(classes: int, outputs: int, seed: int) -> None:
    known, unseen = table(300, seed), table(200, seed + 1).assign(channel="never seen")
    kind = NetworkClassifier if classes else NetworkRegressor
    model = kind(features().fit(known), module(outputs, seed))

    assert_served_as_trained(model, pd.concat([known, unseen]), promise(classes))


@pytest.mark.parametrize("kind", [NetworkClassifier, NetworkRegressor])
def test_one_figure_a_row_may_come_without_a_second_axis(kind: Any) -> None:
    inputs = table(200, 1)
    model = kind(features().fit(inputs), module(1, 0, True, nn.Flatten(0)))

    assert_served_as_trained(model, inputs, promise(2 if kind is NetworkClassifier else 0))


def test_features_in_float64_are_cast_for_the_network() -> None:
    from sklearn.preprocessing import StandardScaler

    inputs = table(200, 1, strings=False)
    model = NetworkRegressor(StandardScaler().fit(inputs), module(1, 0, False))

    assert_served_as_trained(model, inputs, promise(0, strings=False))


def test_a_network_is_kept_as_it_predicts_while_training_may_go_on() -> None:
    inputs, training = table(200, 1), module(2)
    model = NetworkClassifier(features().fit(inputs), training, parameters={"epochs": 3})
    before = model.predict_proba(inputs)

    with torch.no_grad():
        training[1].weight.zero_()

    assert training.training and not model.module.training
    assert (model.predict_proba(inputs) == before).all()
    assert (model.predict(inputs) == before.argmax(axis=1)).all()
    assert model.get_params()["epochs"] == 3


@pytest.mark.parametrize(("classes", "kind"), [(2, NetworkClassifier), (0, NetworkRegressor)])
def test_exporting_twice_gives_the_same_bytes(classes: int, kind: Any) -> None:
    inputs = table(200, 1)
    model = kind(features().fit(inputs), module(max(classes, 1)))
    exporter = exporter_of(model)

    first, second = (exporter.to_onnx(model, promise(classes)) for _ in range(2))

    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


class Unknown(nn.Module):
    """Calls an operator that ONNX has not."""

    def forward(self, features: Any) -> Any:
        return torch.special.i1e(features)


def test_an_operator_that_onnx_has_not_is_refused_by_name() -> None:
    model = NetworkRegressor(features().fit(table(200, 1)), module(1, 0, True, Unknown()))

    with pytest.raises(Problem, match="special_i1e") as refused:
        exporter_of(model).to_onnx(model, promise(0))

    assert refused.value.findings[0].code == "EXPORT002"


def test_features_that_onnx_has_not_are_refused_by_name() -> None:
    inputs = table(200, 1, strings=False)
    model = NetworkRegressor(FunctionTransformer(np.nan_to_num).fit(inputs), module(1, 0, False))

    with pytest.raises(Problem, match="FunctionTransformer cannot be exported"):
        exporter_of(model).to_onnx(model, promise(0, strings=False))


@pytest.mark.parametrize(
    ("model", "message", "remedy"),
    [
        (module(2), r"train\(\) gave a Sequential", "NetworkClassifier(features, module)"),
        (NetworkRegressor(features().fit(table(50, 1)), module(1)), "gave a NetworkRegressor", "NetworkClassifier"),
        (NetworkClassifier(features().fit(table(50, 1)), module(3)), r"\(50, 3\).*\(50, 2\)", "one logit a class"),
    ],
    ids=["bare module", "other task", "other classes"],
)
def test_what_is_no_classifier_of_these_classes_is_refused(model: Any, message: str, remedy: str) -> None:
    with pytest.raises(Problem, match=message) as refused:
        exporter_of(model).raw_predictions(model, table(50, 1), promise(2))

    assert remedy in refused.value.findings[0].remedy
