"""`road monitor sync | performance | check`."""

from functools import partial
from pathlib import Path

import click

from paved_road import project
from paved_road.cli import output
from paved_road.cli.output import check_option, finish, folder_option, json_option


@click.group()
def monitor() -> None:
    """Watch a model: rules for Prometheus, and how it does on labels that arrive later.

    \b
    Example:
      road monitor sync
    """


@monitor.command()
@check_option
@json_option
def sync(only_check: bool, as_json: bool) -> None:
    """Write the rules that follow from contracts/model.yml, each alert with its owner from raci.yml.

    \b
    monitoring/rules.yml         what Prometheus records, and when it alerts whom
    monitoring/rules.test.yml    for every alert a stream that it fires on, and one that it stays silent on
    monitoring/dashboard.json    one screen for Grafana: up, fast, right, drifting, which version, at what cost, whose

    \b
    Examples:
      road monitor sync && promtool test rules monitoring/rules.test.yml
      road monitor sync --check    in CI: refuse when somebody forgot to
    """
    from paved_road.monitoring import files

    here = project.find()
    drift = partial(files.drift, here)
    found, said, changed = output.sync(here.root, files.derive(here), drift, only_check=only_check)
    finish(found, as_json, said, changed=changed)


@monitor.command()
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--predictions", type=click.Path(path_type=Path), required=True, help="What it said: Parquet or CSV.")
@click.option("--key", help="Column that names a record in both; golden.key of the contract by default.")
@click.option("--textfile", type=click.Path(path_type=Path, dir_okay=False), help="Also write figures for Prometheus.")
@folder_option
@json_option
def performance(
    labels: Path, predictions: Path, key: str | None, textfile: Path | None, folder: Path | None, as_json: bool
) -> None:
    """Hold labels that arrived against predictions, and the result against what was handed over.

    LABELS is Parquet or CSV with the record's key and the target. Exit 1 if a metric is worse than its baseline by
    more than monitoring.performance_drop allows and than chance explains, or if it breaks its promise.

    \b
    Examples:
      road monitor performance labels.parquet --predictions scored.parquet
      road monitor performance labels.csv --predictions log.csv --key request_id --textfile model.prom
    """
    from paved_road import files as written
    from paved_road.contracts import own_metrics
    from paved_road.handoff import manifest
    from paved_road.monitoring import labelled
    from paved_road.monitoring import performance as performing

    here = project.find()
    evidence = manifest.load(folder or here.handoff)
    contract, version = evidence.contract.promise, evidence.version
    found = labelled.join(labels, predictions, contract, key or contract.golden.key, version)
    measured = performing.measure(found, evidence, own_metrics.load(here.settings.package, contract))
    rows = len(found.target)
    if textfile:
        written.write(textfile, performing.exposed(measured, found, contract, version))
    said = [f"{rows:,} of {found.predicted:,} predictions of {version} have a label", *(each.said for each in measured)]
    if not as_json:
        click.echo("\n".join(said))
    figures = {each.wanted.metric: each.figures for each in measured}
    findings = list(performing.check(measured, rows, contract))
    finish(findings, as_json, "no model shift", version=version, rows=rows, predicted=found.predicted, metrics=figures)


@monitor.command()
@click.option("--prometheus", "url", required=True, envvar="PROMETHEUS_URL", show_envvar=True, help="Its address.")
@click.option("--token", default="", envvar="PROMETHEUS_TOKEN", show_envvar=True, help="Bearer token, if it asks one.")
@json_option
def check(url: str, token: str, as_json: bool) -> None:
    """Ask a Prometheus whether the model drifts, does worse than promised, or is too old; and say whose that is.

    It must have loaded monitoring/rules.yml. Exit 1 if anything is found, or if it cannot be asked.

    \b
    Examples:
      road monitor check --prometheus http://localhost:9090
      road monitor check --prometheus https://prometheus.example.com --json
    """
    from paved_road.contracts import model
    from paved_road.monitoring import firing
    from paved_road.monitoring.prometheus import Prometheus
    from paved_road.monitoring.rules import Owned
    from paved_road.ownership import raci

    here = project.find()
    owned = Owned(model.load(here.contracts / "model.yml"), raci.load(here.raci), here.settings.repository)
    fired = firing.ask(owned, Prometheus(url, token))
    found = [each.finding for each in fired]
    finish(found, as_json, "no drift, no model shift, not too old", alerts=[each.document for each in fired])
