"""A model is loaded only if it is what its contract says, and its figures become the contract's outputs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import psutil
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper
from paved_road.contracts.decision import decide
from paved_road.contracts.model import ModelContract
from paved_road.findings import Problem
from paved_road.handoff.predictor import Predictor
from serving_examples import REGRESSION, arrays, contract, graph, hand_over

THREE = {"classes": ["low", "middle", "high"], "threshold": None}


def saved(folder: Path, model: onnx.ModelProto) -> Path:
    file = folder / "model.onnx"
    file.write_bytes(model.SerializeToString())
    return file


def facts(refused: pytest.ExceptionInfo[Problem]) -> str:
    return " | ".join(finding.fact for finding in refused.value.findings)


def test_a_class_has_a_column_of_probabilities(tmp_path: Path, promise: ModelContract) -> None:
    predictor = Predictor(saved(tmp_path, graph(promise)), promise)

    raw = predictor.raw(*arrays(promise, amount=100.0))

    assert raw.dtype == np.float64
    np.testing.assert_allclose(raw, [[np.exp(-1) / (np.exp(-1) + np.e), np.e / (np.exp(-1) + np.e)]], rtol=1e-6)


def test_times_and_flags_are_numbers_and_strings_are_apart(tmp_path: Path, promise: ModelContract) -> None:
    predictor = Predictor(saved(tmp_path, graph(promise)), promise)
    nothing = predictor.raw(*arrays(promise))

    for change in ({"abroad": 1.0}, {"at": 1.7e9}, {"from": "AT"}, {"note": "AT"}):
        assert predictor.raw(*arrays(promise, **change))[0, 1] > nothing[0, 1]


@pytest.mark.parametrize("columns", [["N", 1], ["N"]])
def test_a_regression_gives_one_figure_a_row_whatever_its_shape(tmp_path: Path, columns: list[Any]) -> None:
    of = contract(REGRESSION)
    model = graph(of)
    if columns == ["N"]:
        model.graph.initializer.append(numpy_helper.from_array(np.array([-1]), "flat"))
        model.graph.node[-1].CopyFrom(helper.make_node("Reshape", ["figure", "flat"], ["values"]))
        model.graph.output[0].CopyFrom(helper.make_tensor_value_info("values", TensorProto.DOUBLE, columns))

    raw = Predictor(saved(tmp_path, model), of).raw(*arrays(of, amount=100.0))

    assert raw.shape == (1,)
    assert raw[0] == pytest.approx(1.0)


def test_a_contract_without_strings_needs_no_such_input(tmp_path: Path) -> None:
    of = contract(inputs=[{"name": "amount", "type": "number", "meaning": "Amount."}])

    raw = Predictor(saved(tmp_path, graph(of)), of).raw(*arrays(of, amount=0.0))

    np.testing.assert_allclose(raw, [[0.5, 0.5]])


def test_a_contract_of_strings_alone_needs_no_numbers(tmp_path: Path) -> None:
    of = contract(inputs=[{"name": "from", "type": "string", "meaning": "From."}])

    raw = Predictor(saved(tmp_path, graph(of)), of).raw(*arrays(of))

    np.testing.assert_allclose(raw, [[0.5, 0.5]])


def test_a_missing_file_is_named(tmp_path: Path, promise: ModelContract) -> None:
    with pytest.raises(Problem) as refused:
        Predictor(tmp_path / "model.onnx", promise)

    assert "cannot be read: No such file" in facts(refused)
    assert refused.value.findings[0].path == "model.onnx"


@pytest.mark.parametrize("content", [b"", b"rubbish", b"\x08\x09"])
def test_a_file_that_is_not_onnx_is_refused(tmp_path: Path, promise: ModelContract, content: bytes) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(content)

    with pytest.raises(Problem) as refused:
        Predictor(file, promise)

    assert "cannot be loaded as ONNX" in facts(refused)


@pytest.mark.parametrize("location", ["weights.bin", "../weights.bin", "/etc/hostname"])
def test_weights_in_another_file_are_refused_even_if_it_is_there(
    tmp_path: Path, promise: ModelContract, location: str
) -> None:
    model = graph(promise)
    weights = model.graph.initializer[0]
    (tmp_path / "weights.bin").write_bytes(weights.raw_data)
    external_data_helper.set_external_data(weights, location=location)
    weights.ClearField("raw_data")
    weights.data_location = TensorProto.EXTERNAL

    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, model), promise)

    assert "keeps weights in another file, which no digest covers" in facts(refused)


def test_a_category_called_location_is_no_other_file(tmp_path: Path, promise: ModelContract) -> None:
    model = graph(promise)
    model.graph.initializer[3].CopyFrom(helper.make_tensor("home", TensorProto.STRING, [1], [b"location"]))  # type: ignore[list-item]

    raw = Predictor(saved(tmp_path, model), promise).raw(*arrays(promise))

    assert raw.shape == (1, 2)


def test_other_inputs_than_the_contract_has_are_all_named(tmp_path: Path, promise: ModelContract) -> None:
    few = contract(inputs=[{"name": "amount", "type": "number", "meaning": "Amount."}])

    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(few)), promise)

    assert "input numbers has shape (any, 1), not (any, 5)" in facts(refused)
    assert "has no input strings, and the contract has 3 such fields" in facts(refused)


def test_an_input_that_nobody_would_fill_is_refused(tmp_path: Path, promise: ModelContract) -> None:
    few = contract(inputs=[field for field in _inputs(promise) if field["type"] != "string"])

    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(promise)), few)

    assert "has an input strings, which is none of numbers" in facts(refused)


def test_numbers_of_another_precision_are_refused(tmp_path: Path, promise: ModelContract) -> None:
    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(promise, kind=TensorProto.FLOAT)), promise)

    assert "input numbers is a tensor(float), not a tensor(double)" in facts(refused)


def test_a_model_for_exactly_one_row_is_refused(tmp_path: Path, promise: ModelContract) -> None:
    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(promise, inputs=(1,))), promise)

    assert "input numbers has shape (1, 5), not (any, 5)" in facts(refused)


def test_an_output_by_another_name_is_refused(tmp_path: Path, promise: ModelContract) -> None:
    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(promise, output="scores")), promise)

    assert "has no output probabilities, only scores" in facts(refused)


def test_a_model_of_other_classes_is_refused(tmp_path: Path, promise: ModelContract) -> None:
    with pytest.raises(Problem) as refused:
        Predictor(saved(tmp_path, graph(contract(**THREE))), promise)

    assert "output probabilities has shape (any, 3), not (any, 2)" in facts(refused)


def test_figures_of_a_shape_that_was_not_declared_are_refused(tmp_path: Path, promise: ModelContract) -> None:
    model = graph(contract(**THREE))
    model.graph.initializer.append(numpy_helper.from_array(np.array([True, True, True]), "kept"))
    model.graph.node[-1].CopyFrom(helper.make_node("Compress", ["narrow", "kept"], ["probabilities"], axis=1))
    model.graph.node.insert(len(model.graph.node) - 1, helper.make_node("Cast", ["shares"], ["narrow"], to=1))
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", "any"]))
    predictor = Predictor(saved(tmp_path, model), promise)

    with pytest.raises(Problem) as refused:
        predictor.raw(*arrays(promise))

    assert "probabilities has shape (1, 3) for 1 rows" in facts(refused)


def test_a_model_that_fails_says_so(tmp_path: Path) -> None:
    of = contract(REGRESSION)
    model = graph(of)
    model.graph.initializer.append(numpy_helper.from_array(np.array([7]), "seven"))
    model.graph.node[-1].CopyFrom(helper.make_node("Gather", ["figure", "seven"], ["values"]))
    predictor = Predictor(saved(tmp_path, model), of)

    with pytest.raises(Problem) as refused:
        predictor.raw(*arrays(of))

    assert "the model failed on 1 rows" in facts(refused)
    assert refused.value.findings[0].path == "model.onnx"


def test_a_label_is_positive_from_the_threshold_on() -> None:
    decided = decide(np.array([[0.5, 0.5], [0.51, 0.49], [0.0, 1.0]]), contract())

    assert decided["fraud"].tolist() == [True, False, True]
    assert decided["fraud"].dtype == np.bool_
    assert decided["fraud_probability"].tolist() == [0.5, 0.49, 1.0]


def test_of_more_classes_the_likeliest_is_the_label() -> None:
    outputs = [
        {"name": "label", "gives": "label", "meaning": "Label."},
        {"name": "last", "gives": "probability", "meaning": "Of the last."},
        {"name": "first", "gives": "probability", "of": "low", "meaning": "Of the first."},
    ]

    decided = decide(np.array([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]]), contract(outputs=outputs, **THREE))

    assert decided["label"].tolist() == ["low", "high"]
    assert decided["last"].tolist() == [0.2, 0.8]
    assert decided["first"].tolist() == [0.5, 0.1]


def test_rounding_beyond_one_is_taken_away_and_more_stays_visible() -> None:
    decided = decide(np.array([[-1e-7, 1 + 1e-7], [-0.2, 1.2]]), contract())

    assert decided["fraud_probability"].tolist() == [1.0, 1.2]


def test_a_call_works_in_the_thread_that_made_it_unless_more_are_asked_for(
    tmp_path: Path, promise: ModelContract
) -> None:
    file, before = saved(tmp_path, graph(promise)), psutil.Process().num_threads()

    one = Predictor(file, promise)
    one.raw(*arrays(promise, amount=100.0))
    with_one = psutil.Process().num_threads()
    three = Predictor(file, promise, threads=3)
    three.raw(*arrays(promise, amount=100.0))

    assert with_one <= before
    assert psutil.Process().num_threads() == with_one + 2


def test_no_rows_give_empty_columns() -> None:
    decided = decide(np.empty((0, 2)), contract())

    assert {name: len(column) for name, column in decided.items()} == {"fraud_probability": 0, "fraud": 0}


def test_a_server_of_onnx_knows_nothing_of_what_other_formats_need(tmp_path: Path, promise: ModelContract) -> None:
    hand_over(tmp_path, promise)
    foreign = ["sklearn", "skops", "pandas", "cryptography", "paved_road.handoff.native"]
    code = (
        "import pathlib, sys; from paved_road.handoff import manifest; from paved_road.serving import model, server; "
    )
    code += "folder = pathlib.Path(sys.argv[1]); model.load(folder, manifest.load(folder)); "
    code += f"print(set({foreign}) & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)

    assert done.stdout == "set()\n", done.stderr


def _inputs(promise: ModelContract) -> list[dict[str, Any]]:
    return [{"name": field.name, "type": field.type, "meaning": field.meaning} for field in promise.inputs]
