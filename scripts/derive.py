"""Write the files of the template that are derived from its code: `make derived`; a test holds them against it."""

import json
from pathlib import Path
from typing import Any

import jinja2
import portal_form
import terraform_contract
from paved_road import documents
from paved_road.contracts import api, model
from paved_road.contracts.compatibility.rules import RULES
from paved_road.deployment import files as deployed
from paved_road.handoff import manifest
from paved_road.monitoring import files
from paved_road.monitoring.rules import Owned
from paved_road.ownership import raci

ROOT = Path(__file__).parents[1]
CONTRACTS = ROOT / "template" / "contracts"
MODULES = (
    ROOT / "template" / "{% if has_cloud %}infra{% endif %}" / "modules",
    *(ROOT / "parts" / "modules").iterdir(),
)
COMPATIBILITY = ROOT / "template" / "docs" / "compatibility.md"
RACI = ROOT / "template" / "raci.yml.jinja"
NAME, DESCRIPTION, ORGANIZATION = "name-of-the-model", "What the model is for.", "name-of-the-organization"

# What stands for the teams and contacts that a topology or an organisation decides; those whom alerts can reach.
_TOLD = ("mlops-engineer", "data-engineer")
TEAMS = {role: f"@{ORGANIZATION}/team-of-the-{role}" for role in _TOLD}
CONTACTS = {role: f"https://example.com/contact-of-the-{role}" for role in _TOLD}
READ_RACI = """\
{%- set text %}{% include pathjoin('template', 'raci.yml.jinja') %}{% endset -%}
{%- set raci = text | from_yaml -%}
"""


def derived() -> dict[Path, str]:
    """Every derived file, and what it should hold."""
    found = _schemas()
    for task in ("classification", "regression"):
        found[CONTRACTS / f"{{% if chosen.{task} %}}api.json{{% endif %}}.jinja"] = _api(task)
        found |= _following(task)
    found[COMPATIBILITY] = _compatibility()
    found |= {file: terraform_contract.readme(file.parent) for of in MODULES for file in of.glob("*/README.md")}
    return found | portal_form.derived()


def _following(task: str) -> dict[Path, str]:
    """Rules, dashboard and what a cluster is asked for in a new repository, with the answers in them put back."""
    answers: dict[str, Any] = {"project_slug": NAME, "organization": ORGANIZATION, "project_name": NAME}
    answers |= {"package_name": "x", "role_teams": dict(TEAMS), "role_contacts": dict(CONTACTS)}
    promise = model.parse(_rendered(_contract(task), answers))
    owners = raci.read(documents.parse(_rendered(RACI.read_text(encoding="utf-8"), answers), "raci.yml", "RACI015"))
    owned = Owned(promise, owners, f"https://github.com/{ORGANIZATION}/{NAME}")
    found = {}
    for path, text in (files.texts(owned) | deployed.texts(owned)).items():
        folder, _, name = path.rpartition("/")
        place = ROOT / "template" / folder / f"{{% if chosen.{task} %}}{name}{{% endif %}}.jinja"
        found[place] = _put_back(text)
    return found


def _put_back(text: str) -> str:
    """A text as a template, with whatever answers or raci.yml say in place of what stood for it."""
    text = text.replace("{{", "{{ '{{' }}")
    for kind, named in (("team", TEAMS), ("contact", CONTACTS)):
        for role, said in named.items():
            text = text.replace(said, f"{{{{ raci.roles['{role}'].{kind} }}}}")
    text = text.replace(ORGANIZATION, "{{ organization }}").replace(NAME, "{{ project_slug }}")
    return (READ_RACI if "raci.roles" in text else "") + text


def _contract(task: str) -> str:
    return (CONTRACTS / f"{{% if chosen.{task} %}}model.yml{{% endif %}}.jinja").read_text(encoding="utf-8")


def _rendered(template: str, answers: dict[str, Any]) -> str:
    environment = jinja2.Environment(autoescape=False)
    environment.filters["to_json"] = lambda value, **_: json.dumps(value)
    defaults: dict[str, Any] = {"topology": "hybrid", "role_teams": {}, "role_contacts": {}, "description": DESCRIPTION}
    return environment.from_string(template).render(defaults | answers)


def _schemas() -> dict[Path, str]:
    return {module.SCHEMA_FILE: json.dumps(module.schema(), indent=2) + "\n" for module in (model, manifest, raci)}


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
    rendered = _rendered(_contract(task), {"project_slug": NAME})
    text = api.render(model.parse(rendered))
    for value, answer in ((NAME, "project_slug"), (DESCRIPTION, "description")):
        text = text.replace(json.dumps(value), f"{{{{ {answer} | to_json(ensure_ascii=False) }}}}")
    return text


def main() -> None:
    for derive in (_schemas, derived):  # schemas first: reading a contract needs them
        for path, content in derive().items():
            path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
