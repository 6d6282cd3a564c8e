"""`road monitor sync | performance`."""

import click

from paved_road import project
from paved_road.cli.output import finish, json_option


@click.group()
def monitor() -> None:
    """Watch a model: rules for Prometheus, and how it does on labels that arrive later.

    \b
    Example:
      road monitor sync
    """


@monitor.command()
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change.")
@json_option
def sync(only_check: bool, as_json: bool) -> None:
    """Write the rules that follow from contracts/model.yml, each alert with its owner from raci.yml.

    \b
    monitoring/rules.yml         what Prometheus records, and when it alerts whom
    monitoring/rules.test.yml    for every alert a stream that it fires on, and one that it stays silent on

    \b
    Examples:
      road monitor sync && promtool test rules monitoring/rules.test.yml
      road monitor sync --check    in CI: refuse when somebody forgot to
    """
    from paved_road import files as written
    from paved_road.monitoring import files

    here = project.find()
    derived = files.derive(here)
    differs = {path: found for path, text in derived.items() if (found := list(files.drift(here, path, text)))}
    for path in differs if not only_check else ():
        written.write(here.root / path, derived[path].encode())
    said = (f"{path} {'is written' if path in differs else 'is up to date'}" for path in derived)
    found = [finding for findings in differs.values() for finding in findings] if only_check else []
    finish(found, as_json, "\n".join(said), changed=bool(differs) and not only_check)
