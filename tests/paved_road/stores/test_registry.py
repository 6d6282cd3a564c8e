"""The registry's rules on MLflow's own SQLite registry, and what a team sees of `road registry`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from paved_road import project
from paved_road.findings import Problem
from paved_road.handoff.registration import version_of
from paved_road.stores import registry, registry_process
from paved_road.stores.registry import Entry, Registry, Version
from paved_road.stores.registry_process import Model, Refusal
from serving_examples import CLASSIFICATION, contract, hand_over

if TYPE_CHECKING:
    from mlflow import MlflowClient


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mlflow") / "mlflow.db"


@pytest.fixture(scope="session")
def client(database: Path) -> "MlflowClient":
    from mlflow import MlflowClient

    uri = f"sqlite:///{database}"
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


@pytest.fixture
def model(client: "MlflowClient", request: pytest.FixtureRequest) -> Model:
    """A model of the test's own."""
    return Model(client, request.node.name)


def version(model: Model, seal: str) -> Version:
    source = f"git://git.example.com/acme/fraud.git@{seal * 40}#subdirectory=handoff"
    return Version(name=model.name, source=source, run="", description="", seal=seal, tags={"handoff.run": ""})


def aliases(entries: list[Entry]) -> dict[str, str]:
    """Which seal each alias is on."""
    return {alias: entry.seal for entry in entries for alias in entry.aliases}


def promoted(model: Model, *seals: str) -> list[Entry]:
    """The versions after these were registered and promoted, one after another."""
    for seal in seals:
        registry_process.register(model, version(model, seal))
        registry_process.promote(model, seal)
    return model.entries()


# Rules ------------------------------------------------------------------------
def test_a_registered_handoff_is_the_candidate(model: Model) -> None:
    (entry,) = registry_process.register(model, version(model, "a"))

    assert (entry.version, entry.aliases, entry.seal) == (1, ["candidate"], "a")
    assert entry.tags == {"handoff.seal": "a", "handoff.run": ""}


def test_the_same_handoff_gets_no_second_version(model: Model) -> None:
    registry_process.register(model, version(model, "a"))

    (entry,) = registry_process.register(model, version(model, "a"))

    assert [kept.version for kept in model.entries()] == [entry.version] == [1]


def test_a_champion_that_is_registered_again_stays_the_champion(model: Model) -> None:
    promoted(model, "a")

    registry_process.register(model, version(model, "a"))

    assert aliases(model.entries()) == {"champion": "a"}


def test_promote_moves_candidate_to_champion_and_champion_to_previous(model: Model) -> None:
    first = aliases(promoted(model, "a"))
    second = aliases(promoted(model, "b"))
    third = aliases(promoted(model, "c"))

    assert first == {"champion": "a"}
    assert second == {"champion": "b", "previous": "a"}
    assert third == {"champion": "c", "previous": "b"}


def test_rollback_is_the_reverse_of_promote(model: Model) -> None:
    promoted(model, "a", "b")

    back = registry_process.rollback(model)
    again = registry_process.promote(model, "b")

    assert aliases(back) == {"champion": "a", "candidate": "b"}
    assert aliases(again) == {"champion": "b", "previous": "a"}


def test_rollback_leaves_a_newer_candidate_alone(model: Model) -> None:
    promoted(model, "a", "b")
    registry_process.register(model, version(model, "c"))

    back = registry_process.rollback(model)

    assert aliases(back) == {"champion": "a", "candidate": "c"}


def test_a_handoff_that_was_reverted_to_can_be_promoted_again(model: Model) -> None:
    promoted(model, "a", "b")

    registry_process.register(model, version(model, "a"))
    again = registry_process.promote(model, "a")

    assert aliases(again) == {"champion": "a", "previous": "b"}


@pytest.mark.parametrize("last", ["previous", "champion", "candidate"])
def test_a_promotion_that_was_stopped_half_way_can_be_finished_or_rolled_back(model: Model, last: str) -> None:
    promoted(model, "a")
    registry_process.register(model, version(model, "b"))
    stopped = StopsAfter(model, last)

    with pytest.raises(KeyboardInterrupt):
        registry_process.promote(stopped, "b")
    assert "champion" in aliases(model.entries())
    if last == "previous":
        registry_process.promote(model, "b")

    assert aliases(model.entries()).items() >= {"champion": "b", "previous": "a"}.items()
    assert aliases(registry_process.rollback(model)) == {"champion": "a", "candidate": "b"}


class StopsAfter(Model):
    """A model whose process is stopped after it moved one alias."""

    def __init__(self, model: Model, last: str) -> None:
        super().__init__(model._client, model.name)
        self._last = last

    def name_it(self, alias: str, entry: Entry) -> None:
        super().name_it(alias, entry)
        self._stop(alias)

    def drop(self, alias: str) -> None:
        super().drop(alias) if alias != self._last else None
        self._stop(alias)

    def _stop(self, alias: str) -> None:
        if alias == self._last:
            raise KeyboardInterrupt


def test_promote_refuses_the_champion(model: Model) -> None:
    promoted(model, "a")

    with pytest.raises(Refusal, match="is already the champion"):
        registry_process.promote(model, "a")


def test_promote_refuses_a_candidate_that_is_another_handoff(model: Model) -> None:
    registry_process.register(model, version(model, "a"))

    with pytest.raises(Refusal, match="is another handoff than this repository's") as refusal:
        registry_process.promote(model, "b")

    assert f"check out git://git.example.com/acme/fraud.git@{'a' * 40}" in refusal.value.said["remedy"]
    assert aliases(model.entries()) == {"candidate": "a"}


def test_promote_refuses_without_candidate(model: Model) -> None:
    promoted(model, "a")

    with pytest.raises(Refusal, match="has the alias candidate"):
        registry_process.promote(model, "b")


def test_rollback_refuses_without_previous(model: Model) -> None:
    promoted(model, "a")

    with pytest.raises(Refusal, match="has the alias previous: there is nothing to go back to"):
        registry_process.rollback(model)


def test_a_model_that_is_not_registered_is_named(model: Model) -> None:
    with pytest.raises(Refusal, match="is registered") as refusal:
        model.entries()

    assert refusal.value.said["remedy"] == "run `road registry register`"


# Releases ---------------------------------------------------------------------
NOTE = {"release.20260301T120000Z.prod": "promote by Ada: better"}


def released(model: Model, seal: str, before: str = "", former: str = "", live: bool = True) -> list[Entry]:
    return registry_process.release(model, version(model, seal), NOTE, live, before, former)


def test_a_release_moves_the_aliases_and_says_who_when_and_why(model: Model) -> None:
    promoted(model, "a")

    entries = released(model, "b", before="a")

    assert aliases(entries) == {"champion": "b", "previous": "a"}
    assert entries[0].tags.items() >= NOTE.items()
    assert not entries[1].tags.keys() & NOTE.keys()


def test_what_was_gone_back_from_is_the_candidate_and_nothing_is_left_before(model: Model) -> None:
    promoted(model, "a", "b")

    entries = released(model, "a", former="b")

    assert aliases(entries) == {"champion": "a", "candidate": "b"}


def test_a_release_that_was_told_already_changes_nothing(model: Model) -> None:
    promoted(model, "a")

    once, twice = released(model, "b", before="a"), released(model, "b", before="a")

    assert once == twice


def test_another_environment_moves_no_alias(model: Model) -> None:
    promoted(model, "a")

    entries = released(model, "b", before="a", live=False)

    assert aliases(entries) == {"champion": "a"}
    assert entries[0].tags.items() >= NOTE.items()


# What is registered -----------------------------------------------------------
@pytest.mark.parametrize(
    ("remote", "source"),
    [
        ("https://git.example.com/acme/fraud.git", "git://git.example.com/acme/fraud.git@"),
        ("https://user:token@git.example.com/acme/fraud", "git://git.example.com/acme/fraud@"),
        ("git@git.example.com:acme/fraud.git", "git://git.example.com/acme/fraud.git@"),
        ("ssh://git@git.example.com:2222/acme/fraud", "git://git.example.com:2222/acme/fraud@"),
        ("/srv/git/fraud.git", "git:///"),
        ("", "git:///"),
    ],
)
def test_the_source_is_where_others_find_the_handoff(tmp_path: Path, remote: str, source: str) -> None:
    manifest = hand_over(tmp_path, contract())

    named = version_of(manifest, "c" * 40, remote, "handoff")

    assert named.source == f"{source}{'c' * 40}#subdirectory=handoff"


def test_the_tags_say_what_people_look_for(tmp_path: Path) -> None:
    manifest = hand_over(tmp_path, contract())

    named = version_of(manifest, "c" * 40, "", "handoff")

    assert (named.name, named.seal) == ("card-fraud", manifest.seal)
    assert named.tags == {
        "handoff.artifact_sha256": manifest.artifact.file.sha256,
        "handoff.contract_version": "1.2.0",
        "handoff.commit": "c" * 40,
        "handoff.trained_from": "0" * 40,
        "handoff.run": "",
    }


# What a team sees -------------------------------------------------------------
@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository with a committed handoff."""
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    for file in hand_over(root / "handoff", contract()).files:
        (root / "handoff" / file.path).touch()
    (root / "pyproject.toml").write_text('[tool.paved-road]\npackage = "m"\n')
    (root / ".gitignore").write_text(".road/\n")
    (root / "contracts").mkdir()
    promise = {key: value for key, value in CLASSIFICATION.items() if value is not None}
    (root / "contracts" / "model.yml").write_text(json.dumps(promise))
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Hand over"]):
        person = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *person, *command], cwd=root, check=True)
    yield root


def road(repository: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "paved_road", "registry", *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True)


def test_a_handoff_is_registered_and_promoted(repository: Path, database: Path, client: "MlflowClient") -> None:
    (repository / ".road").mkdir()
    shutil.copy(database, repository / ".road" / "mlflow.db")  # whose tables take seconds to make

    registered = road(repository, "register")
    promotion = road(repository, "promote", "--json")

    assert registered.stdout == "card-fraud version 1 is registered: candidate\n", registered.stderr
    (entry,) = msgspec.json.decode(promotion.stdout)["versions"]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, text=True).stdout.strip()
    assert entry["source"] == f"git:///{head}#subdirectory=handoff"
    assert entry["aliases"] == ["champion"]


@pytest.mark.parametrize("verb", ["register", "promote"])
def test_a_handoff_that_does_not_hold_is_refused(repository: Path, verb: str) -> None:
    artifact = next((repository / "handoff").glob("model-*"))
    artifact.write_bytes(artifact.read_bytes()[:-1] + b"!")

    done = road(repository, verb)

    assert done.returncode == 1
    assert "artifact: model has digest" in done.stderr
    assert not (repository / ".road" / "mlflow.db").exists()


def test_a_handoff_that_is_not_committed_is_refused(repository: Path) -> None:
    hand_over(repository / "handoff", contract(version="2.0.0"))

    done = road(repository, "register")

    assert done.returncode == 1
    assert "handoff/manifest.json  GIT003  is not committed as it stands" in done.stderr


def test_a_registry_that_is_away_is_named_without_its_password(
    repository: Path, nobody_listens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://user:secret@{nobody_listens}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    done = road(repository, "show")

    assert done.returncode == 1
    assert f"the registry at http://{nobody_listens} could not be asked" in done.stderr
    assert "secret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_registry_that_never_answers_is_given_up_on(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.1)
    here = project.find(repository)

    with pytest.raises(Problem, match=r"it did not answer within 0.1 s"):
        Registry(here.root, here.settings).show("card-fraud")


@pytest.mark.parametrize(
    ("variables", "used"),
    [
        ({}, "sqlite:///.road/mlflow.db"),
        ({"MLFLOW_TRACKING_URI": "http://tracking.example.com"}, "http://tracking.example.com"),
        (
            {"MLFLOW_TRACKING_URI": "http://tracking.example.com", "MLFLOW_REGISTRY_URI": "http://u:p@a.example.com"},
            "http://a.example.com",
        ),
    ],
)
def test_the_environment_alone_names_the_registry(
    repository: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], used: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    here = project.find(repository)

    assert Registry(here.root, here.settings).shown == used
