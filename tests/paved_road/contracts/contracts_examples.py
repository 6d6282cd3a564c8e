"""The template's own contracts, rendered."""

import json
from pathlib import Path

import jinja2
from paved_road.contracts import model

CONTRACTS = Path(__file__).parents[3] / "template" / "contracts"


def text(task: str) -> str:
    environment = jinja2.Environment(autoescape=False)
    environment.filters["to_json"] = lambda value, **_: json.dumps(value)
    source = (CONTRACTS / f"{{% if {task} %}}model.yml{{% endif %}}.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(project_slug="example", description="An example.")


def promise(task: str) -> model.ModelContract:
    return model.parse(text(task).replace("threshold: 0.7", "threshold: 0.5"))
