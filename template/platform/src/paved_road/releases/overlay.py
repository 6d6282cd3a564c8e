"""The one line of an environment's ``kustomization.yaml`` that says which image runs: ``newTag``."""

from pathlib import Path

import yaml

from paved_road import files
from paved_road.findings import problem

NAME = "kustomization.yaml"
BASE = "../../base"
"""What an environment deploys; an overlay of something else, such as batch jobs, is none."""
_NO_TAG = "it needs one image with `newTag:`, as the template's has; add it"


def tag(file: Path, shown: str) -> str:
    """The tag of the image that runs.

    Raises:
        Problem: the file is missing or no YAML, or does not say it in one place.
    """
    return str(_place(_text(file, shown), shown).value)


def serves(file: Path, shown: str) -> bool:
    """Whether an overlay deploys the server.

    Raises:
        Problem: the file is missing or no YAML.
    """
    return _serves(_document(_text(file, shown), shown))


def put(file: Path, shown: str, tag: str) -> None:
    """Write another tag, and change not one other character.

    Raises:
        Problem: as `tag`.
    """
    text = _text(file, shown)
    place = _place(text, shown)
    start, end = place.start_mark.index, place.end_mark.index
    files.write(file, f"{text[:start]}{tag}{text[end:]}".encode())


def _text(file: Path, shown: str) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        known = ", ".join(sorted(path.parent.name for path in file.parents[1].glob(f"*/{NAME}"))) or "none"
        remedy = f"environments are folders of deploy/overlays/ ({known}); name one with --to"
        raise problem("RELEASE003", "there is no such environment", remedy, path=shown) from None
    except (OSError, UnicodeDecodeError) as error:
        raise problem("RELEASE003", f"cannot be read: {error}", "it must be a text file in UTF-8", path=shown) from None


def _document(text: str, shown: str) -> yaml.Node | None:
    try:
        document: yaml.Node | None = yaml.compose(text, yaml.SafeLoader)
        return document
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        fact = f"is not YAML: {getattr(error, 'problem', None) or 'nested too deeply'}"
        raise problem("RELEASE003", fact, "mend that line", path=shown, line=mark and mark.line + 1) from error


def _serves(document: yaml.Node | None) -> bool:
    return any(resource.value == BASE for resource in _items(_value(document, "resources")))


def _place(text: str, shown: str) -> yaml.ScalarNode:
    document = _document(text, shown)
    if not _serves(document):
        remedy = f"an environment has {BASE} among its resources; name another with --to"
        raise problem("RELEASE003", "this overlay deploys no server", remedy, path=shown)
    tags = [tag for image in _items(_value(document, "images")) if (tag := _value(image, "newTag")) is not None]
    if len(tags) != 1 or not isinstance(tags[0], yaml.ScalarNode) or tags[0].style in ("|", ">"):
        raise problem("RELEASE003", f"{len(tags)} images have a `newTag`", _NO_TAG, path=shown)
    return tags[0]


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)
