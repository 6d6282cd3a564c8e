"""Changes letters in the text of ``raci.yml`` and leaves every other character as it is."""

from collections.abc import Iterator

import yaml

from paved_road.findings import problem
from paved_road.ownership.raci import PATH

_WIDTH = 120
Edit = tuple[int, int, str]


def apply(text: str, changed: dict[str, dict[str, str]], added: dict[str, tuple[str, dict[str, str]]]) -> str:
    """The text with the letters of some entries changed, and with activities added at the end of theirs.

    Args:
        text: of ``raci.yml``, which is known to keep its schema.
        changed: by the name of an activity or request, all of its letters.
        added: by the name of a new activity, its loop and its letters.
    """
    root = yaml.compose(text, yaml.SafeLoader)
    edits = [
        edit
        for section in ("activities", "requests")
        for name, entry in _pairs(_under(root, section))
        if name.value in changed
        for edit in _letters(text, _under(entry, "letters"), changed[name.value])
    ]
    if added:
        edits.append(_added(text, _under(root, "activities"), added))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _letters(text: str, node: yaml.Node | None, wanted: dict[str, str]) -> Iterator[Edit]:
    pairs = {key.value: (key, value) for key, value in _pairs(node)}
    if not isinstance(node, yaml.MappingNode):
        return
    if set(pairs) == set(wanted):
        for role, (_, value) in pairs.items():
            if value.value != wanted[role]:
                yield value.start_mark.index, value.end_mark.index, wanted[role]
    elif node.flow_style:
        yield (
            node.start_mark.index,
            node.end_mark.index,
            _flow(wanted, node.start_mark.column).replace("\n", _newline(text)),
        )
    else:
        yield _block(text, list(pairs.values()), wanted)


def _block(text: str, pairs: list[tuple[yaml.Node, yaml.Node]], wanted: dict[str, str]) -> Edit:
    """Letters of which each has its line: a line that stays keeps its comment."""
    first, last = pairs[0][0], pairs[-1][1]
    starts = [key.start_mark.index for key, _ in pairs]
    end = _end_of_line(text, last.end_mark.index)
    lines = []
    for (key, value), start, stop in zip(pairs, starts, [*starts[1:], end], strict=True):
        if key.value in wanted:
            after = text[value.end_mark.index : stop].rstrip()
            lines.append(text[start : value.start_mark.index] + wanted[key.value] + after)
    known = {key.value for key, _ in pairs}
    lines += [f"{role}: {letter}" for role, letter in wanted.items() if role not in known]
    return starts[0], end, (_newline(text) + " " * first.start_mark.column).join(lines)


def _flow(letters: dict[str, str], column: int) -> str:
    """Letters between braces, on as many lines as they need."""
    lines = ["{"]
    for number, (role, letter) in enumerate(letters.items(), start=1):
        item = f"{role}: {letter}" + ("}" if number == len(letters) else ", ")
        if len(lines[-1].rstrip()) + len(item.rstrip()) > _WIDTH - (column if len(lines) == 1 else 0):
            lines[-1] = lines[-1].rstrip()
            lines.append("      ")
        lines[-1] += item
    return "\n".join(lines)


def _added(text: str, section: yaml.Node | None, added: dict[str, tuple[str, dict[str, str]]]) -> Edit:
    pairs = _pairs(section)
    if not isinstance(section, yaml.MappingNode) or not pairs or section.flow_style:
        line = section.start_mark.line + 1 if section else None
        fact = "activities stand between braces, and nothing can be added to them there"
        raise problem("TABLE007", fact, "write one activity below the other", path=PATH, line=line)
    indent = " " * pairs[0][0].start_mark.column
    end = _end_of_line(text, _last(section).end_mark.index)
    entries = "".join(
        f"\n\n{indent}{_key(name)}:\n{indent}  loop: {loop}\n{indent}  letters: {_flow(letters, len(indent) + 11)}"
        for name, (loop, letters) in added.items()
    )
    return end, end, entries.replace("\n", _newline(text))


def _last(node: yaml.Node) -> yaml.Node:
    """The last scalar or bracket of a node: where its text ends, comments after it left out."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _key(name: str) -> str:
    """A name as a key of YAML, in quotes where it needs them."""
    try:
        plain = yaml.safe_load(f"{name}: 0") == {name: 0}
    except yaml.YAMLError:
        plain = False
    return name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _under(node: yaml.Node | None, name: str) -> yaml.Node | None:
    return next((value for key, value in _pairs(node) if key.value == name), None)


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
