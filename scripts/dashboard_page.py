"""A dashboard as a page: its panels where Grafana puts them, each with its question and what it asks Prometheus."""

from html import escape
from typing import Any

from markdown_it import MarkdownIt

_STYLE = """
body { margin: 0; padding: 12px; background: #f4f5f5; color: #24292e; font: 13px/1.4 system-ui, sans-serif; }
main { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: minmax(26px, auto); gap: 8px; }
section { background: #fff; border: 1px solid #d8d9da; border-radius: 4px; padding: 8px 10px; overflow: hidden; }
h2 { margin: 0; font-size: 14px; font-weight: 600; }
p { margin: 2px 0 6px; color: #6b7075; font-size: 12px; }
dl { margin: 0; }
dt { margin-top: 5px; font-size: 12px; color: #33507a; }
dd { margin: 0; }
code { font: 11px/1.35 ui-monospace, monospace; overflow-wrap: anywhere; color: #3d4248; }
table { border-collapse: collapse; font-size: 12px; }
th, td { text-align: left; padding: 2px 14px 2px 0; border-bottom: 1px solid #e5e6e7; vertical-align: top; }
"""
_KINDS = {"stat": "one figure", "timeseries": "over time", "text": "words"}


def page(dashboard: dict[str, Any]) -> str:
    """HTML that needs nothing beside it.

    Args:
        dashboard: Grafana's JSON.
    """
    panels = "\n".join(_panel(panel) for panel in dashboard["panels"])
    title = escape(dashboard["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><main>\n{panels}\n</main></html>"
    )


def _panel(panel: dict[str, Any]) -> str:
    at = panel["gridPos"]
    place = f"grid-column: {at['x'] + 1} / span {at['w']}; grid-row: {at['y'] + 1} / span {at['h']}"
    body = _words(panel) if panel["type"] == "text" else _queries(panel)
    return f'<section style="{place}"><h2>{escape(panel["title"])}</h2><p>{escape(_said(panel))}</p>{body}</section>'


def _said(panel: dict[str, Any]) -> str:
    unit = panel.get("fieldConfig", {}).get("defaults", {}).get("unit", "")
    return ", ".join(filter(None, (_KINDS[panel["type"]], panel.get("description"), unit.replace("short", ""))))


def _queries(panel: dict[str, Any]) -> str:
    rows = (
        f"<dt>{escape(target['legendFormat'])}</dt><dd><code>{escape(target['expr'])}</code></dd>"
        for target in panel["targets"]
    )
    return f"<dl>{''.join(rows)}</dl>"


def _words(panel: dict[str, Any]) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(panel["options"]["content"]))
