"""The reference part of the documentation, written from what it speaks of: nothing in it is kept by hand."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reference_metrics
import reference_workflows
import yaml
from paved_road import deprecation
from paved_road.contracts import model
from paved_road.handoff import manifest
from paved_road.monitoring import files
from paved_road.ownership import raci
from working_tree import ROOT

Schema = dict[str, Any]


def pages(project: Path) -> dict[str, str]:
    """Every page by its name.

    Args:
        project: a generated one, whose alerts and workflows are shown.
    """
    return {
        "questions": questions(ROOT / "copier.yml"),
        "model-contract": schema("contracts/model.yml", model.schema()),
        "manifest": schema("handoff/manifest.json", manifest.schema()),
        "raci": schema("raci.yml", raci.schema()),
        "alerts": alerts(project / files.RULES),
        "metrics": reference_metrics.page(),
        "workflows": reference_workflows.page(project),
        "deprecated": deprecated(deprecation.DEPRECATED),
        "road": COMMAND.format(name="road", where="paved_road.cli.main:road"),
        "fleet": COMMAND.format(name="fleet", where="fleet.cli:fleet"),
    }


COMMAND = """\
# The command `{name}`

What `{name} --help` says, verb by verb.

```{{eval-rst}}
.. click:: {where}
   :prog: {name}
   :nested: full
```
"""


def questions(file: Path) -> str:
    """What Copier asks, and what can be answered without being asked."""
    asked = {
        name: question
        for name, question in yaml.safe_load(file.read_text(encoding="utf-8")).items()
        if not name.startswith("_") and question.get("when", True)
    }
    asked_for = "Set with `--data name=value`, or in a data file for a whole organisation."
    parts = [
        ["# The questions", "", "From `copier.yml`, in its order.", "", "## Asked", "", *_questions(asked, ask=True)],
        ["", "## Not asked", "", asked_for, "", *_questions(asked, ask=False), ""],
    ]
    return "\n".join(line for part in parts for line in part)


def _questions(all_of_them: dict[str, Any], ask: bool) -> list[str]:
    rows = ["| Question | Type | Default | |", "|---|---|---|---|"]
    for name, question in all_of_them.items():
        if question.get("ask", True) is ask:
            choices = question.get("choices")
            values = choices.values() if isinstance(choices, dict) else choices or ()
            kind = " or ".join(f"`{value}`" for value in values) or question["type"]
            rows.append(f"| `{name}` | {kind} | {_code(question['default'])} | {_cell(question['help'])} |")
    return rows


def schema(file: str, described: Schema) -> str:
    """A JSON Schema as tables: a part for each kind of object in it."""
    root = described["$ref"].rpartition("/")[2]
    kinds = described["$defs"]
    order = [root, *sorted(set(kinds) - {root})]
    lines = [f"# `{file}`", ""]
    for name in order:
        kind = kinds[name]
        lines += [f"## {name}", "", *([kind["description"], ""] if "description" in kind else [])]
        if "properties" in kind:
            required = set(kind.get("required", ()))
            lines += ["| Key | Is | Default | |", "|---|---|---|---|"]
            lines += [_key(key, value, key in required) for key, value in kind["properties"].items()]
        else:
            lines.append(_type(kind))
        lines.append("")
    return "\n".join(lines)


def _key(name: str, value: Schema, required: bool) -> str:
    default = "*required*" if required else _code(value["default"]) if "default" in value else ""
    return f"| `{name}` | {_type(value)} | {default} | {_cell(value.get('description', ''))} |"


def _type(value: Schema) -> str:
    """What a value may be, in words, with a link to the part that says more."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in value:
        return " or ".join(dict.fromkeys(map(_type, value["anyOf"])))
    if "allOf" in value:
        return _type(value["allOf"][0])
    if "enum" in value:
        return " or ".join(_code(each) for each in value["enum"])
    if "const" in value:
        return _code(value["const"])
    if value.get("type") == "array":
        return f"list of {_type(value['items'])}" if value.get("items") else "list"
    if isinstance(value.get("additionalProperties"), dict) and value["additionalProperties"]:
        return f"mapping to {_type(value['additionalProperties'])}"
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    said = [f"{sign} {value[key]}" for key, sign in bounds.items() if key in value]
    return " ".join([str(value.get("type", "anything")), *said])


def alerts(file: Path) -> str:
    """Every alert of a new project: when it fires, how bad that is, and whose it is."""
    rows = ["| Alert | Fires when | Severity | For | Owner |", "|---|---|---|---|---|"]
    recorded = ["| Recorded series | Is |", "|---|---|"]
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            if "alert" in rule:
                labels, said = rule["labels"], _cell(rule["annotations"]["summary"])
                rows.append(
                    f"| [{rule['alert']}](../project/docs/runbooks/{rule['alert']}.md) | {said} | {labels['severity']} "
                    f"| {rule.get('for', 'at once')} | {labels['owner']} |"
                )
            else:
                recorded.append(f"| `{rule['record']}` | {_code(rule['expr'])} |")
    head = "# Alerts\n\nOf a new project with default answers; they follow `contracts/model.yml` and `raci.yml`.\n"
    return "\n".join([head, *dict.fromkeys(rows), "", *dict.fromkeys(recorded), ""])


def deprecated(entries: Sequence[deprecation.Deprecated]) -> str:
    """What still works and is to go."""
    rows = [
        f"| `{entry.place}` | {_code(entry.name)} | {entry.since} | {entry.goes} | {_cell(entry.instead)} |"
        for entry in entries
    ]
    head = ["| Where | What | Warned of since | Goes at the earliest | Instead |", "|---|---|---|---|---|"]
    intro = "What `road` still takes, warns of, and will not take for ever."
    return "\n".join(["# Deprecated", "", intro, "", *([*head, *rows] if rows else ["Nothing."]), ""])


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
