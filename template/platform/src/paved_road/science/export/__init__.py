"""From a fitted model to ONNX: one file a framework, and what they share."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any, Protocol, cast

import numpy as np
import onnx
import pandas as pd
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.findings import problem

EXPORTERS = {"torch": "pytorch", "xgboost": "xgboost", "sklearn": "scikit_learn"}
"""The file here for a framework's module, the more particular first: XGBoost's estimators are scikit-learn's too."""


class Exporter(Protocol):
    """What a framework's file offers.

    Attributes:
        FRAMEWORK: its name and version, for instance ``scikit-learn 1.9.1``.
    """

    FRAMEWORK: str

    def raw_predictions(self, model: Any, inputs: pd.DataFrame, contract: ModelContract) -> NDArray[np.float64]:
        """What the trained model itself says: class probabilities (rows, classes), or values (rows,)."""

    def to_onnx(self, model: Any, contract: ModelContract) -> onnx.ModelProto:
        """The model as a graph from ``numbers`` and ``strings`` to ``probabilities`` or ``values``."""


def exporter_of(model: Any) -> Exporter:
    """The exporter for a fitted model.

    Raises:
        Problem: if its framework is not known.
    """
    frameworks = {kind.__module__.partition(".")[0] for part in parts(model) for kind in type(part).__mro__}
    for framework, file in EXPORTERS.items():
        if framework in frameworks:
            return cast(Exporter, import_module(f"{__name__}.{file}"))
    fact = f"train() gave a {type(model).__module__}.{type(model).__name__}, which cannot be exported"
    remedy = "return a fitted estimator or pipeline of scikit-learn or XGBoost, or a PyTorch network with its features"
    raise problem("EXPORT001", fact, remedy)


def parts(model: Any) -> Iterator[Any]:
    """A model and all that it is made of, such as the steps of a pipeline."""
    yield model
    if hasattr(model, "get_params") and not isinstance(model, type):
        yield from model.get_params(deep=True).values()
