"""The three contracts of the work tree, compared with those of a commit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from paved_road import documents, history
from paved_road.contracts import api, data, model
from paved_road.contracts.compatibility import of_api, of_data, of_model, versions
from paved_road.contracts.compatibility.of_data import Dataset
from paved_road.contracts.compatibility.rules import Change
from paved_road.contracts.model import ModelContract
from paved_road.documents import Document
from paved_road.findings import Finding, Problem, problem

T = TypeVar("T")
_ELSEWHERE = "name another commit, at which it can be read"


@dataclass(frozen=True)
class Comparison:
    """One contract, then and now.

    Attributes:
        path: the file.
        before: its version at the commit; None where it was not there yet.
        now: its version in the work tree.
        changes: what changed; nothing for a new file.
        also: changes of another contract that its version speaks for as well.
        line: where its version stands.
    """

    path: str
    before: str | None
    now: str
    changes: tuple[Change, ...] = ()
    also: tuple[Change, ...] = ()
    line: int | None = None

    @property
    def needed(self) -> str | None:
        """The lowest version that fits what changed; None if it may stay."""
        by = versions.bump([*self.changes, *self.also])
        return versions.needed(self.before, by) if self.before and by != "none" else None

    @property
    def findings(self) -> list[Finding]:
        """Whether the version moved far enough; that of ``api.json`` is ``model.yml``'s, which speaks for both."""
        if self.before is None or self.path == api.PATH:
            return []
        return list(versions.check(self.before, self.now, [*self.changes, *self.also], self.path, self.line))


@dataclass(frozen=True)
class Then:
    """The repository at a commit.

    Attributes:
        root: folder of the repository that holds ``contracts/``.
        ref: what people call the commit.
        commit: its name.
    """

    root: Path
    ref: str
    commit: str

    def read(self, path: str, reader: Callable[[str, str], T]) -> T | None:
        """A contract as it was; None if there was none.

        Args:
            path: the file.
            reader: makes the contract of its text, and of its name in messages.

        Raises:
            Problem: if it was there and cannot be read.
        """
        content = history.read(self.root, self.commit, path)
        if content is None:
            return None
        shown = f"{self.ref}:{path}"
        try:
            return reader(content.decode("utf-8"), shown)
        except UnicodeDecodeError as error:
            raise problem("COMPAT004", f"cannot be read: {error}", _ELSEWHERE, path=shown) from error
        except Problem as error:
            first, *more = error.findings
            fact = f"cannot be read: {first.fact}" + (f" (and {len(more)} more)" if more else "")
            raise problem("COMPAT004", fact, _ELSEWHERE, path=shown, line=first.line) from error


def compare(root: Path, ref: str) -> tuple[Then, list[Comparison], list[Finding]]:
    """Compare the contracts of the work tree with those of a commit.

    Args:
        root: folder that holds ``contracts/``.
        ref: a commit, by any name that git knows.

    Returns:
        The commit, the comparisons, and why others could not be made.

    Raises:
        Problem: if git does not know the commit, or a contract of the work tree cannot be read.
    """
    then = Then(root, ref, history.commit(root, ref))
    now = documents.load(root / model.PATH, model.PATH, "MODEL001")
    promise = model.read(now)
    unread: dict[str, tuple[Finding, ...]] = {}

    def was(path: str, reader: Callable[[str, str], T]) -> T | None:
        try:
            return then.read(path, reader)
        except Problem as error:
            unread[path] = error.findings
            return None

    former = was(model.PATH, model.parse)
    of_api_json = _api(root, was(api.PATH, _json), former, promise)
    found = [
        replace(_model(former, promise, now), also=of_api_json.changes),
        _data(root, was(data.PATH, _dataset)),
        of_api_json,
    ]
    reasons = [finding for findings in unread.values() for finding in findings]
    return then, [one for one in found if one.path not in unread], reasons


def _model(old: ModelContract | None, new: ModelContract, now: Document) -> Comparison:
    found = [*of_model.changes(old, new)] if old else []
    before = old.version if old else None
    return Comparison(model.PATH, before, new.version, _placed(found, now), line=_line(now, ("version",)))


def _data(root: Path, old: Dataset | None) -> Comparison:
    now = documents.load(root / data.PATH, data.PATH, "DATA001")
    new = Dataset(data.read(now), now)
    found = [*of_data.changes(old, new)] if old else []
    before = old.contract.version if old else None
    return Comparison(data.PATH, before, new.contract.version, _placed(found, now), line=_line(now, ("version",)))


def _api(root: Path, old: dict[str, Any] | None, former: ModelContract | None, promise: ModelContract) -> Comparison:
    try:
        new = _json((root / api.PATH).read_text(encoding="utf-8"), api.PATH)
    except (OSError, UnicodeDecodeError, Problem) as error:
        raise Problem(*api.check(root / api.PATH, promise)) from error
    found = [*of_api.changes(old, new, (former, promise))] if old else []
    return Comparison(api.PATH, _version(old) if old else None, _version(new), tuple(found))


def _dataset(text: str, shown: str) -> Dataset:
    document = documents.parse(text, shown, "DATA001")
    return Dataset(data.read(document), document)


def _json(text: str, shown: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise problem("API001", str(error), path=shown) from error


def _version(document: dict[str, Any]) -> str:
    info = document.get("info")
    return str(info.get("version", "")) if isinstance(info, dict) else ""


def _placed(found: list[Change], document: Document) -> tuple[Change, ...]:
    return tuple(msgspec.structs.replace(change, line=_line(document, change.at)) for change in found)


def _line(document: Document, at: documents.Key) -> int | None:
    """Line of a value or of its nearest parent; None if only the whole file is left."""
    while at and at not in document.lines:
        at = at[:-1]
    return document.lines[at] if at else None
