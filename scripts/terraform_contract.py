"""What a Terraform module takes and gives, read from its code: the tables of its README."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

MARK, END = "<!-- contract: `make derived` writes it from variables.tf and outputs.tf -->\n", "<!-- end -->\n"
Blocks = dict[str, dict[str, Any]]


def blocks(file: Path, kind: str) -> Blocks:
    """Blocks of a kind (`variable`, `output`, `run`) in a file, by name, with text as it is written."""
    found = hcl2.loads(file.read_text(encoding="utf-8")).get(kind, [])
    return {name.strip('"'): block for each in found for name, block in each.items()}


def written(value: Any) -> str:
    """An expression as it stands in the code, without the braces that the parser adds."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    text = str(value)
    return text[2:-1] if text.startswith("${") and text.endswith("}") else text


def readme(module: Path) -> str:
    """The module's README with its tables as the code says."""
    page = (module / "README.md").read_text(encoding="utf-8")
    before, mark, rest = page.partition(MARK)
    return before + mark + "\n".join(_tables(module)) + "\n" + END + rest.partition(END)[2]


def _tables(module: Path) -> Iterator[str]:
    yield from ["", "| Input | Type | Default | Meaning |", "|---|---|---|---|"]
    for name, each in blocks(module / "variables.tf", "variable").items():
        default = f"`{written(each['default'])}`" if "default" in each else "required"
        yield f"| `{name}` | `{written(each['type'])}` | {default} | {_cell(each)} |"
    yield from ["", "| Output | Meaning |", "|---|---|"]
    for name, each in blocks(module / "outputs.tf", "output").items():
        yield f"| `{name}` | {_cell(each)} |"
    yield ""


def _cell(block: dict[str, Any]) -> str:
    return str(block["description"]).strip('"').replace("|", "\\|")
