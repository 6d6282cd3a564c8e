"""``monitoring/dashboard.json``: one screen for Grafana, a panel for each question that somebody on call asks.

Built with Grafana's own SDK, which only whoever derives files needs; a server does not.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from paved_road.findings import problem
from paved_road.monitoring import burn, panels
from paved_road.monitoring.expressions import Expressions, Kind
from paved_road.monitoring.owner_panel import owners
from paved_road.monitoring.panels import Line, Stat, Words
from paved_road.monitoring.sources import Sources

if TYPE_CHECKING:
    from grafana_foundation_sdk.builders.dashboard import Dashboard

Panel = Stat | Line | Words
_DERIVED = "Derived from contracts/model.yml and raci.yml by `road monitor sync`; do not edit."


class Screen(Sources):
    """What a dashboard shows."""

    def text(self) -> str:
        """The dashboard as JSON, the same for the same contract and owners.

        Raises:
            Problem: if Grafana's SDK is not installed.
        """
        try:
            from grafana_foundation_sdk.builders import dashboard
            from grafana_foundation_sdk.cog.encoder import JSONEncoder
        except ImportError as error:
            remedy = 'install the extra: `uv add "paved-road[monitoring]"`'
            raise problem("MONITOR004", "Grafana's SDK is not installed, and it draws the dashboard", remedy) from error
        name = self.contract.name
        board = dashboard.Dashboard(name).uid(name[:40]).tags(["model"]).readonly().description(_DERIVED)
        board.time("now-6h", "now").refresh("1m").timezone("utc")
        board.with_variable(dashboard.DatasourceVariable(panels.SOURCE).type("prometheus").label("Prometheus"))
        self._draw(board)
        return json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"

    def _draw(self, board: "Dashboard") -> None:
        for number, panel in enumerate(self.panels(), start=1):
            board.with_panel(panel.built(number))

    def panels(self) -> Iterator[Panel]:
        """Every panel, from left to right and from top to bottom; each title is the question that it answers."""
        yield from self._at_a_glance()
        yield from self._service()
        yield from self._model()
        yield Words("Who owns it?", owners(self), 24, 6)

    def _at_a_glance(self) -> Iterator[Panel]:
        of, level = Expressions(self.contract).of, self.contract.service_level
        firing = f'count(ALERTS{{{of},alertstate="firing"}}) or vector(0)'
        kept = f"1 - model:http_errors:ratio_rate3d{{{of}}}"
        yield Stat("Is it up?", "servers that answer", f"count(model_info{{{of}}}) or vector(0)", worse_below=1)
        versions = f"count by (version) (model_info{{{of}}})"
        yield Stat("What version?", "and how many servers", versions, by="version", w=8)
        yield Stat("Does anything alert?", "alerts that fire", firing, worse_from=1)
        promised = level.availability
        yield Stat("Is the promise kept?", "answered, in three days", kept, unit="percentunit", worse_below=promised)
        yield Stat("What does it cost?", "CPU s per 1,000 predictions", self._price(), unit="s")

    def _service(self) -> Iterator[Panel]:
        of, level = Expressions(self.contract).of, self.contract.service_level
        spread = f"sum by (le) (rate(http_request_duration_seconds_bucket{{{of},{panels.ROUTE}}}[5m]))"
        quick = {f"p{share:g}": f"histogram_quantile({share / 100:g}, {spread})" for share in (50, 95, 99)}
        yield Line("Is it fast?", {**quick, "p99 promised": f"vector({level.p99_ms / 1000:g})"}, unit="s")
        answered = f"sum by (status) (rate(http_requests_total{{{of},{panels.ROUTE}}}[5m]))"
        yield Line("Does it answer?", {"{{status}}": answered}, unit="reqps")
        burning = {
            objective.name: f"{objective.record('1h')}{{{of}}} / {objective.budget:g}"
            for objective in burn.objectives(self.contract.service_level)
            if objective.budget
        }
        yield Line("How fast does the budget burn?", {**burning, "all of it in a month": "vector(1)"})

    def _model(self) -> Iterator[Panel]:
        of = Expressions(self.contract).of
        drop = f"model_performance_drop{{{of}}}"
        allowed = f"vector({self.contract.monitoring.performance_drop:g})"
        yield Line("Is it right?", {"{{metric}}, {{version}}": drop, "drop allowed": allowed}, unit="percentunit")
        yield Line("Is it drifting?", {**self._drift("input"), **self._drift("prediction"), "drift": "vector(1)"})
        cores = f"sum(rate(process_cpu_seconds_total[5m]) and on (job, instance) model_info{{{of}}})"
        memory = f"max(process_resident_memory_bytes and on (job, instance) model_info{{{of}}})"
        used = {
            "CPU": f"{cores} / ({self.contract.resources.cpu_cores:g} * count(model_info{{{of}}}))",
            "memory of the largest": f"{memory} / {self.contract.resources.memory_mib * 2**20:.0f}",
        }
        yield Line("How full is it?", used, unit="percentunit")

    def _drift(self, kind: Kind) -> dict[str, str]:
        """Stability index of every field over its own threshold, so that all of them fit one axis."""
        of = Expressions(self.contract).of
        return {f"{kind} {{{{field}}}}": f"model:{kind}:psi{{{of}}} / model:{kind}:psi_threshold{{{of}}}"}

    def _price(self) -> str:
        of = Expressions(self.contract).of
        cores = f"sum(rate(process_cpu_seconds_total[1h]) and on (job, instance) model_info{{{of}}})"
        return f"1000 * {cores} / sum(rate(model_records_total{{{of}}}[1h]))"


def expressions(text: str) -> list[str]:
    """Every PromQL expression of a dashboard."""
    document: dict[str, Any] = json.loads(text)
    return [target["expr"] for panel in document["panels"] for target in panel.get("targets", [])]
