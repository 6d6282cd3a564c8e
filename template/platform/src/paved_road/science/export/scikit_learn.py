"""Export of scikit-learn estimators and pipelines."""

from typing import Any

import numpy as np
import onnx
import pandas as pd
import sklearn
from numpy.typing import NDArray
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, StringTensorType
from sklearn.compose import ColumnTransformer

from paved_road.contracts import records
from paved_road.contracts.model import ModelContract, Value
from paved_road.findings import problem
from paved_road.science.export import parts
from paved_road.science.export.graph import with_two_inputs

FRAMEWORK = f"scikit-learn {sklearn.__version__}"
_OPSET, _ML_OPSET = 21, 3


def raw_predictions(model: Any, inputs: pd.DataFrame, contract: ModelContract) -> NDArray[np.float64]:
    """What the trained model itself says: class probabilities (rows, classes), or values (rows,).

    Raises:
        Problem: if it gives no probabilities, or did not see every class of the contract.
    """
    if contract.task == "regression":
        if hasattr(model, "predict_proba"):
            fact = f"{type(model).__name__} decides between classes, and contracts/model.yml says regression"
            raise problem("EXPORT001", fact, "return a regressor, or change the contract's task")
        return np.asarray(model.predict(inputs), dtype=np.float64).ravel()
    if not hasattr(model, "predict_proba"):
        fact = f"{type(model).__name__} gives no probabilities"
        raise problem("EXPORT001", fact, "wrap it in sklearn.calibration.CalibratedClassifierCV")
    _check_classes(model, contract.classes or [])
    return np.asarray(model.predict_proba(inputs), dtype=np.float64)


def _check_classes(model: Any, classes: list[Value]) -> None:
    wanted, learnt = list(range(len(classes))), getattr(model, "classes_", None)
    if learnt is None:
        fact = f"{type(model).__name__} does not say which classes it learnt"
        raise problem("EXPORT001", fact, "return it fitted")
    codes = np.asarray(learnt).tolist()
    if codes == wanted:
        return
    if set(codes) < set(wanted):
        seen = ", ".join(repr(classes[code]) for code in codes)
        fact = f"the training rows hold only these classes: {seen}"
        raise problem("EXPORT001", fact, "get rows of every class that contracts/model.yml names")
    fact = f"{type(model).__name__} learnt the classes {codes}, and train() was given {wanted}"
    raise problem("EXPORT001", fact, "fit it on the target as it is given")


def to_onnx(model: Any, contract: ModelContract) -> onnx.ModelProto:
    """Export a fitted estimator.

    Raises:
        Problem: naming the part that has no ONNX form.
    """
    options = {id(model): {"zipmap": False}} if contract.task == "classification" else None
    exported = convert(model, contract, options)
    return with_two_inputs(_single_output(exported, records.OUTPUTS[contract.task]), contract)


def convert(
    model: Any, contract: ModelContract, options: dict[int, Any] | None = None, opset: int = _OPSET
) -> onnx.ModelProto:
    """A fitted estimator or transformer as skl2onnx converts it, from the contract's inputs.

    Raises:
        Problem: naming the part that has no ONNX form.
    """
    try:
        # A fixed name: the same model then gives the same bytes.
        return convert_sklearn(
            model,
            name=contract.name,
            initial_types=_inputs(model, contract),
            options=options,
            target_opset={"": opset, "ai.onnx.ml": _ML_OPSET},
        )
    except Exception as error:  # a converter is somebody else's code, and may raise anything
        fact = f"{type(model).__name__} cannot be exported to ONNX: {_first_sentence(error)}"
        raise problem("EXPORT002", fact, "replace that part; docs/handoff.md lists what exports") from error


def _inputs(model: Any, contract: ModelContract) -> list[tuple[str, Any]]:
    """One input a column for what picks columns by name; else all columns at once, as such an estimator is fitted."""
    by_name = any(isinstance(part, ColumnTransformer) for part in parts(model))
    if not by_name and not contract.strings:
        return [("numbers", DoubleTensorType([None, len(contract.numbers)]))]
    kinds = [(field.name, DoubleTensorType([None, 1])) for field in contract.numbers]
    return kinds + [(field.name, StringTensorType([None, 1])) for field in contract.strings]


def _single_output(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """Keep the last output (probabilities come after the label), under the name that servers look for."""
    kept = model.graph.output[-1]
    if kept.name == name:
        del model.graph.output[:-1]
        return model
    rename = onnx.helper.make_node("Identity", [kept.name], [name])
    shape = onnx.ValueInfoProto()
    shape.CopyFrom(kept)
    shape.name = name
    model.graph.node.append(rename)
    del model.graph.output[:]
    model.graph.output.append(shape)
    return model


def _first_sentence(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
