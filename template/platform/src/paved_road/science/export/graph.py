"""What every exported graph looks like from outside, whatever framework it came from."""

import onnx
import onnxruntime as ort
from onnx import TensorProto, helper

from paved_road.contracts.model import ModelContract
from paved_road.findings import problem


def require_loadable(model: onnx.ModelProto) -> None:
    """Refuse a graph that the server's runtime has no implementation for; converters do write such.

    Raises:
        Problem: naming the operator.
    """
    try:
        ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    except Exception as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        fact = f"the model was exported, and onnxruntime cannot load it: {said}"
        remedy = "replace that step, or move it behind the cast to float32; docs/handoff.md lists what exports"
        raise problem("EXPORT003", fact, remedy) from error


def with_two_inputs(model: onnx.ModelProto, contract: ModelContract) -> onnx.ModelProto:
    """Turn a graph with one input a column into one with the tensors ``numbers`` and ``strings``.

    Two tensors are quicker to fill than many, and are the same for every model, so that a server needs no other
    knowledge than the contract's order of inputs.

    Args:
        model: its inputs are named after the contract's, each of shape (rows, 1).
        contract: the order of inputs.
    """
    graph = model.graph
    used = {name for node in graph.node for name in node.input}
    nodes, inputs = [], []
    for name, kind, fields in (
        ("numbers", TensorProto.DOUBLE, contract.numbers),
        ("strings", TensorProto.STRING, contract.strings),
    ):
        if fields:
            inputs.append(helper.make_tensor_value_info(name, kind, [None, len(fields)]))
        for position, field in enumerate(fields):
            if field.name in used:
                index = helper.make_tensor(f"column_of_{field.name}", TensorProto.INT64, [1], [position])
                graph.initializer.append(index)
                nodes.append(helper.make_node("Gather", [name, index.name], [field.name], axis=1))
    body = list(graph.node)
    del graph.input[:], graph.node[:]
    graph.input.extend(inputs)
    graph.node.extend([*nodes, *body])
    onnx.checker.check_model(model)
    return model
