"""The reference of a generated repository's workflows: what starts each, and what each job may do, from their files."""

import re
from pathlib import Path
from typing import Any

import yaml

Workflow = dict[Any, Any]
NAMED = re.compile(r"\b(vars|secrets)\.([A-Z_a-z0-9]+)")
ALIKE = "The platform's: replaced by `copier update`. Add workflows of your own beside it. "
"""How each file begins."""
INDEXED = re.compile(r"\b(vars|secrets)\[(?:format\('([^']+)'|'([^']+)')")


def page(project: Path) -> str:
    """A part for each workflow of a generated project."""
    files = sorted((project / ".github/workflows").glob("*.yml"))
    lines = [
        "# Workflows",
        "",
        "Read from `.github/workflows/` of a new project with a cloud; all are the platform's. What to set up, and who "
        "approves, stands in [the workflows](../project/docs/workflows.md).",
        "",
    ]
    for file in files:
        lines += _part(file)
    return "\n".join(lines)


def _part(file: Path) -> list[str]:
    text = file.read_text(encoding="utf-8")
    workflow: Workflow = yaml.safe_load(text)
    return [
        f"## `{file.name}`",
        "",
        *_about(text),
        f"**Starts**: {'; '.join(_start(*each) for each in _starts(workflow))}.",
        "",
        *_inputs(workflow),
        *_needs(text),
        "| Job | May write | Waits for | Environment |",
        "|---|---|---|---|",
        *(_job(name, job) for name, job in workflow["jobs"].items()),
        "",
    ]


def _about(text: str) -> list[str]:
    """The comment at a file's top."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return [" ".join(lines).removeprefix(ALIKE), ""] if lines else []


def _starts(workflow: Workflow) -> list[tuple[str, Any]]:
    starts = workflow[True]  # `on` is a truth in YAML 1.1
    return [(starts, None)] if isinstance(starts, str) else list(starts.items())


def _start(event: str, limits: Any) -> str:
    if event == "schedule":
        return "on a schedule, " + ", ".join(f"`{each['cron']}`" for each in limits)
    said = [f"{key} {', '.join(f'`{value}`' for value in values)}" for key, values in _lists(limits)]
    return " of ".join([f"`{event}`", *said])


def _lists(limits: Any) -> list[tuple[str, list[str]]]:
    found = limits.items() if isinstance(limits, dict) else ()
    return [(key, values) for key, values in found if isinstance(values, list)]


def _inputs(workflow: Workflow) -> list[str]:
    asked = {
        name: given
        for _, limits in _starts(workflow)
        if isinstance(limits, dict)
        for name, given in (limits.get("inputs") or {}).items()
    }
    if not asked:
        return []
    rows = [
        f"| `{name}` | {'yes' if given.get('required') else 'no'} | {' '.join(given.get('description', '').split())} |"
        for name, given in asked.items()
    ]
    return ["| Input | Required | |", "|---|---|---|", *rows, ""]


def _needs(text: str) -> list[str]:
    """Variables and secrets that it reads, by name."""
    found = NAMED.findall(text) + [(kind, form or name) for kind, form, name in INDEXED.findall(text)]
    named = {
        kind: sorted({name.replace("{0}", "…") for of, name in found if of == kind}) for kind in ("vars", "secrets")
    }
    said = [
        f"**{title}**: {', '.join(f'`{name}`' for name in named[kind])}."
        for kind, title in (("vars", "Variables"), ("secrets", "Secrets"))
        if named[kind]
    ]
    return [" ".join(said), ""] if said else []


def _job(name: str, job: Workflow) -> str:
    writes = ", ".join(right for right, extent in job.get("permissions", {}).items() if extent == "write") or "nothing"
    waits = job.get("needs") or []
    before = ", ".join(f"`{each}`" for each in ([waits] if isinstance(waits, str) else waits))
    environment = job.get("environment") or ""
    where = environment["name"] if isinstance(environment, dict) else environment
    return f"| `{name}` | {writes} | {before} | {f'`{where}`' if where else ''} |"
