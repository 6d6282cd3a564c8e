"""A model is handed over as what the team chose, and as nothing else: what stands in the way is named."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from paved_road.findings import Problem, as_text
from paved_road.project import Settings
from paved_road.science.export import exporter_of
from paved_road.science.export.artifact import Exported, export
from sklearn.cluster import Birch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
from xgboost import XGBClassifier

from .test_export import CLASSIFIES, CODES, TABLE, HouseRule

TREE = "sklearn.tree._tree.Tree"
NATIVE = 'or hand over its native form, signed: artifact = "skops" in [tool.paved-road], see docs/handoff.md'


def exported(model: Any, **settings: Any) -> Exported:
    fitted = model.fit(TABLE, CODES)
    return export(fitted, exporter_of(fitted), CLASSIFIES, Settings(package="x", **settings))


def refusal(model: Any, **settings: Any) -> str:
    with pytest.raises(Problem) as refused:
        exported(model, **settings)
    return as_text(refused.value.findings)


def test_a_model_is_exported_to_onnx_unless_the_team_says_otherwise() -> None:
    made = exported(LogisticRegression())

    assert (made.format, made.trusted) == ("onnx", [])
    assert made.content == exported(LogisticRegression()).content


def test_what_an_exporter_leaves_to_chance_does_not_change_a_byte() -> None:
    fitted = LogisticRegression().fit(TABLE, CODES)
    graph = exporter_of(fitted).to_onnx(fitted, CLASSIFIES)
    turned = type(graph).FromString(graph.SerializeToString())
    turned.opset_import.reverse()
    assert turned.SerializeToString() != graph.SerializeToString()

    made = set()
    for each in (graph, turned):
        exporter = SimpleNamespace(FRAMEWORK="scikit-learn", to_onnx=lambda *_, each=each: each)
        made.add(export(fitted, exporter, CLASSIFIES, Settings(package="x")).content)

    assert len(made) == 1


def test_a_part_without_an_onnx_form_is_named_with_the_other_way() -> None:
    said = refusal(make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()))

    assert said.startswith("EXPORT002  Pipeline cannot be exported to ONNX: ")
    assert "FunctionTransformer" in said
    assert said.endswith(f"replace that part; docs/handoff.md lists what exports; {NATIVE}")


def test_a_framework_that_has_no_other_way_is_not_told_of_one() -> None:
    said = refusal(make_pipeline(FunctionTransformer(np.cbrt), XGBClassifier(n_estimators=2)))

    assert "EXPORT002" in said
    assert NATIVE not in said


def test_a_part_without_an_onnx_form_is_written_as_skops() -> None:
    made = exported(make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()), artifact="skops")

    assert (made.format, made.trusted) == ("skops", [])
    assert made.content.startswith(b"PK")


def test_a_type_that_skops_does_not_trust_is_named_with_the_line_that_trusts_it() -> None:
    said = refusal(DecisionTreeClassifier(), artifact="skops", trusted_types=["sklearn.a.B"])
    made = exported(DecisionTreeClassifier(), artifact="skops", trusted_types=["sklearn.a.B", TREE])

    assert f"EXPORT004  the model holds {TREE}, which skops does not trust by itself" in said
    assert f'trusted-types = ["sklearn.a.B", "{TREE}"] in [tool.paved-road]' in said
    assert made.trusted == [TREE]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (make_pipeline(HouseRule(), LogisticRegression()), f"{HouseRule.__module__}.HouseRule"),
        (XGBClassifier(n_estimators=2), "xgboost.sklearn.XGBClassifier"),
    ],
    ids=["the team's own", "XGBoost"],
)
def test_a_type_that_no_server_has_is_refused_whoever_trusts_it(model: Any, name: str) -> None:
    said = refusal(model, artifact="skops")

    assert "EXPORT004  the model holds" in said
    assert name in said
    assert "which no server has: it has scikit-learn, numpy and scipy alone" in said


def test_what_skops_cannot_write_is_said_so() -> None:
    said = refusal(make_pipeline(Birch(n_clusters=None), LogisticRegression()), artifact="skops")

    assert "EXPORT002  Pipeline cannot be written as skops: Objects of type Birch are not supported" in said
