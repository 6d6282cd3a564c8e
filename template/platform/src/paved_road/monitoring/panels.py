"""Panels of a dashboard: what each kind shows, and how Grafana's SDK says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from paved_road.contracts.api import PREDICT

SOURCE = "datasource"
"""Variable of the dashboard that names which Prometheus is asked."""
ROUTE = f'route="{PREDICT}"'


@dataclass(frozen=True)
class Stat:
    """One figure.

    Attributes:
        title: the question.
        says: what the figure is.
        expr: PromQL.
        unit: Grafana's name of it.
        by: label that names each figure, where there may be several.
        worse_below: red below it.
        worse_from: red from it on.
        w: width; a screen has 24.
    """

    title: str
    says: str
    expr: str
    unit: str = "short"
    by: str = ""
    worse_below: float | None = None
    worse_from: float | None = None
    w: int = 4

    def built(self, number: int) -> Any:
        """The panel for the SDK."""
        from grafana_foundation_sdk.builders import common, stat
        from grafana_foundation_sdk.models import common as names

        panel = _shared(stat.Panel(), self, number, self.says, 4)
        panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"])).unit(self.unit)
        panel.graph_mode(names.BigValueGraphMode.NONE).no_value("no data")
        if self.by:
            panel.text_mode(names.BigValueTextMode.VALUE_AND_NAME)
        panel.thresholds(self._thresholds())
        return panel.with_target(_query(self.expr, f"{{{{{self.by}}}}}" if self.by else self.says, "A", instant=True))

    def _thresholds(self) -> Any:
        from grafana_foundation_sdk.builders import dashboard
        from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

        steps = [Threshold(None, "green")]
        if self.worse_below is not None:
            steps = [Threshold(None, "red"), Threshold(self.worse_below, "green")]
        if self.worse_from is not None:
            steps.append(Threshold(self.worse_from, "red"))
        return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


@dataclass(frozen=True)
class Line:
    """Figures over time.

    Attributes:
        title: the question.
        lines: PromQL by legend.
        unit: Grafana's name of it.
        w: width; a screen has 24.
    """

    title: str
    lines: Mapping[str, str]
    unit: str = "short"
    w: int = 8

    def built(self, number: int) -> Any:
        """The panel for the SDK."""
        from grafana_foundation_sdk.builders import timeseries

        panel = _shared(timeseries.Panel(), self, number, "", 7).unit(self.unit).min(0)
        for at, (legend, expr) in enumerate(self.lines.items()):
            panel.with_target(_query(expr, legend, chr(ord("A") + at), instant=False))
        return panel


@dataclass(frozen=True)
class Words:
    """Text, as Markdown."""

    title: str
    content: str
    w: int
    h: int

    def built(self, number: int) -> Any:
        """The panel for the SDK."""
        from grafana_foundation_sdk.builders import text
        from grafana_foundation_sdk.models.text import TextMode

        panel = text.Panel().id(number).title(self.title).span(self.w).height(self.h)
        return panel.mode(TextMode.MARKDOWN).content(self.content)


def _shared(panel: Any, said: "Stat | Line", number: int, description: str, height: int) -> Any:
    from grafana_foundation_sdk.models.dashboard import DataSourceRef

    panel.id(number).title(said.title).span(said.w).height(height)
    if description:
        panel.description(description)
    return panel.datasource(DataSourceRef("prometheus", f"${{{SOURCE}}}"))


def _query(expr: str, legend: str, ref: str, *, instant: bool) -> Any:
    from grafana_foundation_sdk.builders.prometheus import Dataquery

    query = Dataquery().expr(expr).legend_format(legend).ref_id(ref)
    return query.instant() if instant else query.range()
