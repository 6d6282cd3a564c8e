"""The questions of copier.yml as a form: for Backstage, and as inputs of the workflow that creates a repository."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "portal" / "backstage" / "template.yaml"
CREATE = ROOT / ".github" / "workflows" / "create.yml"

Question = dict[str, Any]
Schema = dict[str, Any]

TYPES = {"str": "string", "bool": "boolean", "int": "integer", "float": "number"}
WRITTEN_SO = {"Gpu": "GPU"}
PICKERS: dict[str, Schema] = {
    "organization": {"ui:field": "RepoOwnerPicker", "ui:options": {"host": "github.com"}},
}
"""Where the portal knows what people would otherwise type."""
BESIDE: dict[str, dict[str, Schema]] = {
    "topology": {
        "owner": {
            "title": "Team on duty",
            "description": (
                "Which team of the catalog answers for the running service? It holds the role mlops-engineer in "
                "raci.yml. Leave it empty for the team that the answer above gives."
            ),
            "type": "string",
            "pattern": r"^(?:group|user):(?:[a-z0-9-]+/)?[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
            "errorMessage": {"pattern": "Pick a team or a user of the catalog."},
            "ui:field": "OwnerPicker",
            "ui:options": {"catalogFilter": {"kind": ["Group", "User"]}, "allowArbitraryValues": False},
        }
    }
}
"""Fields that are no question of their own, after which question they stand; `template.yaml` says what they fill."""

_HEADING = re.compile(r"^# (.+?) -{5,}$|^([a-z]\w*):$", re.MULTILINE)
_BRANCH = re.compile(r"\{%-?\s*(?:el)?if\s+(.*?)\s*-?%\}(.*?)(?=\{%-?\s*(?:elif|endif|else))", re.DOTALL)
_WHEN = re.compile(r"^\{\{\s*(\w+)\s*(?:==\s*'([^']*)'\s*|in\s*(\[[^\]]*\])\s*)?\}\}$")


def asked(config: dict[str, Any]) -> dict[str, Question]:
    """The questions that people are asked; Copier computes the others."""
    questions = {name: body for name, body in config.items() if not name.startswith("_")}
    return {name: body for name, body in questions.items() if body.get("ask", True) and body.get("when") is not False}


def pages(text: str) -> list[Schema]:
    """The form: a page for each heading of copier.yml that has questions.

    Args:
        text: copier.yml.

    Raises:
        ValueError: a question depends on another in a way that a form cannot follow.
    """
    questions = asked(yaml.safe_load(text))
    found: list[Schema] = []
    heading = ""
    for match in _HEADING.finditer(text):
        heading, name = match[1] or heading, match[2]
        if name in questions:
            if not found or found[-1]["title"] != heading:
                found.append({"title": heading, "required": [], "properties": {}})
            _put(found[-1], name, questions[name])
    return [{key: value for key, value in page.items() if value} for page in found]


def _put(page: Schema, name: str, question: Question) -> None:
    """A question on its page: always there, or only where the answer that it depends on asks for it."""
    if "when" not in question:
        page["properties"] |= {name: field(name, question), **BESIDE.get(name, {})}
        page["required"].append(name)
        return
    match = _WHEN.match(str(question["when"]).strip())
    other = page["properties"].get(match[1]) if match else None
    if match is None or other is None:
        raise ValueError(f"{name}: when: {question['when']} is more than one condition on an answer of the same page")
    wanted = yaml.safe_load(match[3]) if match[3] else [True if match[2] is None else match[2]]
    branches = page.setdefault("dependencies", {}).setdefault(
        match[1],
        {"oneOf": [{"properties": {match[1]: {"enum": [value]}}} for value in other.get("enum", [False, True])]},
    )["oneOf"]
    for branch in branches:
        if branch["properties"][match[1]]["enum"][0] in wanted:
            branch["properties"][name] = field(name, question)
            branch.setdefault("required", []).append(name)


def field(name: str, question: Question) -> Schema:
    """A question as JSON Schema, with what Backstage's form reads besides."""
    made: Schema = {"title": title(name), "description": " ".join(question["help"].split())}
    made["type"] = TYPES[question["type"]]
    if choices := question.get("choices"):
        made |= {"enum": list(choices.values()), "enumNames": list(choices)}
    if made["type"] == "string" and not choices:
        made["ui:placeholder"] = question["default"]  # an example: nobody should create it by pressing Next
    else:
        made["default"] = question["default"]
    return made | limits(name, question.get("validator", "")) | PICKERS.get(name, {})


def title(name: str) -> str:
    words = name.replace("_", " ").capitalize()
    return WRITTEN_SO.get(words, words)


def limits(name: str, validator: str) -> Schema:
    """What of a validator JSON Schema can say, with its messages; the rest is left to Copier."""
    made: Schema = {}
    rules: list[str] = []
    said: dict[str, list[str]] = {}
    for condition, text in _BRANCH.findall(validator):
        message = " ".join(text.split())
        if length := re.fullmatch(rf"{name} \| length > (\d+)", condition):
            made["maxLength"] = int(length[1])
            said.setdefault("maxLength", []).append(message)
        elif rule := _rule(name, condition):
            rules.append(rule)
            said.setdefault("pattern", []).append(message)
    if rules:
        whole = len(rules) == 1 and rules[0].startswith("^")
        made["pattern"] = rules[0] if whole else f"^{''.join(map(_ahead, rules))}"
    if said:
        made["errorMessage"] = {keyword: " ".join(messages) for keyword, messages in said.items()}
    return made


def _rule(name: str, condition: str) -> str | None:
    """A condition that refuses an answer, as a pattern that accepts the others; None if no pattern can say it."""
    if condition == f"not {name}.strip()":
        return r"(?=[\s\S]*\S)"
    if match := re.fullmatch(rf"'([^']+)' in {name}", condition):
        literal = re.sub(r"([$(){}.*+?^|\[\]\\])", r"\\\1", match[1])
        return rf"(?![\s\S]*{literal})"
    if match := re.fullmatch(rf"not {name} \| regex_search\('\\A(.*)\\Z'\)", condition):
        return f"^{match[1]}$"
    if match := re.fullmatch(rf"{name} \| regex_search\('(.*)'\)", condition):
        return rf"(?![\s\S]*{match[1]})"
    return None


def _ahead(rule: str) -> str:
    return f"(?={rule[1:]})" if rule.startswith("^") else rule


def inputs(config: dict[str, Any]) -> Iterator[tuple[str, Schema]]:
    """The same questions as inputs of a workflow that is started by hand."""
    for name, question in asked(config).items():
        made: Schema = {"description": " ".join(question["help"].split()), "required": question["type"] != "bool"}
        if choices := question.get("choices"):
            made |= {"type": "choice", "options": list(choices.values()), "default": question["default"]}
        elif question["type"] == "bool":
            made |= {"type": "boolean", "default": question["default"]}
        else:
            made["type"] = "string"
        yield name, made


def _between(text: str, name: str, content: Any, indent: int) -> str:
    """A file of people's in which the part between two marks is written anew."""
    space = " " * indent
    start, end = f"{space}# {name}: from copier.yml\n", f"{space}# end of the {name}\n"
    before, _, rest = text.partition(start)
    after = rest.partition(end)[2]
    written = yaml.safe_dump(content, sort_keys=False, width=100, allow_unicode=True)
    lines = "".join(f"{space}{line}" if line.strip() else line for line in written.splitlines(keepends=True))
    return f"{before}{start}{lines}{end}{after}"


def derived() -> dict[Path, str]:
    """What is written from copier.yml."""
    text = (ROOT / "copier.yml").read_text(encoding="utf-8")
    written = {
        TEMPLATE: ("form", {"parameters": pages(text)}, 2),
        CREATE: ("inputs", {"inputs": dict(inputs(yaml.safe_load(text)))}, 4),
    }
    return {path: _between(path.read_text(encoding="utf-8"), *part) for path, part in written.items()}
