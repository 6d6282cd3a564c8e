"""The four kinds of documents that people and machines write, and what each is held against from outside."""

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import yaml
from jsonschema import TypeChecker, ValidationError, validators
from jsonschema.protocols import Validator
from paved_road import documents
from paved_road.contracts import agreement, api, data, data_rules, model
from paved_road.findings import refused
from paved_road.handoff import manifest
from paved_road.ownership import lint, raci
from paved_road.ownership.derive.files import derive

from ..contracts import contracts_examples
from ..handoff.handoff_examples import sealed
from ..handoff.provenance_examples import handed_over
from ..monitoring.conftest import WITH_ALERTS
from ..ownership.conftest import MATRIX
from ..serving.serving_examples import REGRESSION, contract

DEEPEST = 100


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        path: where a repository has it.
        valid: documents that are right.
        schema: what is published of it.
        load: as every command reads it.
        use: what is then made of it; it may refuse in words as well.
        beyond: codes of the refusals of what no schema can say.
        seal: what whoever changes it does last.
        exact: whether what is loaded holds all that was written.
    """

    path: str
    valid: list[Any]
    schema: dict[str, Any]
    load: Callable[[Path], Any]
    use: Callable[[Any, Path], object]
    beyond: tuple[str, ...]
    seal: Callable[[Any], Any] = lambda content: content
    exact: bool = True

    def write(self, content: Any) -> bytes:
        """As a file."""
        if self.path.endswith(".json"):
            return json.dumps(content, indent=2).encode()
        return documents.render(content).encode(errors="surrogatepass")

    def holds(self, content: Any) -> bool:
        """Whether this kind of file can hold it; what people write is also not rounded."""
        return is_json(content) and depth(content) <= DEEPEST and (self.path == manifest.PATH or is_exact(content))

    @property
    def texts(self) -> list[str]:
        return [self.write(content).decode() for content in self.valid]


def _used_model(promise: model.ModelContract, root: Path) -> object:
    return api.render(promise), list(agreement.check(promise, _data()))


def _used_data(promised: data.DataContract, root: Path) -> object:
    return data_rules.to_pandera(promised), list(
        agreement.check(contracts_examples.promise("classification"), promised)
    )


def _used_raci(matrix: raci.Raci, root: Path) -> object:
    return refused(lint.check_matrix(matrix)) or derive(matrix, root)


@cache
def _data() -> data.DataContract:
    return data.load(contracts_examples.CONTRACTS / "data.yml")


def _sealed(content: Any) -> Any:
    """Sealed by whoever changed it, if it can be."""
    with suppress(ValueError, RecursionError):
        return sealed(content) if isinstance(content, dict) else content
    return content


@cache
def kind(name: str) -> Kind:
    return {"model contract": _model, "data contract": _data_kind, "RACI": _raci, "manifest": _manifest}[name]()


NAMES = ["model contract", "data contract", "RACI", "manifest"]


def _model() -> Kind:
    written = [json.loads(json.dumps(msgspec.to_builtins(each))) for each in (contract(), contract(REGRESSION))]
    return Kind(
        path=model.PATH,
        valid=[*(yaml.safe_load(contracts_examples.text(task)) for task in ("classification", "regression")), *written],
        schema=model.schema(),
        load=model.load,
        use=_used_model,
        beyond=("MODEL003", "MODEL004"),
    )


def _data_kind() -> Kind:
    small = contracts_examples.data_text(rules="[{metric: rowCount, mustBeBetween: [1, 9]}]")
    return Kind(
        path=data.PATH,
        valid=[yaml.safe_load(text) for text in ((contracts_examples.CONTRACTS / "data.yml").read_text(), small)],
        schema=json.loads(files("open_data_contract_standard").joinpath("schema.json").read_bytes()),
        load=data.load,
        use=_used_data,
        beyond=("DATA003",),
        exact=False,
    )


def _raci() -> Kind:
    return Kind(
        path=raci.PATH,
        valid=[yaml.safe_load(MATRIX), yaml.safe_load(WITH_ALERTS)],
        schema=raci.schema(),
        load=raci.load,
        use=_used_raci,
        beyond=(),
    )


def _manifest() -> Kind:
    with TemporaryDirectory() as folder:
        made = handed_over(Path(folder))
        content = json.loads((made.folder / "manifest.json").read_bytes())
    return Kind(
        path=manifest.PATH,
        valid=[content],
        schema=manifest.schema(),
        load=lambda file: manifest.load(file.parent),
        use=lambda loaded, root: manifest.render(loaded),
        beyond=("HANDOFF003", "HANDOFF005", "HANDOFF019", "MODEL003", "MODEL004"),
        seal=_sealed,
    )


# What is said, from outside ------------------------------------------------------------------------------------------


def is_json(content: Any) -> bool:
    """Whether JSON, and whoever reads it in another language, can hold it."""
    match content:
        case dict():
            return all(isinstance(key, str) and is_json(key) and is_json(value) for key, value in content.items())
        case list():
            return all(map(is_json, content))
        case str():
            return not re.search(r"[\ud800-\udfff]", content)
        case float():
            return math.isfinite(content)
        case int():
            return -(2**63) <= content < 2**64
        case _:
            return content is None


def is_exact(content: Any) -> bool:
    """Whether no whole number in it is rounded by whoever reads it as a floating-point one."""
    items = content.values() if isinstance(content, dict) else content if isinstance(content, list) else None
    return all(map(is_exact, items)) if items is not None else not isinstance(content, int) or abs(content) <= 2**53


def depth(content: Any) -> int:
    items = list(content.values()) if isinstance(content, dict) else content if isinstance(content, list) else None
    return 0 if items is None else 1 + max(map(depth, items), default=0)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """`$` is the end, as in JSON Schema; Python's also comes before a last line break."""
    if isinstance(instance, str) and not re.search(re.sub(r"(?<!\\)\$$", r"\\Z", pattern), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _enum(validator: Any, values: list[Any], instance: Any, schema: Any) -> Iterator[ValidationError]:
    """2.0 is not 2, and true is not 1."""
    if not any(type(value) is type(instance) and value == instance for value in values):
        yield ValidationError(f"{instance!r} is none of {values}")


def _whole(checker: TypeChecker, instance: Any) -> bool:
    """8.0 is written as a fraction: the types do not take it where a whole number is meant."""
    return isinstance(instance, int) and not isinstance(instance, bool)


def validator(schema: dict[str, Any]) -> Validator:
    """Another validator than the one in the code."""
    usual: Any = validators.validator_for(schema)
    strict: Any = validators.extend(
        usual, {"pattern": _pattern, "enum": _enum}, type_checker=usual.TYPE_CHECKER.redefine("integer", _whole)
    )
    made: Validator = strict(schema)
    return made


def says(loaded: Any, content: Any) -> bool:
    """Whether what was loaded says all that was written."""
    match loaded:
        case msgspec.Struct():
            fields = {field.encode_name: field.name for field in msgspec.structs.fields(loaded)}
            return isinstance(content, dict) and all(
                key in fields and says(getattr(loaded, fields[key]), value) for key, value in content.items()
            )
        case dict():
            return loaded.keys() == content.keys() and all(says(loaded[key], content[key]) for key in loaded)
        case list():
            return len(loaded) == len(content) and all(map(says, loaded, content))
        case _:
            rounded = float(content) if isinstance(loaded, float) and isinstance(content, int) else content
            return isinstance(loaded, bool) == isinstance(content, bool) and bool(loaded == rounded)


def same(one: Any, other: Any) -> bool:
    """Whether two contents are one, to the kind of every number."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
