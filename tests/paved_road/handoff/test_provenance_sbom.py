"""The bill of materials: accepted by its standard's own validator, the same for the same handoff, and checkable."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from paved_road.handoff.provenance import sbom

from .provenance_examples import HandedOver, Road


@pytest.fixture
def bill(given: HandedOver) -> dict[str, Any]:
    return dict(json.loads(sbom.render(given.manifest)))


def component(bill: dict[str, Any], ref: str) -> dict[str, Any]:
    return next(part for part in bill["components"] if part["bom-ref"] == ref)


def test_the_strict_validator_of_the_standard_accepts_it(given: HandedOver) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)

    assert validator.validate_str(sbom.render(given.manifest)) is None


def test_the_strict_validator_would_refuse_a_figure_that_is_no_text(bill: dict[str, Any]) -> None:
    metric = component(bill, "model")["modelCard"]["quantitativeAnalysis"]["performanceMetrics"][0]
    metric["value"] = 0.875

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is not None


def test_the_same_handoff_gives_the_same_bytes(given: HandedOver) -> None:
    assert sbom.render(given.manifest) == sbom.render(given.manifest)


def test_another_handoff_has_another_serial_number_and_its_own_time(given: HandedOver, bill: dict[str, Any]) -> None:
    given.replace_manifest()

    other = json.loads(sbom.render(given.manifest))

    assert other["serialNumber"] != bill["serialNumber"]
    assert bill["metadata"]["timestamp"] == "2026-03-01T12:00:00+00:00"
    assert other["metadata"]["timestamp"] == "2026-04-01T12:00:00+00:00"


def test_it_lists_every_package_with_its_address_and_hashes(bill: dict[str, Any]) -> None:
    numpy = component(bill, "pkg:pypi/numpy@2.4.0")

    assert numpy["purl"] == "pkg:pypi/numpy@2.4.0"
    assert [given["content"] for given in numpy["hashes"]] == ["a" * 64, "b" * 64]
    marker = {"name": "paved-road:marker", "value": "sys_platform != 'win32'"}
    assert component(bill, "pkg:pypi/uvloop@0.23.0")["properties"] == [marker]


def test_it_lists_the_model_with_its_digest_and_card(given: HandedOver, bill: dict[str, Any]) -> None:
    model = component(bill, "model")

    assert model["type"] == "machine-learning-model"
    assert model["hashes"] == [{"alg": "SHA-256", "content": given.manifest.artifact.file.sha256}]
    card = model["modelCard"]
    assert card["modelParameters"]["task"] == "classification"
    assert card["modelParameters"]["inputs"][0] == {
        "format": "amount: number, EUR, from 0, to 50000; What amount says."
    }
    assert card["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "roc_auc", "value": "0.875", "confidenceInterval": {"lowerBound": "0.85", "upperBound": "0.9"}},
        {
            "type": "roc_auc",
            "slice": "channel = chip",
            "value": "0.5",
            "confidenceInterval": {"lowerBound": "0.25", "upperBound": "0.75"},
        },
        {"type": "roc_auc", "slice": "channel = few", "value": "1.0"},
    ]
    assert card["considerations"]["technicalLimitations"] == ["Not for cards younger than a month."]


def test_the_handoff_depends_on_everything_and_nothing_is_said_of_the_rest(bill: dict[str, Any]) -> None:
    assert bill["dependencies"] == [{"ref": "handoff", "dependsOn": sorted(p["bom-ref"] for p in bill["components"])}]


def test_one_package_locked_for_two_environments_is_listed_once(given: HandedOver) -> None:
    twice = [
        msgspec.structs.replace(package, marker=f"python_version {sign} '3.12'", sha256=[sha * 64])
        for package in given.manifest.dependencies.packages[:1]
        for sign, sha in (("<", "d"), (">=", "e"))
    ]
    dependencies = msgspec.structs.replace(given.manifest.dependencies, packages=twice)

    listed = json.loads(sbom.render(msgspec.structs.replace(given.manifest, dependencies=dependencies)))

    numpy = component(listed, "pkg:pypi/numpy@2.4.0")
    assert len(numpy["hashes"]) == len(numpy["properties"]) == 2


def drop_package(bill: dict[str, Any]) -> None:
    bill["components"] = [part for part in bill["components"] if part["name"] != "numpy"]


def add_package(bill: dict[str, Any]) -> None:
    bill["components"].append({"bom-ref": "pkg:pypi/left-pad@1.0", "name": "left-pad", "type": "library"})


def other_hash(bill: dict[str, Any]) -> None:
    component(bill, "pkg:pypi/numpy@2.4.0")["hashes"][0]["content"] = "f" * 64


def better_metric(bill: dict[str, Any]) -> None:
    component(bill, "model")["modelCard"]["quantitativeAnalysis"]["performanceMetrics"][0]["value"] = "0.99"


def other_serial(bill: dict[str, Any]) -> None:
    bill["serialNumber"] = "urn:uuid:00000000-0000-5000-8000-000000000000"


@pytest.mark.parametrize(
    ("edit", "fact"),
    [
        (drop_package, "pkg:pypi/numpy@2.4.0 is missing, and the handoff has it"),
        (add_package, "pkg:pypi/left-pad@1.0 is listed, and the handoff does not have it"),
        (other_hash, "pkg:pypi/numpy@2.4.0 is described otherwise"),
        (better_metric, "model is described otherwise"),
        (other_serial, "serialNumber says otherwise"),
    ],
)
def test_a_bill_that_says_otherwise_is_refused(
    given: HandedOver, bill: dict[str, Any], road: Road, edit: Callable[[dict[str, Any]], None], fact: str
) -> None:
    kept = given.root / "sbom.cdx.json"
    edit(bill)
    kept.write_text(json.dumps(bill))

    code, said = road("handoff", "sbom", "--handoff", given.folder, "--check", kept)

    assert code == 1
    assert f"SBOM002  {fact}" in said
    assert "write it again: `road handoff sbom --output FILE`" in said


@pytest.mark.parametrize(
    "content", [b"", b"no", b"[]", b"{}", b'{"components": [1]}', b'{"components": [{}]}', b"\xff"]
)
def test_a_file_that_is_no_bill_is_refused(given: HandedOver, road: Road, content: bytes) -> None:
    kept = given.root / "sbom.cdx.json"
    kept.write_bytes(content)

    code, said = road("handoff", "sbom", "--handoff", given.folder, "--check", kept)

    assert code == 1
    assert "SBOM001  cannot be read as a bill of materials" in said


def test_a_bill_that_was_written_passes_its_own_check(given: HandedOver, road: Road) -> None:
    kept = given.root / "sbom.cdx.json"

    written = road("handoff", "sbom", "--handoff", given.folder, "--output", kept)
    checked = road("handoff", "sbom", "--handoff", given.folder, "--check", kept)

    assert written == (0, f"{kept} is written\n")
    assert checked == (0, f"{kept} is the bill of materials of this handoff\n")
    assert kept.read_text() == sbom.render(given.manifest)


def test_without_a_file_it_goes_to_the_output(given: HandedOver, road: Road) -> None:
    code, said = road("handoff", "sbom", "--handoff", given.folder)

    assert code == 0
    assert said == sbom.render(given.manifest)


def test_a_lean_environment_is_told_what_the_bill_needs(
    given: HandedOver, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paved_road.handoff.provenance.extras.find_spec", lambda library: None)

    code, said = road("handoff", "sbom", "--handoff", given.folder)

    assert code == 1
    assert "PROVENANCE001  the bill of materials needs cyclonedx, and it is not installed" in said
