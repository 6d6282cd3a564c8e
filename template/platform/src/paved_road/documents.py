"""YAML files that know their lines, so that a finding can point at one."""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs
import msgspec
import yaml

from paved_road import deprecation
from paved_road.findings import Finding, Problem, problem, short

Key = tuple[str | int, ...]
T = TypeVar("T")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 100
_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks to YAML, which it would fold into spaces anywhere but in double quotes."""
_EXACT = 2**53
"""Beyond it whole numbers are rounded by whoever reads them as floating-point ones."""
_LONGEST = 400
"""Characters of a number; of many thousands PyYAML would reckon for minutes."""
_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "map", "seq"))


@dataclass(frozen=True)
class Document:
    """A parsed YAML file.

    Attributes:
        path: the file as it is shown to people.
        data: its content, as plain Python values.
        lines: line (from 1) of every mapping value and list item, by its path of keys.
    """

    path: str
    data: Any
    lines: dict[Key, int]

    def line(self, *keys: str | int) -> int:
        """Line of a value; of its nearest known parent if the value is missing; 0 if no line is known."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 0)

    def finding(self, code: str, keys: Key, fact: str, remedy: str = "") -> Finding:
        """A finding at a key of this document."""
        return Finding(code=code, fact=fact, remedy=remedy, path=self.path, line=self.line(*keys))


def load(file: Path, shown: str, code: str) -> Document:
    """Read a YAML file.

    Args:
        file: where it is.
        shown: its path in messages.
        code: code of the finding when it cannot be read.

    Raises:
        Problem: missing, no file, not UTF-8, not YAML, a key written twice, or not a mapping.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise problem(code, "is missing", "restore it from git", path=shown) from None
    except (OSError, UnicodeDecodeError) as error:
        raise problem(code, f"cannot be read: {error}", "it must be a text file in UTF-8", path=shown) from error
    return parse(text, shown, code)


def parse(text: str, shown: str, code: str) -> Document:
    """As `load`, from text."""
    loader = _Loader(text)
    try:
        _refuse_tricks(text, shown, code)
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise problem(code, "is not a mapping of keys to values", "see the template's file", path=shown)
        lines: dict[Key, int] = {(): 1}
        _index(node, (), lines, shown, code, loader)
        data = loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark else None
        tabbed = mark and re.match(r" *\t", "".join(text.split("\n")[mark.line : mark.line + 1]))
        remedy = "indent it with spaces: YAML takes no tabs" if tabbed else "mend that line"
        raise problem(code, f"is not YAML: {reason}", remedy, path=shown, line=line) from error
    finally:
        loader.dispose()
    return Document(shown, data, lines)


def _refuse_tricks(text: str, shown: str, code: str) -> None:
    """An alias can unfold to gigabytes, and hides from a reader what a key holds; deep nesting breaks the parser."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        line = event.start_mark.line + 1 if event.start_mark else None
        if isinstance(event, yaml.AliasEvent):
            raise problem(code, f"uses the YAML alias *{event.anchor}", "write the value out", path=shown, line=line)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise problem(code, "is nested too deeply", f"stay within {_DEEPEST} levels", path=shown, line=line)


def _index(node: yaml.Node, keys: Key, lines: dict[Key, int], shown: str, code: str, loader: Any) -> None:
    if node.tag not in _TAGS:
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        fact = f"{_named(keys)} is read as {kind}, which JSON does not have"
        raise problem(code, fact, "write it in quotes", path=shown, line=node.start_mark.line + 1)
    if isinstance(node, yaml.ScalarNode) and not _holds(node, loader):
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        fact = f"{_named(keys)} is read as {kind}, and {short(node.value, 40)!r} is none that every JSON reader takes"
        raise problem(code, fact, "mend it, or write it in quotes", path=shown, line=node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            if key_node.tag != "tag:yaml.org,2002:str":
                fact = f"the key {short(str(key_node.value), 100)!r} is not text"
                raise problem(code, fact, "write it in quotes", path=shown, line=line)
            key = str(key_node.value)
            path = (*keys, key)
            if path in lines:
                fact = f"key {short(key, 100)!r} is written twice (first on line {lines[path]})"
                raise problem(code, fact, "keep one", path=shown, line=line)
            lines[path] = line
            _index(value, path, lines, shown, code, loader)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            path = (*keys, position)
            lines[path] = value.start_mark.line + 1
            _index(value, path, lines, shown, code, loader)


def _named(keys: Key) -> str:
    return short(".".join(map(str, keys)), 100) or "the file"


def _holds(node: yaml.ScalarNode, loader: Any) -> bool:
    """Whether a value is of the kind that its tag says, and a number one that every reader reads alike."""
    kind = node.tag.rpartition(":")[2]
    if kind in ("int", "float") and len(node.value) > _LONGEST:
        return False
    try:
        value = loader.construct_object(node)
    except (yaml.YAMLError, ValueError, LookupError):
        return False
    if kind == "int":
        return bool(abs(value) <= _EXACT)
    return kind != "float" or math.isfinite(value)


def check_schema(
    document: Document, schema: dict[str, Any], code: str, remedy: str = "see the schema named on line 1"
) -> None:
    """Hold a document against a JSON Schema, and warn of what is to go.

    Raises:
        Problem: with one finding for each violation, at its line and key.
    """
    findings = []
    for error in jsonschema_rs.validator_for(schema).iter_errors(document.data):
        keys = tuple(error.instance_path)
        findings.append(document.finding(code, keys, f"{_named(keys)}: {short(error.message)}", remedy))
    if findings:
        raise Problem(*findings)
    deprecation.warn(document.path, document.data, document.line)


def convert(data: Any, kind: type[T], document: Document, code: str, remedy: str = "write 8, not 8.0") -> T:
    """Content as its type; a JSON Schema takes 8.0 for a whole number, and the types do not.

    Raises:
        Problem: of another type, at its line.
    """
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$")
        keys = [key or int(number) for key, number in re.findall(r"\.([\w-]+)|\[(\d+)\]", place)]
        raise Problem(document.finding(code, tuple(keys), f"{_named(tuple(keys))}: {said}", remedy)) from error


def digest(data: Any) -> str:
    """SHA-256 of what a document says, whatever its comments, layout and line endings."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, and every value written out where it stands."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _OTHER_BREAKS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def render(document: Any) -> str:
    """YAML that people can read, its keys in the order given."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=10_000, allow_unicode=True))
