"""The far end of `registry`, run as a program: reads one line of JSON (what to do), prints one (what is now so).

Aliases are moved one after another, in an order in which being stopped between two loses nothing: there is always a
champion, and the same verb again finishes what it began.
"""

import json
import sys
from typing import TYPE_CHECKING, Any

import msgspec

from paved_road.stores.mlflow_client import quick_to_give_up, without_secrets
from paved_road.stores.registry import Entry, Version

if TYPE_CHECKING:
    from mlflow import MlflowClient

SEAL = "handoff.seal"


class Refusal(Exception):
    """The registry was reached, and what it holds stands against the wish."""

    def __init__(self, code: str, fact: str, remedy: str) -> None:
        super().__init__(fact)
        self.said = {"code": code, "fact": fact, "remedy": remedy}


class Model:
    """A registered model."""

    def __init__(self, client: "MlflowClient", name: str) -> None:
        self._client = client
        self.name = name

    def entries(self) -> list[Entry]:
        """Every version, the newest first."""
        found = self._client.search_model_versions(f"name = '{self.name}'", max_results=1000)
        if not found:
            raise Refusal("REGISTRY002", f"no version of {self.name} is registered", "run `road registry register`")
        aliases = self._client.get_registered_model(self.name).aliases
        entries = [
            Entry(
                version=int(version.version),
                aliases=sorted(alias for alias, holder in aliases.items() if int(holder) == int(version.version)),
                source=version.source or "",
                seal=version.tags.get(SEAL, ""),
                tags=version.tags,
            )
            for version in found
        ]
        return sorted(entries, key=lambda entry: -entry.version)

    def called(self, alias: str) -> Entry | None:
        """The version with an alias."""
        return next((entry for entry in self.entries() if alias in entry.aliases), None)

    def sealed(self, seal: str) -> Entry | None:
        """The version of a handoff; none for an empty seal."""
        return next((entry for entry in self.entries() if seal and entry.seal == seal), None)

    def name_it(self, alias: str, entry: Entry) -> None:
        self._client.set_registered_model_alias(self.name, alias, str(entry.version))

    def drop(self, alias: str) -> None:
        self._client.delete_registered_model_alias(self.name, alias)

    def note(self, entry: Entry, tags: dict[str, str]) -> None:
        for key, value in tags.items():
            self._client.set_model_version_tag(self.name, str(entry.version), key, value)

    def add(self, version: Version) -> None:
        """A new version; the model too if it is the first."""
        if not self._client.search_registered_models(f"name = '{self.name}'"):
            self._client.create_registered_model(self.name)
        self._client.create_model_version(
            self.name,
            version.source,
            run_id=version.run or None,
            tags={SEAL: version.seal, **version.tags},
            description=version.description,
            await_creation_for=0,
        )


def register(model: Model, version: Version) -> list[Entry]:
    """See `registry.Registry.register`."""
    known = _known(model, version)
    if "champion" not in known.aliases:
        model.name_it("candidate", known)
    return [entry for entry in model.entries() if entry.version == known.version]


def _known(model: Model, version: Version) -> Entry:
    """The entry of a handoff; a new one if it has none."""
    try:
        return model.sealed(version.seal) or _added(model, version)
    except Refusal:
        return _added(model, version)


def _added(model: Model, version: Version) -> Entry:
    model.add(version)
    return next(entry for entry in model.entries() if entry.seal == version.seal)


def promote(model: Model, seal: str) -> list[Entry]:
    """See `registry.Registry.promote`."""
    champion, candidate = model.called("champion"), model.called("candidate")
    if champion and champion.seal == seal:
        fact = f"version {champion.version} of {model.name} is already the champion"
        raise Refusal("REGISTRY003", fact, "nothing is left to do")
    if not candidate:
        fact = f"no version of {model.name} has the alias candidate"
        raise Refusal("REGISTRY004", fact, "run `road registry register`")
    if candidate.seal != seal:
        fact = f"the candidate of {model.name}, version {candidate.version}, is another handoff than this repository's"
        raise Refusal("REGISTRY005", fact, f"check out {candidate.source}, or run `road registry register` here")
    if champion:
        model.name_it("previous", champion)
    model.name_it("champion", candidate)
    model.drop("candidate")
    return model.entries()


def rollback(model: Model) -> list[Entry]:
    """See `registry.Registry.rollback`."""
    champion, previous = model.called("champion"), model.called("previous")
    if not previous:
        fact = f"no version of {model.name} has the alias previous: there is nothing to go back to"
        raise Refusal("REGISTRY004", fact, "register and promote the handoff that should be served")
    if champion and champion != previous and not model.called("candidate"):
        model.name_it("candidate", champion)
    model.name_it("champion", previous)
    model.drop("previous")
    return model.entries()


def release(model: Model, version: Version, note: dict[str, str], live: bool, before: str, former: str) -> list[Entry]:
    """See `registry.Registry.release`."""
    entry = _known(model, version)
    if live:
        earlier, left = model.sealed(before), model.sealed(former)
        model.name_it("champion", entry)
        if earlier and earlier != entry:
            model.name_it("previous", earlier)
        elif model.called("previous"):
            model.drop("previous")
        candidate = model.called("candidate")
        if candidate and candidate.version == entry.version:
            model.drop("candidate")
        elif left and not candidate:
            model.name_it("candidate", left)
    model.note(entry, note)
    return model.entries()


def _do(wish: dict[str, Any]) -> list[Entry]:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=wish["uri"], registry_uri=wish["uri"])
    match wish["verb"]:
        case "register":
            version = msgspec.convert(wish["version"], Version)
            return register(Model(client, version.name), version)
        case "promote":
            return promote(Model(client, wish["name"]), wish["seal"])
        case "rollback":
            return rollback(Model(client, wish["name"]))
        case "release":
            version = msgspec.convert(wish["version"], Version)
            return release(
                Model(client, version.name), version, wish["note"], wish["live"], wish["before"], wish["former"]
            )
        case _:
            return Model(client, wish["name"]).entries()


def _main() -> None:
    quick_to_give_up()
    wish = json.loads(sys.stdin.readline())
    answer: dict[str, Any]
    try:
        answer = {"entries": msgspec.to_builtins(_do(wish))}
    except Refusal as refusal:
        answer = {"refusal": refusal.said}
    except ImportError as error:
        answer = {"error": f"{error}; it comes with the environment that trains"}
    except Exception as error:
        answer = {"error": without_secrets(" ".join(str(error).split()), wish["uri"])[:300]}
    print(json.dumps(answer))


if __name__ == "__main__":
    _main()
