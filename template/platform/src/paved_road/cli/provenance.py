"""`road handoff sbom | sign`: what other tools read about a handoff, and who vouches for it."""

from pathlib import Path

import click

from paved_road import project
from paved_road.cli.output import finish, folder_option, json_option


@click.command()
@folder_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; stdout by default.")
@click.option("--check", type=click.Path(path_type=Path), help="Hold this file against the handoff; write nothing.")
@json_option
def sbom(folder: Path | None, output: Path | None, check: Path | None, as_json: bool) -> None:
    """Write the bill of materials: CycloneDX 1.6, the serving set and the model with its card.

    \b
    Example:
      road handoff sbom --output sbom.cdx.json
      road handoff sbom --check sbom.cdx.json
    """
    from paved_road import files
    from paved_road.handoff.manifest import load
    from paved_road.handoff.provenance import extras

    extras.require("cyclonedx", "the bill of materials")
    from paved_road.handoff.provenance import sbom as bill

    manifest = load(folder or project.find().handoff)
    if check:
        finish(bill.differences(check, manifest), as_json, f"{check} is the bill of materials of this handoff")
    elif output:
        files.write(output, bill.render(manifest).encode())
        finish([], as_json, f"{output} is written", path=str(output))
    else:
        click.echo(bill.render(manifest), nl=False)


@click.command()
@folder_option
@click.option("--key", type=click.Path(path_type=Path), required=True, help="Private key, PEM, ECDSA on P-256.")
@json_option
def sign(folder: Path | None, key: Path, as_json: bool) -> None:
    """Sign the handoff: an attestation that cosign reads, and a model signature that model_signing reads.

    The password of an encrypted key is taken from ROAD_SIGNING_PASSWORD.

    \b
    Example:
      road handoff sign --key ~/handoff.pem
    """
    from paved_road.handoff.provenance import bundle, signature, signing

    here = None if folder else project.find()
    required = signature.required_key(here, None, require=False)
    where = folder or project.find().handoff
    fingerprint = signing.sign(where, key, required)
    names = " and ".join(f"{where.name}/{name}" for name in bundle.NAMES)
    success = f"{names} are written, with key {fingerprint[:12]}…\nnext: road handoff verify --require-signature"
    finish([], as_json, success, key=fingerprint)
