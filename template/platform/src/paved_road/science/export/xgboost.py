"""Export of XGBoost's scikit-learn estimators, alone or inside a pipeline."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pandas as pd
import xgboost
from numpy.typing import NDArray
from onnxmltools.convert.xgboost.operator_converters.XGBoost import convert_xgboost
from skl2onnx import update_registered_converter
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType

from paved_road.contracts.model import ModelContract
from paved_road.findings import problem
from paved_road.science.export import parts, scikit_learn

FRAMEWORK = f"xgboost {xgboost.__version__}"
OBJECTIVES = {
    *("binary:logistic", "multi:softprob", "reg:squarederror", "reg:absoluteerror", "reg:pseudohubererror"),
    *("reg:squaredlogerror", "reg:quantileerror", "reg:gamma", "reg:tweedie", "count:poisson"),
}
"""What was tried and found exact; others convert without an error to something else."""


def raw_predictions(model: Any, inputs: pd.DataFrame, contract: ModelContract) -> NDArray[np.float64]:
    """What the trained model itself says: class probabilities (rows, classes), or values (rows,).

    Raises:
        Problem: if it is of XGBoost's native interface, gives no probabilities, or did not see every class.
    """
    if isinstance(model, xgboost.Booster):
        remedy = "return a fitted XGBClassifier or XGBRegressor, or a pipeline that ends in one"
        raise problem("EXPORT001", "train() gave a Booster, whose features stay behind", remedy)
    return scikit_learn.raw_predictions(model, inputs, contract)


def to_onnx(model: Any, contract: ModelContract) -> onnx.ModelProto:
    """Export a fitted estimator.

    Raises:
        Problem: naming the part that has no ONNX form.
    """
    for part in parts(model):
        if isinstance(part, xgboost.XGBModel):
            _refuse(part)
    return scikit_learn.to_onnx(model, contract)


def _refuse(part: xgboost.XGBModel) -> None:
    """Refuse what converts badly; parts that were cloned before fitting are judged by their settings alone."""
    settings = part.get_xgb_params()
    objective, booster = settings.get("objective"), settings.get("booster") or "gbtree"
    fact = f"{type(part).__name__} cannot be exported to ONNX with "
    if booster != "gbtree":
        raise problem("EXPORT002", f"{fact}booster {booster!r}", "use 'gbtree'; docs/handoff.md lists what exports")
    if objective == "multi:softprob" and (settings.get("num_parallel_tree") or 1) > 1:
        raise problem("EXPORT002", f"{fact}a forest for more than two classes", "use XGBClassifier with single trees")
    if isinstance(objective, str) and objective not in OBJECTIVES:
        raise problem("EXPORT002", f"{fact}objective {objective!r}", f"use one of {', '.join(sorted(OBJECTIVES))}")


def _convert(scope: Any, operator: Any, container: Any) -> None:
    """As the library's converter, in float32: XGBoost itself casts its inputs to it, and ONNX has no other trees."""
    model = operator.raw_operator
    features = scope.get_unique_variable_name("features")
    container.add_node("Cast", operator.input_full_names, [features], to=onnx.TensorProto.FLOAT)
    booster = model.get_booster()
    names = booster.feature_names
    booster.feature_names = None  # columns have positions by now, and the converter stumbles over names
    try:
        outputs = operator.output_full_names
        cast = SimpleNamespace(
            raw_operator=model, inputs=operator.inputs, input_full_names=[features], output_full_names=outputs
        )
        convert_xgboost(scope, cast, container)
    finally:
        booster.feature_names = names


def _classifier_shapes(operator: Any) -> None:
    rows = operator.inputs[0].get_first_dimension()
    operator.outputs[0].type = Int64TensorType([rows])
    operator.outputs[1].type = FloatTensorType([rows, len(operator.raw_operator.classes_)])


def _regressor_shapes(operator: Any) -> None:
    operator.outputs[0].type = FloatTensorType([operator.inputs[0].get_first_dimension(), 1])


for _kind in (xgboost.XGBClassifier, xgboost.XGBRFClassifier):
    _options = {"nocl": [True, False], "zipmap": [True, False, "columns"]}
    update_registered_converter(_kind, f"XGBoost{_kind.__name__}", _classifier_shapes, _convert, options=_options)
for _kind in (xgboost.XGBRegressor, xgboost.XGBRFRegressor):
    update_registered_converter(_kind, f"XGBoost{_kind.__name__}", _regressor_shapes, _convert)
