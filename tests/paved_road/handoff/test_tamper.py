"""Whatever is changed in a handoff is refused, and by the check that guards it.

A manifest can be sealed again by whoever changes it, so every change is tried twice: as it is, and sealed again. What
then still can lie stands in `ATTESTED`: it is the builder's word, which only a signature guards.
"""

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paved_road.documents import Key
from paved_road.findings import Problem
from paved_road.handoff.manifest import file_digest
from paved_road.handoff.verify import verify

from ..nested import leaves, put
from ..serving.serving_examples import graph
from .handoff_examples import Repository, found, promise, sealed

GUARDS: dict[str, tuple[str, ...]] = {
    "manifest_version": ("HANDOFF003",),
    "contract.sha256": ("HANDOFF013",),
    "contract.data_sha256": ("HANDOFF013",),
    "contract.promise": ("HANDOFF013", "HANDOFF004", "MODEL003", "MODEL004"),
    "artifact.format": ("HANDOFF004",),
    "artifact.opsets": ("HANDOFF015",),
    "artifact.trusted": ("HANDOFF015",),
    "artifact.file": ("HANDOFF011", "HANDOFF012", "HANDOFF004"),
    "dependencies.lock": ("HANDOFF011", "HANDOFF012", "HANDOFF004"),
    "dependencies.packages": ("DEPENDENCIES005", "HANDOFF004"),
    "schema": ("HANDOFF014",),
    "baseline.golden": ("HANDOFF011", "HANDOFF012", "HANDOFF004"),
    "baseline.predictions": ("HANDOFF011", "HANDOFF012", "HANDOFF004"),
    "baseline.version": ("BASELINE002",),
    "baseline.rows": ("BASELINE002",),
    "baseline.probe": ("BASELINE002",),
    "baseline.metrics": ("BASELINE002",),
    "reference": ("HANDOFF016", "HANDOFF004"),
    "handover": ("HANDOFF017",),
}
"""By the beginning of a field's name: codes of the refusals that guard it, sealed again or not."""
ATTESTED = (
    *("created_at", "platform", "dependencies.python", "resources"),
    *("artifact.origin", "artifact.parity"),
)


def fields(data: dict[str, Any]) -> dict[Key, Any]:
    """Every figure, text and flag of a manifest, by where it stands; of a list of digests the first."""
    every = {at: value for at, value in leaves(data) if not isinstance(value, dict | list)}
    return {at: value for at, value in every.items() if at[-2:-1] != ("sha256",) or at[-1] == 0}


def changed(value: Any) -> Any:
    """Another value that could stand there."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case float():
            return math.nextafter(value * 1.001, math.inf) if value else 0.001
        case None:
            return 0.5
        case str() if len(value) == 64 and set(value) <= set("0123456789abcdef"):
            return ("0" if value[0] != "0" else "1") + value[1:]
        case _:
            return f"{value}x"


def refusal(folder: Path, data: dict[str, Any], repository: Repository) -> str:
    """What verifying says with this manifest; empty if it holds."""
    (folder / "manifest.json").write_text(json.dumps(data))
    try:
        outcomes = list(verify(folder, repository.project))
    except Problem as error:
        return "\n".join(f"{finding.code} {finding.fact}" for finding in error.findings)
    return "\n".join(f"{f.code} {f.fact}" for outcome in outcomes for f in outcome.findings if f.level == "error")


def manifest(repository: Repository) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((repository.handoff / "manifest.json").read_text())
    return data


@pytest.fixture(autouse=True)
def one(record_property: Callable[[str, object], None]) -> None:
    """A test tries one change, unless it says more itself."""
    record_property("tampered", 1)


def test_no_value_of_the_manifest_can_be_changed(
    repository: Repository, record_property: Callable[[str, object], None]
) -> None:
    data = manifest(repository)
    every = fields(data)

    for at, value in every.items():
        said = refusal(repository.handoff, put(data, at, changed(value)), repository)
        assert said.startswith(("HANDOFF003", "HANDOFF004", "HANDOFF005")), (at, said)

    assert len(every) > 400
    record_property("tampered", len(every))


def test_no_value_but_the_builders_word_can_be_changed_and_sealed_again(
    repository: Repository, record_property: Callable[[str, object], None]
) -> None:
    data = manifest(repository)
    guarded = {at: value for at, value in fields(data).items() if at != ("seal",) and not name(at).startswith(ATTESTED)}

    for at, value in guarded.items():
        said = refusal(repository.handoff, sealed(put(data, at, changed(value))), repository)
        (codes,) = (codes for field, codes in GUARDS.items() if name(at).startswith(field))
        assert any(code in said for code in codes), (at, said)

    assert len(guarded) > 300
    record_property("tampered", len(guarded))


def name(at: Key) -> str:
    return ".".join(map(str, at))


def test_every_field_is_either_guarded_or_the_builders_word(repository: Repository) -> None:
    for at in fields(manifest(repository)):
        named = [field for field in (*GUARDS, *ATTESTED, "seal") if name(at).startswith(field)]
        assert len(named) == 1, at


def test_no_field_can_be_left_out_or_added(
    repository: Repository, record_property: Callable[[str, object], None]
) -> None:
    data = manifest(repository)
    objects = [key for key in data if isinstance(data[key], dict)]
    without = [{key: value for key, value in data.items() if key != gone} for gone in data]
    added = [put(data, (key,), data[key] | {"more": 1}) for key in objects]

    for made in (*without, *added, data | {"more": 1}):
        assert refusal(repository.handoff, sealed(made) if "seal" in made else made, repository)

    record_property("tampered", len(without) + len(added) + 1)


@pytest.mark.parametrize(
    ("created", "message"),
    [
        ("2020-01-01T00:00:00+00:00", "before its model was trained"),
        ("yesterday", "is no time with its offset"),
        ("2026-12-01T00:00:00", "is no time with its offset"),
    ],
)
def test_a_time_that_cannot_be_is_refused(repository: Repository, created: str, message: str) -> None:
    data = manifest(repository) | {"created_at": created}

    assert message in refusal(repository.handoff, sealed(data), repository)


# Files ---------------------------------------------------------------------------------------------------------------

NAMED = ("model", "requirements", "golden", "predictions")


def file_of(repository: Repository, kind: str) -> Path:
    return next(repository.handoff.glob(f"{kind}-*"))


@pytest.mark.parametrize("kind", NAMED)
def test_a_truncated_file_is_refused(
    repository: Repository, kind: str, record_property: Callable[[str, object], None]
) -> None:
    file = file_of(repository, kind)
    whole = file.read_bytes()
    lengths = sorted({0, 1, len(whole) // 2, len(whole) - 1})

    for length in lengths:
        file.write_bytes(whole[:length])
        assert "HANDOFF012" in found(repository)

    file.write_bytes(whole + b"\n")
    assert "HANDOFF012" in found(repository)
    record_property("tampered", len(lengths) + 1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), kind=st.sampled_from(NAMED))
def test_no_bit_of_a_file_can_be_flipped(repository: Repository, data: st.DataObject, kind: str) -> None:
    file = file_of(repository, kind)
    whole = bytearray(file.read_bytes())
    at, bit = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 7))
    try:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
        assert "HANDOFF012" in found(repository, served=True)
    finally:
        file.write_bytes(whole)


@pytest.mark.parametrize("kind", NAMED)
def test_a_missing_file_a_link_and_a_folder_are_refused(repository: Repository, kind: str, tmp_path: Path) -> None:
    file = file_of(repository, kind)
    moved = tmp_path / "elsewhere"
    file.rename(moved)
    assert "HANDOFF011" in found(repository)

    file.symlink_to(moved)
    assert "HANDOFF011" in found(repository)

    file.unlink()
    file.mkdir()
    assert "HANDOFF011" in found(repository)


@pytest.mark.parametrize("path", ["../model-{}.onnx", "/etc/model-{}.onnx", "a/model-{}.onnx", "model-{}.onnx\n", ".."])
def test_a_path_out_of_the_folder_is_refused(repository: Repository, path: str) -> None:
    data = manifest(repository)
    data["artifact"]["file"]["path"] = path.format(data["artifact"]["file"]["sha256"][:12])

    assert "HANDOFF004 artifact.file.path" in refusal(repository.handoff, sealed(data), repository)


def replaced(repository: Repository, part: tuple[str, str], content: bytes) -> dict[str, Any]:
    """The manifest, sealed again, after one of its files was replaced and its digest, size and name mended."""
    data = manifest(repository)
    entry = data[part[0]][part[1]]
    (repository.handoff / entry["path"]).unlink()
    stem, _, rest = entry["path"].partition("-")
    fresh = repository.handoff / "fresh"
    fresh.write_bytes(content)
    digest = file_digest(fresh)
    entry |= {"path": f"{stem}-{digest[:12]}.{rest.partition('.')[2]}", "sha256": digest, "size": len(content)}
    fresh.rename(repository.handoff / entry["path"])
    return sealed(data)


def swapped_model() -> bytes:
    other = graph(promise())
    for weights in other.graph.initializer:
        if weights.name == "weights":
            weights.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(weights) * 1.5, "weights"))
    return other.SerializeToString()


def test_another_model_under_a_mended_digest_is_refused(repository: Repository) -> None:
    data = replaced(repository, ("artifact", "file"), swapped_model())

    said = refusal(repository.handoff, data, repository)

    assert "HANDOFF015 artifact: predictions on the golden dataset are up to" in said


def test_a_golden_row_dropped_under_a_mended_digest_is_refused(repository: Repository, tmp_path: Path) -> None:
    table = pq.read_table(file_of(repository, "golden"))
    pq.write_table(table.slice(1), tmp_path / "golden")
    data = replaced(repository, ("baseline", "golden"), (tmp_path / "golden").read_bytes())

    said = refusal(repository.handoff, data, repository)

    assert "BASELINE002 baseline: predictions of shape (240, 2) for 239 golden rows" in said


def test_better_predictions_under_a_mended_digest_are_refused(repository: Repository, tmp_path: Path) -> None:
    golden = pq.read_table(file_of(repository, "golden"))
    truth = golden["is_fraud"].to_numpy()
    np.save(tmp_path / "raw.npy", np.column_stack([~truth, truth]).astype(np.float64))
    data = replaced(repository, ("baseline", "predictions"), (tmp_path / "raw.npy").read_bytes())

    assert "HANDOFF015" in refusal(repository.handoff, data, repository)


def test_one_dependency_bumped_under_a_mended_digest_is_refused(repository: Repository) -> None:
    lines = file_of(repository, "requirements").read_text().splitlines()
    bumped = "\n".join(line.replace("click==8.5.1", "click==8.5.2") for line in lines) + "\n"
    data = replaced(repository, ("dependencies", "lock"), bumped.encode())

    said = refusal(repository.handoff, data, repository)

    assert "DEPENDENCIES005 dependencies: click: handed over with 8.5.1" in said


SCHEMAS: dict[str, Callable[[dict[str, Any]], object]] = {
    "an input widened": lambda io: io["input"]["properties"]["amount"].update(maximum=1e9),
    "an input narrowed": lambda io: io["input"]["properties"]["amount"].update(maximum=1.0),
    "an input made optional": lambda io: io["input"]["required"].remove("amount"),
    "an input made nullable": lambda io: io["input"]["properties"]["amount"].update(type=["number", "null"]),
    "a category added": lambda io: io["input"]["properties"]["from"]["enum"].append("XX"),
    "a category removed": lambda io: io["input"]["properties"]["from"]["enum"].pop(),
    "an input added": lambda io: io["input"]["properties"].update(more={"type": "number"}),
    "an input removed": lambda io: io["input"]["properties"].pop("note"),
    "other fields allowed": lambda io: io["input"].update(additionalProperties=True),
    "an output widened": lambda io: io["output"]["properties"]["fraud_probability"].update(maximum=2),
    "an output narrowed": lambda io: io["output"]["properties"]["fraud_probability"].update(maximum=0.5),
    "an output removed": lambda io: io["output"]["properties"].pop("fraud"),
}


@pytest.mark.parametrize("change", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_widened_or_narrowed_is_refused(
    repository: Repository, change: Callable[[dict[str, Any]], object]
) -> None:
    data = manifest(repository)
    change(data["schema"])

    assert "HANDOFF014 schema:" in refusal(repository.handoff, sealed(data), repository)


def test_trust_that_no_file_asks_for_is_refused(repository: Repository) -> None:
    data = manifest(repository)
    data["artifact"]["trusted"] = ["sklearn.tree._tree.Tree"]

    assert "HANDOFF015 artifact: the types that need trust are []" in refusal(
        repository.handoff, sealed(data), repository
    )


def test_a_model_called_another_format_is_refused_and_not_run(repository: Repository) -> None:
    data = manifest(repository)
    data["artifact"]["format"] = "skops"

    said = refusal(repository.handoff, sealed(data), repository)

    assert "HANDOFF020 artifact: not run" in said
    assert "HANDOFF015 artifact: is 'skops', and [tool.paved-road] says artifact = 'onnx'" in said


PROMISES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a threshold": lambda promised: promised.update(threshold=0.98),
    "a floor": lambda promised: promised["success_metrics"][1].update(floor=0.1),
    "a range": lambda promised: promised["inputs"][0].update(maximum=1e9),
    "a budget": lambda promised: promised["resources"].update(memory_mib=1e6),
    "a version": lambda promised: promised.update(version="9.0.0"),
}


@pytest.mark.parametrize("change", PROMISES.values(), ids=PROMISES)
def test_a_promise_changed_with_its_digest_is_refused(
    repository: Repository, change: Callable[[dict[str, Any]], object]
) -> None:
    import msgspec
    from paved_road.contracts.model import ModelContract

    data = manifest(repository)
    change(data["contract"]["promise"])
    data["contract"]["sha256"] = msgspec.convert(data["contract"]["promise"], ModelContract).digest

    assert "HANDOFF013 contract: contracts/model.yml changed" in refusal(repository.handoff, sealed(data), repository)


def test_a_handoff_of_another_model_is_refused(repository: Repository, tmp_path: Path) -> None:
    shutil.copytree(repository.handoff, tmp_path / "theirs")
    (repository.root / "contracts" / "model.yml").write_text(
        (repository.root / "contracts" / "model.yml").read_text().replace("card-fraud", "loan-default")
    )

    assert "HANDOFF013" in found(repository)
