"""The template's own contracts, rendered."""

import json
from pathlib import Path

import jinja2
from paved_road import documents
from paved_road.contracts import data, model

CONTRACTS = Path(__file__).parents[3] / "template" / "contracts"


def text(task: str) -> str:
    environment = jinja2.Environment(autoescape=False)
    environment.filters["to_json"] = lambda value, **_: json.dumps(value)
    source = (CONTRACTS / f"{{% if chosen.{task} %}}model.yml{{% endif %}}.jinja").read_text(encoding="utf-8")
    return environment.from_string(source).render(project_slug="example", description="An example.")


def promise(task: str) -> model.ModelContract:
    return model.parse(text(task).replace("threshold: 0.7", "threshold: 0.5"))


def data_text(columns: str = "[{name: a, logicalType: string}]", rules: str = "[]") -> str:
    """A data contract of one table: its columns stand on line 10, its rules on line 11."""
    return f"""\
apiVersion: v3.1.0
kind: DataContract
id: example
name: example
version: 1.0.0
status: active
description: {{purpose: An example.}}
schema:
  - name: t
    properties: {columns}
    quality: {rules}"""


def data_contract(text: str) -> data.DataContract:
    return data.read(documents.parse(text, data.PATH, "DATA001"))
