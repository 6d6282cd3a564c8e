"""From a fitted model to ONNX: one file a framework, and what they share."""

from typing import Any, Protocol, cast

import numpy as np
import onnx
import pandas as pd
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.findings import problem


class Exporter(Protocol):
    """What a framework's file offers.

    Attributes:
        DISTRIBUTION: name of the framework's package.
    """

    DISTRIBUTION: str

    def raw_predictions(self, model: Any, inputs: pd.DataFrame, contract: ModelContract) -> NDArray[np.float64]:
        """What the trained model itself says: class probabilities (rows, classes), or values (rows,)."""

    def to_onnx(self, model: Any, contract: ModelContract) -> onnx.ModelProto:
        """The model as a graph from ``numbers`` and ``strings`` to ``probabilities`` or ``values``."""


def exporter_of(model: Any) -> Exporter:
    """The exporter for a fitted model.

    Raises:
        Problem: if its framework is not known.
    """
    frameworks = {kind.__module__.partition(".")[0] for kind in type(model).__mro__}
    if "sklearn" in frameworks:
        from paved_road.science.export import scikit_learn

        return cast(Exporter, scikit_learn)
    fact = f"train() gave a {type(model).__module__}.{type(model).__name__}, which cannot be exported"
    raise problem("EXPORT001", fact, "return a fitted scikit-learn estimator or pipeline")
