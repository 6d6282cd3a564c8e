"""The section on servers: the table, the machine, and which targets are met."""

from collections.abc import Callable
from datetime import date

from competitors import BENTOML, FASTAPI, FLOOR, LITSERVE, MLFLOW, OURS, Peer
from measured import STARTS, Result
from page import machine

Results = dict[str, Result]
DISTURBED = 0.1
SINGLE, BUSY, BATCH, BUSY_BATCH = "1 x 8", "1 x 32", "100 x 8", "100 x 32"


def block(results: Results, rounds: int) -> str:
    """Results for a person, in Markdown."""
    worst = max(load["others"] for result in results.values() for load in result["loads"].values())
    said = f"Measured on {date.today()}, rounds: {rounds}, starts: {STARTS}; on {machine()}."
    if worst > DISTURBED:
        said += f" Other programs took up to {worst:.0%} of it meanwhile: not a measurement, only an impression."
    return "\n".join([said, "", *_table(results), "", *_targets(results)])


def _table(results: Results) -> list[str]:
    heads = (
        "single records, 8 clients",
        "32 clients",
        "batches of 100, 8 clients",
        "32 clients",
        "cold start",
        "memory",
    )
    lines = [f"| Server | {' | '.join(heads)} |", "|---|---|---|---|---|---|---|"]
    for name, result in results.items():
        loads = " | ".join(
            f"{load['rate']:,.0f}/s, {load['p50']:.3g} / {load['p99']:.3g} ms"
            for load in (result["loads"][key] for key in (SINGLE, BUSY, BATCH, BUSY_BATCH))
        )
        shown = f"**{name}**" if name == OURS.name else name
        lines.append(f"| {shown} | {loads} | {result['cold']:.1f} s | {result['memory']:.0f} MB |")
    return lines


def _targets(results: Results) -> list[str]:
    ours = results[OURS.name]
    single = ours["loads"][SINGLE]
    rows = ["| Target | Measured | |", "|---|---|---|"]

    def row(target: str, value: float, limit: float, shown: str, holds: Callable[[float, float], bool]) -> None:
        rows.append(f"| {target} | {shown} | {'met' if holds(value, limit) else '**not met**'} |")

    def ratio(peer: Peer, limit: float) -> None:
        if peer.name in results:
            value = single["rate"] / results[peer.name]["loads"][SINGLE]["rate"]
            row(f"at least {limit:g} times {peer.name}", value, limit, f"{value:.3g} times", float.__ge__)

    for peer, limit in ((MLFLOW, 100.0), (BENTOML, 10.0), (LITSERVE, 10.0), (FASTAPI, 1.4), (FLOOR, 0.6)):
        ratio(peer, limit)
    spread = single["p99"] / single["p50"]
    row("p99 at most 3 times p50, 8 clients", spread, 3.0, f"{spread:.1f} times", float.__le__)
    row("cold start at most 1 s", ours["cold"], 1.0, f"{ours['cold']:.2f} s", float.__le__)
    row("at most 90 MB resident", ours["memory"], 90.0, f"{ours['memory']:.0f} MB", float.__le__)
    return rows
