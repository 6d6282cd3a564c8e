"""Arrays to static SVG, drawn by Vega-Lite. Colours are the page's CSS variables, so light and dark both read well."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from paved_road.findings import problem
from paved_road.handoff.report.curves import Bins, Curve, Floats, Grid

SERIES = 6
"""Lines that can be told apart; page.css has a colour for each."""
WIDTH, HEIGHT = 250, 180
_COLORS = [f"var(--series-{position})" for position in range(1, SERIES + 1)]
_DASHES = [[1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 4], [1, 3]]
_INK, _MUTED, _LINE = "var(--ink)", "var(--muted)", "var(--line)"
_SHARE: dict[str, Any] = {"format": "%", "tickCount": 5}
_CONFIG: dict[str, Any] = {
    "aria": False,  # the figure says it in words, and its table in numbers
    "background": None,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        **dict.fromkeys(("labelColor", "titleColor"), _MUTED),
        **dict.fromkeys(("domainColor", "tickColor", "gridColor"), _LINE),
        **{"labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": 500, "tickSize": 4, "labelFlush": True},
    },
    "axisX": {"grid": False},
    "legend": {"labelColor": _INK, "labelFontSize": 11, "title": None, "orient": "bottom", "symbolType": "stroke"},
}
# What Vega says of each part, although told not to: the title says it all at once.
_OWN_ROLES = re.compile(r' (?:role|class|aria-[a-z]+)="[^"]*"')


def lines(
    curves: Mapping[str, Curve],
    titles: tuple[str, str],
    alt: str,
    *,
    diagonal: bool = False,
    stepped: bool = False,
    mark: tuple[float, float] | None = None,
) -> str:
    """Shares against shares, both from 0 to 1.

    Args:
        curves: at most `SERIES`, by name.
        titles: of the axes.
        alt: the chart in words.
        diagonal: whether to draw what chance would give.
        stepped: whether a value holds from the point before it, rather than in between.
        mark: a point to show, for instance where the threshold lies.
    """
    names = list(curves)
    rows = [
        {"x": float(x), "y": float(y), "order": at, "name": name}
        for name, curve in curves.items()
        for at, (x, y) in enumerate(zip(curve.x, curve.y, strict=True))
    ]
    scale: dict[str, Any] = {"domain": names, "range": _COLORS[: len(names)]}
    one = len(names) == 1
    layer: dict[str, Any] = {
        "data": {"values": rows},
        "mark": {"type": "line", "strokeWidth": 2, "interpolate": "step-before" if stepped else "linear"},
        "encoding": {
            "x": _axis("x", titles[0], **_SHARE),
            "y": _axis("y", titles[1], **_SHARE),
            "order": {"field": "order"},
            "color": {"field": "name", "type": "nominal", "scale": scale, "legend": None if one else {"columns": 2}},
            "strokeDash": {
                "field": "name",
                "type": "nominal",
                "scale": {"domain": names, "range": _DASHES[: len(names)]},
                "legend": None if one else {},
            },
        },
    }
    layers = [*([_diagonal(0, 1)] if diagonal else []), layer]
    if mark:
        layers.append(_points([{"x": mark[0], "y": mark[1]}], titles, 70, _INK))
    return _svg({"layer": layers}, alt)


def reliability(bins: Bins, titles: tuple[str, str], alt: str, span: tuple[float, float], shares: bool) -> str:
    """What was said against what was seen, with 95 % intervals; perfect is the diagonal."""
    rows = [
        {"x": float(x), "y": float(y), "low": float(low), "high": float(high)}
        for x, y, low, high in zip(bins.said, bins.seen, bins.low, bins.high, strict=True)
    ]
    form = _SHARE if shares else {"tickCount": 5}
    interval = {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": _COLORS[0], "strokeWidth": 1.5, "opacity": 0.7},
        "encoding": {
            "x": _axis("x", titles[0], span, **form),
            "y": _axis("low", titles[1], span if shares else None, **form),
            "y2": {"field": "high"},
        },
    }
    return _svg({"layer": [_diagonal(*span), interval, _points(rows, titles, 45, _COLORS[0])]}, alt)


def histograms(edges: Floats, groups: Mapping[str, Floats], title: str, alt: str, share: bool = True) -> str:
    """Shares of each group in the same bins, one panel a group."""
    rows = [
        {"from": float(low), "to": float(high), "share": float(part), "group": name}
        for name, parts in groups.items()
        for low, high, part in zip(edges, edges[1:], parts, strict=False)
    ]
    height = HEIGHT // len(groups) - 10 * (len(groups) - 1)
    panels = [
        {
            "height": height,
            "width": WIDTH,
            "title": {"text": name, "anchor": "start", "fontSize": 11, "color": _INK, "offset": 4}
            if len(groups) > 1
            else None,
            "data": {"values": [row for row in rows if row["group"] == name]},
            "mark": _bar(_COLORS[at]),
            "encoding": {
                "x": _axis(
                    "from",
                    title if at == len(groups) - 1 else None,
                    (float(edges[0]), float(edges[-1])),
                    **(_SHARE if share else {"tickCount": 5}),
                ),
                "x2": {"field": "to"},
                "y": _axis("share", None, None, format="%", tickCount=3),
                "y2": {"datum": 0},
            },
        }
        for at, name in enumerate(groups)
    ]
    return _svg({"vconcat": panels, "spacing": 12}, alt, sized=False)


def cloud(cells: Grid, titles: tuple[str, str], alt: str, *, diagonal: bool = False, zero: bool = False) -> str:
    """Rows on a grid: the more, the stronger."""
    most = float(np.log1p(cells.counts.max(initial=1)))
    spans = (float(cells.x[0]), float(cells.x[-1])), (float(cells.y[0]), float(cells.y[-1]))
    rows = [
        {
            **{"x": float(cells.x[i]), "x2": float(cells.x[i + 1])},
            **{"y": float(cells.y[j]), "y2": float(cells.y[j + 1])},
            "rows": round(float(np.log1p(cells.counts[i, j])) / most, 3),
        }
        for i, j in zip(*np.nonzero(cells.counts), strict=True)
    ]
    layer = {
        "data": {"values": rows},
        "mark": {"type": "rect", "color": _COLORS[0]},
        "encoding": {
            "x": _axis("x", titles[0], spans[0], tickCount=5),
            "x2": {"field": "x2"},
            "y": _axis("y", titles[1], spans[1], tickCount=5),
            "y2": {"field": "y2"},
            "opacity": {"field": "rows", "type": "quantitative", "legend": None, "scale": {"range": [0.2, 1]}},
        },
    }
    layers = [layer]
    if diagonal:
        layers.append(_diagonal(max(spans[0][0], spans[1][0]), min(spans[0][1], spans[1][1])))
    if zero:
        layers.append({"data": {"values": [{}]}, "mark": _rule(), "encoding": {"y": {"datum": 0}}})
    return _svg({"layer": layers}, alt)


def density(edges: Sequence[float], heights: Sequence[float], alt: str, *, dates: bool = False) -> str:
    """How densely values lie between the outermost edges, for bins of unequal width."""
    factor = 1000 if dates else 1
    rows = [
        {"from": low * factor, "to": high * factor, "height": height}
        for low, high, height in zip(edges, edges[1:], heights, strict=False)
    ]
    # Times are drawn as numbers, so that no time zone of the drawing machine shows.
    form = {"labelExpr": "utcFormat(datum.value, '%b %Y')"} if dates else {"format": "~s"}
    domain = edges[0] * factor, edges[-1] * factor
    encoding = {
        "x": _axis("from", None, domain, tickCount=4, labelOverlap=True, **form),
        "x2": {"field": "to"},
        "y": {"field": "height", "type": "quantitative", "axis": None},
        "y2": {"datum": 0},
    }
    return _svg({"data": {"values": rows}, "mark": _bar(_COLORS[0]), "encoding": encoding, "height": 72}, alt)


def categories(shares: Sequence[tuple[str, float]], alt: str) -> str:
    """A bar for each value."""
    rows = [{"name": name, "share": share, "at": at} for at, (name, share) in enumerate(shares)]
    encoding = {
        "y": {
            "field": "name",
            "type": "nominal",
            "title": None,
            "sort": {"field": "at"},
            "axis": {"labelLimit": 110, "ticks": False},
        },
        "x": _axis("share", None, None, format="%", tickCount=4),
    }
    bar = {"type": "bar", "color": _COLORS[0], "height": 10}
    height = max(18 * len(rows), 40)
    return _svg({"data": {"values": rows}, "mark": bar, "encoding": encoding, "height": height}, alt)


def _axis(field: str, title: str | None, domain: tuple[float, float] | None = (0, 1), **axis: Any) -> dict[str, Any]:
    scale = {"domain": list(domain), "nice": False} if domain else {"nice": True}
    return {"field": field, "type": "quantitative", "title": title, "scale": scale, "axis": axis}


def _points(rows: list[Any], titles: tuple[str, str], size: int, color: str) -> dict[str, Any]:
    fields = {axis: {"field": axis, "type": "quantitative", "title": t} for axis, t in zip("xy", titles, strict=True)}
    mark = {"type": "point", "filled": True, "size": size, "color": color, "opacity": 1}
    return {"data": {"values": rows}, "mark": mark, "encoding": fields}


def _diagonal(low: float, high: float) -> dict[str, Any]:
    ends = [{"x": low, "y": low}, {"x": high, "y": high}]
    encoding = {axis: {"field": axis, "type": "quantitative"} for axis in "xy"}
    mark = {"type": "line", "color": _MUTED, "strokeDash": [3, 3], "strokeWidth": 1}
    return {"data": {"values": ends}, "mark": mark, "encoding": encoding}


def _bar(color: str) -> dict[str, Any]:
    return {"type": "rect", "color": color, "stroke": "var(--paper)", "strokeWidth": 0.5}


def _rule() -> dict[str, Any]:
    return {"type": "rule", "color": _MUTED, "strokeDash": [3, 3]}


def _svg(spec: dict[str, Any], alt: str, sized: bool = True) -> str:
    """Draw, and give the drawing its name; its size is the page's business."""
    try:
        import vl_convert
    except ImportError:
        fact = "charts are drawn by vl-convert-python, which is not installed"
        raise problem("REPORT001", fact, "run `uv sync`") from None
    whole = ({"width": WIDTH, "height": HEIGHT} if sized else {}) | spec | {"config": _CONFIG}
    drawn: str = vl_convert.vegalite_to_svg(whole, vl_version="6.4", allowed_base_urls=[])
    _, _, inside = _OWN_ROLES.sub("", drawn).partition(">")
    frame = re.search(r'viewBox="[\d. -]+"', drawn)
    box = frame.group() if frame else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img"><title>{html.escape(alt)}</title>{inside}'
