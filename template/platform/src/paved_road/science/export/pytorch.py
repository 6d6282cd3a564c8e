"""Export of PyTorch modules, together with the scikit-learn transformer that prepares their inputs."""

import io
import warnings
from typing import Any

import numpy as np
import onnx
import pandas as pd
import torch
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper

from paved_road.contracts import records
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem
from paved_road.science.export import scikit_learn
from paved_road.science.export.graph import with_two_inputs
from paved_road.science.network import NetworkClassifier, NetworkRegressor

FRAMEWORK = f"torch {torch.__version__}"
_OPSET = 20
_KINDS: dict[str, type[NetworkClassifier | NetworkRegressor]] = {
    "classification": NetworkClassifier,
    "regression": NetworkRegressor,
}


def raw_predictions(model: Any, inputs: pd.DataFrame, contract: ModelContract) -> NDArray[np.float64]:
    """What the trained network itself says: class probabilities (rows, classes), or values (rows,).

    Raises:
        Problem: if it is no network for the contract's task, or gives another number of classes.
    """
    wanted = _KINDS[contract.task]
    if not isinstance(model, wanted):
        fact = f"train() gave a {type(model).__name__}, and the contract's task is {contract.task}"
        remedy = f"return paved_road.science.network.{wanted.__name__}(features, module), so that the features go along"
        raise problem("EXPORT001", fact, remedy)
    if isinstance(model, NetworkClassifier):
        return _checked(model.predict_proba(inputs), (len(inputs), len(contract.classes or [])), contract)
    return _checked(model.predict(inputs), (len(inputs),), contract)


def to_onnx(model: NetworkClassifier | NetworkRegressor, contract: ModelContract) -> onnx.ModelProto:
    """Export a trained network.

    Raises:
        Problem: naming the part that has no ONNX form.
    """
    prepared = _preparation(model.features, contract)
    features = prepared.graph.output[0]
    width = features.type.tensor_type.shape.dim[1].dim_value
    module = compose.add_prefix(_module(model.module, width, type(model).__name__), "network_")
    module.ir_version = prepared.ir_version
    links = [(features.name, module.graph.input[0].name)]
    merged = compose.merge_models(prepared, module, io_map=links, name=contract.name, producer_name="paved_road")
    output = records.OUTPUTS[contract.task]
    merged.graph.node.append(helper.make_node("Identity", [merged.graph.output[0].name], [output]))
    merged.graph.output[0].name = output
    return with_two_inputs(merged, contract)


def _preparation(features: Any, contract: ModelContract) -> onnx.ModelProto:
    """The transformer's graph, with float32 at its end, as networks take it."""
    graph = scikit_learn.convert(features, contract, opset=_OPSET)
    # The converter declares the oldest version that its operators allow; merging wants the one that it was asked for.
    next(entry for entry in graph.opset_import if not entry.domain).version = _OPSET
    given = graph.graph.output[0]
    if given.type.tensor_type.elem_type != TensorProto.FLOAT:
        graph.graph.node.append(helper.make_node("Cast", [given.name], ["features_as_float"], to=TensorProto.FLOAT))
        given.name, given.type.tensor_type.elem_type = "features_as_float", TensorProto.FLOAT
    return graph


def _module(module: torch.nn.Module, width: int, shown: str) -> onnx.ModelProto:
    """The module's graph.

    The TorchScript exporter takes half a second and writes the same bytes everywhere. The newer one takes ten, needs
    another package, and writes down where on this machine each line of the module stands.
    """
    written = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                (torch.zeros(2, width),),
                written,
                input_names=["features"],
                output_names=["output"],
                dynamic_axes={"features": {0: "rows"}, "output": {0: "rows"}},
                opset_version=_OPSET,
                dynamo=False,
            )
    except (RuntimeError, TypeError, ValueError, torch.onnx.errors.OnnxExporterError) as error:
        fact = f"the module of the {shown} cannot be exported to ONNX: {' '.join(str(error).split())[:300]}"
        raise problem("EXPORT002", fact, "replace that part; docs/handoff.md lists what exports") from error
    return onnx.load_from_string(written.getvalue())


def _checked(raw: NDArray[np.float32], wanted: tuple[int, ...], contract: ModelContract) -> NDArray[np.float64]:
    if raw.shape != wanted:
        fact = f"the network gives predictions of shape {raw.shape}, and the contract needs {wanted}"
        remedy = f"{contract.task}: one logit a class of contracts/model.yml, or one value a row"
        raise problem("EXPORT001", fact, remedy)
    return raw.astype(np.float64)
