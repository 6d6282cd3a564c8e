"""Write the files of the template that are derived from its code: `make derived`; a test holds them against it."""

import json
from pathlib import Path

import jinja2
from paved_road.contracts import api, model
from paved_road.contracts.compatibility.rules import RULES
from paved_road.handoff import manifest
from paved_road.ownership import raci

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "template" / "contracts"
COMPATIBILITY = ROOT / "template" / "docs" / "compatibility.md"
NAME, DESCRIPTION = "name-of-the-model", "What the model is for."


def derived() -> dict[Path, str]:
    """Every derived file, and what it should hold."""
    schemas = ((model, model.schema()), (manifest, manifest.schema()), (raci, raci.schema()))
    found = {module.SCHEMA_FILE: json.dumps(schema, indent=2) + "\n" for module, schema in schemas}
    for task in ("classification", "regression"):
        found[CONTRACTS / f"{{% if {task} %}}api.json{{% endif %}}.jinja"] = _api(task)
    found[COMPATIBILITY] = _compatibility()
    return found


def _compatibility() -> str:
    """The page with its table of rules, a part for each side."""
    page = COMPATIBILITY.read_text(encoding="utf-8")
    before, opening, rest = page.partition("<!-- rules")
    comment, closing, _ = rest.partition("-->\n")
    after = "<!-- end -->" + rest.partition("<!-- end -->")[2]
    lines: list[str] = []
    for side in dict.fromkeys(rule.side for rule in RULES):
        lines += ["", f"### {side[0].upper()}{side[1:]}", "", "| Change | Is | Because | Rule |", "|---|---|---|---|"]
        lines += [
            f"| {rule.change} | {rule.effect} | {rule.because} | `{rule.id}` |" for rule in RULES if rule.side == side
        ]
    return f"{before}{opening}{comment}{closing}" + "\n".join([*lines, "", after])


def _api(task: str) -> str:
    """``api.json`` with the two answers that appear in it put back."""
    source = (CONTRACTS / f"{{% if {task} %}}model.yml{{% endif %}}.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=False)
    environment.filters["to_json"] = lambda value, **_: json.dumps(value)
    rendered = environment.from_string(source).render(project_slug=NAME, description=DESCRIPTION)
    text = api.render(model.parse(rendered))
    for value, answer in ((NAME, "project_slug"), (DESCRIPTION, "description")):
        text = text.replace(json.dumps(value), f"{{{{ {answer} | to_json(ensure_ascii=False) }}}}")
    return text


def main() -> None:
    for path, content in derived().items():
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
