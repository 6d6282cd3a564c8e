"""``spec.owner`` in ``catalog-info.yaml``, whose rest is people's: the team that answers for ``deploy/``.

Of the system it is the team that answers for ``README.md``.
"""

from pathlib import Path

import yaml

from paved_road.findings import problem
from paved_road.ownership import lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = "catalog-info.yaml"
_SYSTEM = "README.md"
"""The file whose owner answers for the whole: what the system is for stands in it."""


def render(raci: Raci, root: Path) -> str:
    """The text of the file with the owners put in their places, and not one other character changed.

    Raises:
        Problem: the file cannot be read as YAML, or its first entity has no ``spec.owner``.
    """
    text = _read(root / PATH)
    for kind, node in reversed(_owners(text)):
        role = lookup.accountable(raci, _SYSTEM) if kind == "System" else lookup.operator(raci)
        owner = template.render("catalog.j2", team=role.team)
        if node.value != owner:
            text = _replaced(text, node, owner)
    return text


def _replaced(text: str, node: yaml.ScalarNode, owner: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    if text[start] in "&!|>":
        fact = "spec.owner is written with an anchor, a tag or as a block"
        raise problem("OWNERS002", fact, "write it as plain text", path=PATH, line=node.start_mark.line + 1)
    return f'{text[:start]}"{owner}"{text[end:]}'


def _read(file: Path) -> str:
    try:
        # Bytes, for reading as text would change the ends of lines.
        return file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise problem("OWNERS002", f"cannot be read: {error}", "it must be a text file in UTF-8", path=PATH) from error


def _owners(text: str) -> list[tuple[str, yaml.ScalarNode]]:
    """Where the owner of this service stands, in the first entity and in those of the same name; with their kinds."""
    entities = _entities(text)
    names = [_value(_scalar(entity, "metadata", "name")) for entity in entities]
    if not entities or names[0] is None or _scalar(entities[0], "spec", "owner") is None:
        remedy = "write metadata.name, and spec.owner with any value; `road raci sync` puts the right one there"
        raise problem("OWNERS002", "the first entity has no name or no owner", remedy, path=PATH, line=1)
    ours = [entity for entity, name in zip(entities, names, strict=True) if name == names[0]]
    kinds = [_value(_scalar(entity, "kind")) or "" for entity in ours]
    owners = [_scalar(entity, "spec", "owner") for entity in ours]
    return [(kind, owner) for kind, owner in zip(kinds, owners, strict=True) if owner is not None]


def _entities(text: str) -> list[yaml.Node]:
    try:
        return [entity for entity in yaml.compose_all(text, yaml.SafeLoader) if entity is not None]
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error) or "nested too deeply"
        line = mark.line + 1 if mark else None
        raise problem("OWNERS002", f"is not YAML: {reason}", "mend that line", path=PATH, line=line) from error


def _value(node: yaml.ScalarNode | None) -> str | None:
    return None if node is None else str(node.value)


def _scalar(node: yaml.Node | None, *keys: str) -> yaml.ScalarNode | None:
    """What stands under these keys, if it is a scalar."""
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node if isinstance(node, yaml.ScalarNode) else None
