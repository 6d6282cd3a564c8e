"""An older manifest is brought to this version, and what it did not hold is measured again."""

import json
from typing import Any

import pytest
from paved_road.findings import Problem
from paved_road.handoff.manifest import Resources, load, seal_of
from paved_road.handoff.migrate import migrate

from .handoff_examples import Repository, found, silent


def older(data: dict[str, Any]) -> dict[str, Any]:
    """The manifest as version 1 wrote it."""
    data["manifest_version"] = 1
    data["schema"]["output"]["additionalProperties"] = False
    for file in (
        data["artifact"]["file"],
        data["dependencies"]["lock"],
        data["baseline"]["golden"],
        data["baseline"]["predictions"],
    ):
        del file["kept"]
    for measure in data["baseline"]["metrics"].values():
        for column in measure["slices"].values():
            for part in column.values():
                del part["low"], part["high"]
    was = data["resources"]
    closed = was["closed"]
    data["resources"] = {
        "load": {"concurrency": 2, "requests": closed["requests"], "records": 1, "seconds": closed["seconds"]},
        **closed["latency"],
        "requests_per_second": closed["requests_per_second"],
        "calibration": 0.5,
        **{name: was[name] for name in ("cpu_seconds_per_request", "peak_memory_mib", "cold_start_s", "machine")},
    }
    return data | {"seal": seal_of(data)}


@pytest.fixture
def aged(repository: Repository) -> Repository:
    """A repository whose manifest is of version 1."""
    file = repository.handoff / "manifest.json"
    file.write_text(json.dumps(older(json.loads(file.read_text()))))
    repository.commit("As it was")
    return repository


def test_an_older_manifest_is_refused_with_the_way_out(aged: Repository) -> None:
    with pytest.raises(Problem) as caught:
        load(aged.handoff)

    (finding,) = caught.value.findings
    assert (finding.code, finding.remedy) == ("HANDOFF003", "run `road handoff migrate`")


def test_a_migrated_manifest_holds_and_is_still_of_the_same_model(aged: Repository, measured: Resources) -> None:
    before = json.loads((aged.handoff / "manifest.json").read_text())

    manifest = migrate(aged.project, silent)

    assert found(aged) == ""
    assert manifest.artifact.file.sha256 == before["artifact"]["file"]["sha256"]
    assert manifest.artifact.origin.commit == before["artifact"]["origin"]["commit"]
    assert manifest.created_at == before["created_at"]
    assert all(part.low is not None for part in manifest.baseline.metrics["roc_auc"].slices["from"].values())


@pytest.mark.parametrize("version", [2, 3, 0, "1", None, True])
def test_any_other_version_is_refused(repository: Repository, version: object) -> None:
    file = repository.handoff / "manifest.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"manifest_version": version}))

    with pytest.raises(Problem, match="there is nothing to migrate"):
        migrate(repository.project, silent)


def test_an_older_manifest_that_was_changed_is_refused(aged: Repository) -> None:
    file = aged.handoff / "manifest.json"
    file.write_text(file.read_text().replace('"rows": 240', '"rows": 241'))

    with pytest.raises(Problem, match="changed after it was built"):
        migrate(aged.project, silent)


def test_an_older_manifest_of_another_shape_is_refused(aged: Repository) -> None:
    file = aged.handoff / "manifest.json"
    data = json.loads(file.read_text())
    del data["resources"]["load"]
    file.write_text(json.dumps(data | {"seal": seal_of(data)}))

    with pytest.raises(Problem, match="is no manifest of version 1"):
        migrate(aged.project, silent)


def test_a_file_that_is_not_what_was_handed_over_is_refused(aged: Repository) -> None:
    next(aged.handoff.glob("golden-*")).write_bytes(b"other")
    before = (aged.handoff / "manifest.json").read_bytes()

    with pytest.raises(Problem, match="is not what was handed over"):
        migrate(aged.project, silent)

    assert (aged.handoff / "manifest.json").read_bytes() == before
