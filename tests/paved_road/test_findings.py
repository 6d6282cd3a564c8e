"""What every check says, for machines other than our own."""

import json

import pytest
from paved_road.findings import Finding, as_sarif
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

RULES = {"RACI001": "Exactly one role answers", "RACI005": "Every file has an owner"}
FOUND = (
    Finding(code="RACI001", fact="two answer", remedy="name one", path="raci.yml", line=41),
    Finding(code="RACI005", fact="nobody owns it", path="src/ein Modell #1.py", level="warning"),
    Finding(code="OTHER001", fact="git is missing", level="note"),
)


def test_findings_for_a_code_scanner_keep_its_schema() -> None:
    text = as_sarif(FOUND, RULES, "1.2.3", "raci.yml")

    Sarif.model_validate_json(text)
    run = json.loads(text)["runs"][0]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["RACI001", "RACI005", "OTHER001"]
    assert [(result["ruleId"], result["ruleIndex"], result["level"]) for result in run["results"]] == [
        ("RACI001", 0, "error"),
        ("RACI005", 1, "warning"),
        ("OTHER001", 2, "note"),
    ]
    assert [(place["artifactLocation"]["uri"], place["region"]["startLine"]) for place in places] == [
        ("raci.yml", 41),
        ("src/ein%20Modell%20%231.py", 1),
        ("raci.yml", 1),
    ]
    assert run["results"][0]["message"]["text"] == "two answer: name one"


def test_a_report_without_findings_still_names_the_rules() -> None:
    document = json.loads(as_sarif([], RULES, "1.2.3", "raci.yml"))

    assert document["runs"][0]["results"] == []
    assert len(document["runs"][0]["tool"]["driver"]["rules"]) == 2


def test_the_schema_refuses_what_is_no_report() -> None:
    text = as_sarif(FOUND, RULES, "1.2.3", "raci.yml").replace('"ruleId"', '"rule"')

    with pytest.raises(ValidationError):
        Sarif.model_validate_json(text)
