"""`road handoff build | verify | show`; packing.py, provenance.py and report.py hold the other verbs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paved_road import project
from paved_road.cli.output import finish, folder_option, json_option, key_option, step
from paved_road.cli.packing import pack, unpack
from paved_road.cli.provenance import sbom, sign
from paved_road.cli.report import card, report

if TYPE_CHECKING:
    from paved_road.handoff.manifest import Load, Manifest

_NEXT = "next: road handoff verify; then road deploy sync, so that deploy/ asks for what was measured"


@click.group()
def handoff() -> None:
    """Build, verify and show the evidence that a model changes loops with.

    \b
    Example:
      road handoff build && road handoff verify
    """


handoff.add_command(pack)
handoff.add_command(unpack)
handoff.add_command(sbom)
handoff.add_command(sign)
handoff.add_command(report)
handoff.add_command(card)


@handoff.command()
@json_option
def build(as_json: bool) -> None:
    """Turn the candidate of `road train` into evidence in handoff/.

    Proves that the exported model predicts as the trained one, measures it on the golden dataset and under load,
    holds both against contracts/model.yml, and writes handoff/manifest.json last.

    \b
    Example:
      road handoff build
    """
    import msgspec

    from paved_road.handoff.build import build as run

    manifest = run(project.find(), step)
    success = f"handoff/manifest.json is written for {_title(manifest)}\n{_NEXT}"
    finish([], as_json, success, manifest=msgspec.to_builtins(manifest))


@handoff.command()
@folder_option
@click.option("--served", is_flag=True, help="Hold it only against itself and this environment, as an image does.")
@click.option("--remeasure", is_flag=True, help="Put it under load again, here; takes some seconds.")
@click.option("--require-signature", is_flag=True, help="Refuse it unless it is signed with --key or signing-key.")
@key_option
@json_option
def verify(
    folder: Path | None, served: bool, remeasure: bool, require_signature: bool, key: Path | None, as_json: bool
) -> None:
    """Recompute the evidence and hold it against the contracts and every byte; exit 1 if anything does not hold.

    \b
    Example:
      road handoff verify
      road handoff verify --served --handoff /srv/handoff
      road handoff verify --remeasure
      road handoff verify --require-signature --key keys/handoff.pub
    """
    from paved_road.handoff import formats
    from paved_road.handoff.manifest import load
    from paved_road.handoff.provenance.signature import required_key
    from paved_road.handoff.verify import verify as run

    here = None if served and folder else project.find()
    where = folder or (here.handoff if here else Path("handoff"))
    against = None if served else here
    # An image reads no setting but this one, without which a native format does not run in it.
    asked = here if load(where).artifact.format in formats.NATIVE else against
    outcomes = []
    for outcome in run(where, against, required_key(asked, key, require_signature), remeasure):
        outcomes.append(outcome)
        if not as_json:
            mark = click.style("✓", fg="green") if outcome.passed else click.style("✗", fg="red")
            click.echo(f"{mark} {outcome.check:<13} {outcome.said if outcome.passed else 'does not hold'}")
    found = [finding for outcome in outcomes for finding in outcome.findings]
    checks = [{"check": outcome.check, "passed": outcome.passed, "said": outcome.said} for outcome in outcomes]
    success = f"verified: {len(outcomes)} checks hold"
    if against:
        success += "\nto read it as a page: road handoff report"
    finish(found, as_json, success, checks=checks)


@handoff.command()
@json_option
def fetch(as_json: bool) -> None:
    """Get the files of the handoff that are too large for git from the artifact store.

    Files above [tool.paved-road] git-limit-mib lie in the store that ROAD_ARTIFACT_STORE names. Says so and does
    nothing where none is missing.

    \b
    Example:
      ROAD_ARTIFACT_STORE=s3://models road handoff fetch
    """
    from paved_road.handoff import folder
    from paved_road.handoff.manifest import load
    from paved_road.stores import artifacts

    here = project.find()
    store = artifacts.open(artifacts.location(here))
    got = folder.fetch(here.handoff, load(here.handoff), store)
    said = f"{len(got)} files from {store.location}" if got else "nothing is missing"
    finish([], as_json, said, files=[file.path for file in got])


@handoff.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring an older handoff/manifest.json to this version, after `copier update`.

    The model, its golden dataset and where it comes from stay what they are; what the older version did not hold is
    measured again. Signatures are withdrawn, because they were of the older one.

    \b
    Example:
      road handoff migrate && road handoff verify
    """
    from paved_road.handoff.migrate import migrate as run

    manifest = run(project.find(), step)
    success = f"{_title(manifest)} is now of manifest version {manifest.manifest_version}\n{_NEXT}"
    finish([], as_json, success, seal=manifest.seal)


@handoff.command()
@folder_option
@json_option
def show(folder: Path | None, as_json: bool) -> None:
    """Say what was handed over, by whom, and how good it is.

    \b
    Example:
      road handoff show
    """
    import msgspec

    from paved_road.handoff.manifest import load

    manifest = load(folder or project.find().handoff)
    finish([], as_json, _summary(manifest), manifest=msgspec.to_builtins(manifest))


def _title(manifest: "Manifest") -> str:
    return f"{manifest.contract.promise.name} {manifest.contract.promise.version}"


def _summary(manifest: "Manifest") -> str:
    origin, profile, sides = manifest.artifact.origin, manifest.resources, manifest.handover
    metrics = "\n".join(
        f"              {name} {measure.value:.4f} (95 % interval {measure.low:.4f} to {measure.high:.4f})"
        for name, measure in manifest.baseline.metrics.items()
    )
    commit = origin.commit[:12] + (" and uncommitted changes" if origin.uncommitted else "")
    return f"""\
{_title(manifest)}: {manifest.contract.promise.intended_use}
built         {manifest.created_at} by paved road {manifest.platform}
from          {sides.gives.title} ({sides.gives.team})
to            {sides.takes.title} ({sides.takes.team})
artifact      {manifest.artifact.file.path}, {manifest.artifact.file.size:,} bytes{_trusted(manifest)}
trained       {origin.trained_at} by {origin.trained_by} with {origin.framework}
              from commit {commit}, run {origin.tracking.run}
dependencies  {len(manifest.dependencies.packages)} packages, {manifest.dependencies.python}
schema        {len(manifest.io.input["properties"])} inputs, {len(manifest.io.output["properties"])} outputs
baseline      {manifest.baseline.rows:,} golden rows, version {manifest.baseline.version}
{metrics}
resources     {_latency(profile.open)} at {profile.open.requests_per_second:g} requests/s
              {_latency(profile.closed)} at {profile.closed.requests_per_second:,.0f}, the most it answers
              {profile.peak_memory_mib:.0f} MiB, ready after {profile.cold_start_s:.2f} s"""


def _trusted(manifest: "Manifest") -> str:
    types = manifest.artifact.trusted
    return f"\n              trusting {', '.join(types)}" if types else ""


def _latency(load: "Load") -> str:
    said = load.latency
    return f"p50 {said.p50_ms:.2f} ms, p95 {said.p95_ms:.2f} ms, p99 {said.p99_ms:.2f} ms"
