"""A model without an ONNX form is handed over, and verifies and serves only with a valid signature."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from paved_road.findings import Problem, as_text
from paved_road.handoff import manifest, profile
from paved_road.handoff.build import build
from paved_road.handoff.golden import Golden
from paved_road.handoff.manifest import Resources
from paved_road.handoff.provenance import sbom, signature
from paved_road.handoff.verify import verify
from paved_road.serving import model as serving
from paved_road.serving.problems import Refusal

from ..serving.serving_examples import RECORD
from . import native_examples as examples
from .handoff_examples import Repository, sealed, silent
from .native_examples import TREE
from .provenance_examples import HandedOver


@pytest.fixture(scope="module")
def handed(built: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository that handed over a tree as skops, not signed yet."""
    root = tmp_path_factory.mktemp("native") / "repository"
    shutil.copytree(built.root, root, symlinks=True)
    repository = Repository(root)
    examples.settle_on_skops(repository, TREE)
    examples.trains(repository, examples.tree(), (TREE,))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(profile, "measure", served_as_signed(manifest.load(built.handoff).resources))
        build(repository.project, silent)
    repository.commit("Hand over")
    return repository


def served_as_signed(resources: Resources) -> Callable[..., Resources]:
    def measure(folder: Path, golden: Golden, contract: object, key: Path | None) -> Resources:
        signature.require(folder, manifest.load(folder), key)
        return resources

    return measure


@pytest.fixture
def repository(handed: Repository, tmp_path: Path) -> Repository:
    shutil.copytree(handed.root, tmp_path / "repository", symlinks=True)
    return Repository(tmp_path / "repository")


@pytest.fixture
def keys(repository: Repository) -> HandedOver:
    return HandedOver(repository.root)


def found(repository: Repository, key: Path | None = None, served: bool = False) -> str:
    outcomes = list(verify(repository.handoff, None if served else repository.project, key))
    return as_text([finding for outcome in outcomes for finding in outcome.findings])


def changed(repository: Repository, change: Callable[[dict[str, Any]], object]) -> None:
    file = repository.handoff / "manifest.json"
    data = json.loads(file.read_text())
    change(data)
    file.write_text(json.dumps(sealed(data)))


# Building ----------------------------------------------------------------------------------------------------------


def test_the_manifest_says_what_it_is_and_what_it_trusts(handed: Repository) -> None:
    data = json.loads((handed.handoff / "manifest.json").read_text())

    assert data["artifact"]["format"] == "skops"
    assert data["artifact"]["opsets"] == {"skops": 2}
    assert data["artifact"]["trusted"] == [TREE]
    assert data["artifact"]["file"]["path"].endswith(".skops")
    assert data["artifact"]["parity"] == 0


def test_its_serving_set_has_what_builds_it_and_that_of_onnx_has_not(handed: Repository, built: Repository) -> None:
    extra = {"scikit-learn", "scipy", "pandas", "skops", "cryptography"}

    names = [
        {package.name for package in manifest.load(repository.handoff).dependencies.packages}
        for repository in (handed, built)
    ]

    assert extra <= names[0]
    assert not extra & names[1]
    assert "skl2onnx" not in names[0]


def test_a_manifest_of_onnx_says_nothing_of_trust(built: Repository) -> None:
    assert "trusted" not in json.loads((built.handoff / "manifest.json").read_text())["artifact"]


def test_a_build_leaves_no_signature_of_its_own(handed: Repository) -> None:
    assert not list(handed.handoff.glob("*.sig*"))


@pytest.mark.parametrize(
    ("before", "after", "fact", "verified"),
    [
        (
            'artifact = "skops"',
            'artifact = "onnx"',
            "artifact is 'onnx', and the candidate was exported as 'skops'",
            "HANDOFF015  artifact: is 'skops', and [tool.paved-road] says artifact = 'onnx'",
        ),
        (
            f'["{TREE}"]',
            "[]",
            f"the candidate holds {TREE}, and trusted-types does not name it",
            f"HANDOFF015  artifact: trusts {TREE}, and trusted-types in [tool.paved-road] does not",
        ),
    ],
    ids=["another format", "no trust"],
)
def test_a_team_that_changed_its_mind_has_to_train_again(
    repository: Repository, before: str, after: str, fact: str, verified: str
) -> None:
    pyproject = repository.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(before, after))

    with pytest.raises(Problem) as refused:
        build(repository.project, silent)

    assert f"pyproject.toml  CANDIDATE003  {fact}" in as_text(refused.value.findings)
    assert f"pyproject.toml  {verified}" in found(repository)


@pytest.mark.parametrize("name", ["acme.model.HouseRule", "os.system", "sklearn", "builtins.eval", "sklearn.a b"])
def test_a_team_cannot_trust_what_no_server_has(repository: Repository, name: str) -> None:
    pyproject = repository.root / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace(TREE, name))

    with pytest.raises(Problem, match=r"\[tool.paved-road\]: .*trusted-types"):
        _ = repository.project


# Verifying ---------------------------------------------------------------------------------------------------------


def test_it_verifies_with_the_key_that_signed_it(repository: Repository, keys: HandedOver) -> None:
    assert found(repository, keys.sign()) == ""


@pytest.mark.parametrize("served", [True, False], ids=["in an image", "in the repository"])
def test_without_a_key_it_does_not_verify_and_is_not_run(
    repository: Repository, keys: HandedOver, served: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paved_road.handoff.native.Child", lambda: pytest.fail("it was run"))
    keys.sign()

    said = found(repository, served=served)

    assert "SIGNATURE002  signature: the format skops requires one, and no public key is named" in said
    assert "give --key or ROAD_PUBLIC_KEY, or set signing-key in [tool.paved-road]" in said
    assert "HANDOFF020  artifact: not run, because a model of the format skops runs only with a valid signature" in said


def test_without_a_signature_it_is_not_run(repository: Repository, keys: HandedOver) -> None:
    said = found(repository, keys.key()[1])

    assert "SIGNATURE004  signature: a signature is required, and there is none" in said
    assert "HANDOFF020  artifact: not run" in said


def test_with_the_signature_of_another_key_it_is_not_run(repository: Repository, keys: HandedOver) -> None:
    keys.sign("theirs")

    said = found(repository, keys.key("ours")[1])

    assert "SIGNATURE006  signature: names key" in said
    assert "HANDOFF020  artifact: not run" in said


def test_a_flipped_byte_is_refused_and_not_run(repository: Repository, keys: HandedOver) -> None:
    public = keys.sign()
    file = next(repository.handoff.glob("model-*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)

    said = found(repository, public)

    assert "HANDOFF012  artifact: model has digest" in said
    assert "artifact: not checked, because a file is not what was handed over" in said


@pytest.mark.parametrize(
    ("trusted", "message"),
    [
        ([], f"ARTIFACT005  holds {TREE}, which nobody trusts"),
        ([TREE, "sklearn.a.B"], "HANDOFF015  artifact: the types that need trust are"),
        (["os.system"], "HANDOFF004  artifact.trusted.0"),
    ],
    ids=["less", "more", "foreign"],
)
def test_other_trust_than_the_file_needs_is_refused_though_signed(
    repository: Repository, keys: HandedOver, trusted: list[str], message: str
) -> None:
    changed(repository, lambda data: data["artifact"].update(trusted=trusted))
    try:
        said = found(repository, keys.sign(), served=True)
    except Problem as error:
        said = as_text(error.findings)

    assert message in said


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("opsets", {"skops": 1}, "HANDOFF015  artifact: its operator sets are {'skops': 2}"),
        ("format", "onnx", "ARTIFACT001  cannot be loaded as ONNX"),
    ],
)
def test_another_description_of_the_file_is_refused_though_signed(
    repository: Repository, keys: HandedOver, part: str, value: Any, message: str
) -> None:
    changed(repository, lambda data: data["artifact"].update({part: value}))

    assert message in found(repository, keys.sign(), served=True)


def test_a_package_more_or_less_than_the_format_needs_is_named(repository: Repository, keys: HandedOver) -> None:
    changed(repository, lambda data: data["artifact"].update(format="onnx"))

    said = found(repository, keys.sign())

    assert "DEPENDENCIES005  dependencies: scikit-learn: handed over with 1.9.1, uv.lock has nothing" in said


# Serving -----------------------------------------------------------------------------------------------------------


def refused(repository: Repository, key: Path | None) -> str:
    with pytest.raises(Problem) as caught:
        serving.load(repository.handoff, manifest.load(repository.handoff), key)
    return as_text(caught.value.findings)


def test_it_is_served_with_the_key_that_signed_it(repository: Repository, keys: HandedOver) -> None:
    public = keys.sign()

    model = serving.load(repository.handoff, manifest.load(repository.handoff), public)
    answer = model.answer(json.dumps([RECORD, RECORD | {"amount": 190.0}]).encode())

    assert [record["fraud"] for record in json.loads(answer.body)] == [True, True]
    assert model.inline_bytes == 0


def test_it_is_not_served_without_a_key_or_a_signature_or_with_another(
    repository: Repository, keys: HandedOver
) -> None:
    public = keys.key()[1]

    assert "SIGNATURE004" in refused(repository, public)
    keys.sign("theirs")
    assert "SIGNATURE002" in refused(repository, None)
    assert "SIGNATURE006" in refused(repository, public)
    keys.replace_manifest()
    assert "SIGNATURE005" in refused(repository, keys.key("theirs")[1])


def test_a_model_that_dies_is_a_500_and_the_next_request_is_answered(repository: Repository, keys: HandedOver) -> None:
    model = serving.load(repository.handoff, manifest.load(repository.handoff), keys.sign())
    body = json.dumps(RECORD).encode()
    whole = model.answer(body)
    predictor: Any = model._predictor
    predictor._child._process.kill()

    with pytest.raises(Refusal) as failed:
        model.answer(body)

    assert failed.value.status == 500
    assert failed.value.detail.endswith("its process was ended by signal 9; nothing was predicted")
    assert model.answer(body).body == whole.body


# What others read --------------------------------------------------------------------------------------------------


def test_the_bill_of_materials_names_format_and_trust(handed: Repository) -> None:
    bill = json.loads(sbom.render(manifest.load(handed.handoff)))

    (model,) = [part for part in bill["components"] if part["bom-ref"] == "model"]
    said = {(entry["name"], entry["value"]) for entry in model["properties"]}
    assert {("paved-road:format", "skops"), ("paved-road:trusted-type", TREE)} <= said
