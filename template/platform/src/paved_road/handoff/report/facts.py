"""What the page and the card say, as text. The only place of the report that knows the manifest's shape."""

from collections import Counter
from dataclasses import dataclass, field

import msgspec

from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Manifest, Party
from paved_road.handoff.report import changes, metric_words, promises, words
from paved_road.handoff.report.history import Past
from paved_road.handoff.report.promises import Part, Promise

Pairs = list[tuple[str, str]]
_FORMATS = {"onnx": "ONNX", "skops": "skops, in a process of its own and only signed"}


@dataclass(frozen=True)
class Side:
    """Who hands over, or who accepts."""

    title: str
    team: str
    contact: str = ""

    @property
    def link(self) -> str:
        """The contact as a link, if it is one that cannot do harm."""
        if self.contact.startswith(("https://", "http://", "mailto:")):
            return self.contact
        plain = "@" in self.contact[1:] and not any(sign in self.contact for sign in " :/?")
        return f"mailto:{self.contact}" if plain else ""


@dataclass(frozen=True)
class Slice:
    """Golden rows that share a value of a column, with every metric on them."""

    where: str
    rows: int
    parts: list[Part]


@dataclass(frozen=True)
class Since:
    """What changed since the handoff before."""

    when: str
    figures: list[changes.Change]
    packages: list[changes.Change]


@dataclass(frozen=True)
class Facts:
    """Everything but the pictures, ready to be read."""

    name: str
    version: str
    task: str
    intended_use: str
    limits: list[str]
    outputs: Pairs
    rollback: list[str]
    quality: list[Promise]
    service: list[Promise]
    parts: list[Part]
    slices: list[Slice]
    metrics: list[str]
    glance: Pairs
    load: str
    inputs: Pairs
    python: str
    packages: list[tuple[str, str, str]]
    gives: Side
    takes: Side
    origin: Pairs
    parameters: Pairs
    files: list[tuple[str, str, str]]
    built: str
    platform: str
    seal: str
    golden_rows: str
    unknown: str = ""
    since: Since | None = None
    unlike: bool = False
    counts: "Counter[promises.Verdict]" = field(default_factory=Counter)

    @property
    def verdict(self) -> str:
        """The whole in a sentence."""
        broken, close = self.counts["broken"], self.counts["close"]
        measured = sum(self.counts.values()) - self.counts["open"]
        if broken:
            return f"{broken} of {words.count(measured, 'promise')} broken"
        return f"All {words.count(measured, 'promise')} kept" + (f", {close} of them closely" if close else "")

    @property
    def state(self) -> str:
        """The worst of the verdicts."""
        worst: tuple[promises.Verdict, ...] = ("broken", "close")
        return next((verdict for verdict in worst if self.counts[verdict]), "kept")


def collect(manifest: Manifest, contacts: dict[str, str] | None = None, past: Past | None = None) -> Facts:
    """Read a manifest.

    Args:
        manifest: the handoff.
        contacts: how to reach each role.
        past: the handoff before; without one nothing is compared.
    """
    promise, profile = manifest.contract.promise, manifest.resources
    of = unit(promise)
    quality = list(promises.quality(promise.success_metrics, manifest.baseline.metrics, of))
    service = list(promises.service(promise.service_level, promise.resources, profile))
    parts = list(promises.parts(promise.success_metrics, manifest.baseline.metrics, of))
    promised_parts = [part for part in parts if part.bound]
    since = _since(manifest, past, of)
    contacts = contacts or {}
    return Facts(
        name=promise.name,
        version=promise.version,
        task=promise.task,
        intended_use=promise.intended_use,
        limits=promise.limits,
        outputs=[(_with_unit(output.name, output.unit), output.meaning) for output in promise.outputs],
        rollback=promise.rollback.when,
        quality=quality,
        service=service,
        parts=parts,
        slices=_slices(parts),
        metrics=list(dict.fromkeys(part.metric for part in parts)),
        glance=_glance(manifest),
        load=_load(manifest),
        inputs=[(_with_unit(given.name, given.unit), given.meaning) for given in promise.inputs],
        python=manifest.dependencies.python,
        packages=[(package.name, package.version, package.marker) for package in manifest.dependencies.packages],
        gives=_side(manifest.handover.gives, contacts),
        takes=_side(manifest.handover.takes, contacts),
        origin=_origin(manifest),
        parameters=sorted(manifest.artifact.origin.parameters.items()),
        files=[(file.path, words.size(file.size), file.sha256) for file in manifest.files],
        built=words.moment(manifest.created_at),
        platform=manifest.platform,
        seal=manifest.seal,
        golden_rows=words.count(manifest.baseline.rows, "golden row"),
        unknown=past.unknown if past else "",
        since=since,
        unlike=bool(past and past.manifest and since is None),
        counts=Counter([item.verdict for item in [*quality, *service]] + [part.verdict for part in promised_parts]),
    )


def unit(promise: ModelContract) -> str | None:
    """The unit of a regression's values."""
    return next((output.unit for output in promise.outputs if output.gives == "value"), None)


def _with_unit(name: str, of: str | None) -> str:
    return f"{name} ({of})" if of else name


def _side(party: Party, contacts: dict[str, str]) -> Side:
    return Side(party.title, party.team, contacts.get(party.role, ""))


def _glance(manifest: Manifest) -> Pairs:
    """The four figures that people ask for first."""
    wanted = manifest.contract.promise.success_metrics[0].metric
    first = manifest.baseline.metrics.get(wanted)
    value = metric_words.figure(wanted, first.value, unit(manifest.contract.promise)) if first else "undefined"
    return [
        (metric_words.title(wanted), value),
        ("Latency, p99", words.unit(words.number(manifest.resources.open.latency.p99_ms), "ms")),
        ("Peak memory", words.unit(words.number(manifest.resources.peak_memory_mib), "MiB")),
        ("Model size", words.size(manifest.artifact.file.size)),
    ]


def _load(manifest: Manifest) -> str:
    found = manifest.resources
    where = ", ".join(f"{key} {value}" for key, value in sorted(found.machine.items()))
    rate = words.number(found.open.requests_per_second)
    median = words.unit(words.number(found.open.latency.p50_ms), "ms")
    clients = words.count(found.closed.concurrency, "client")
    steady = words.unit(words.number(found.steady_memory_mib), "MiB")
    return (
        f"Latency is of {words.count(found.open.requests, 'request')}, {rate} a second whether or not the server keeps "
        f"up; half were answered within {median}. Throughput is of {clients} that never pause. "
        f"Memory is {steady} before the load. Machine: {where}."
    )


def _origin(manifest: Manifest) -> Pairs:
    origin = manifest.artifact.origin
    return [
        ("Trained by", origin.trained_by),
        ("Trained at", words.moment(origin.trained_at)),
        ("Trained with", origin.framework),
        ("Rows trained on", f"{origin.rows:,}"),
        ("Commit", origin.commit + (" and uncommitted changes" if origin.uncommitted else "")),
        ("Run", f"{origin.tracking.experiment}, {origin.tracking.run}"),
        ("Tracking server", origin.tracking.uri),
        ("Training data", f"SHA-256 {origin.data_sha256}"),
        ("Contracts", f"model {manifest.contract.sha256[:12]}, data {manifest.contract.data_sha256[:12]}"),
        (
            "Export",
            f"{_FORMATS[manifest.artifact.format]}, at most {manifest.artifact.parity:.1g} off the trained model",
        ),
        *([("Trusted types", ", ".join(manifest.artifact.trusted))] if manifest.artifact.trusted else []),
    ]


def _slices(parts: list[Part]) -> list[Slice]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(f"{part.column} is {part.value}", []).append(part)
    return [Slice(where, together[0].rows, together) for where, together in found.items()]


def _since(manifest: Manifest, past: Past | None, of: str | None) -> Since | None:
    if past is None or past.manifest is None:
        return None
    before, now = changes.snapshot(past.manifest), changes.snapshot(msgspec.to_builtins(manifest))
    if before is None or now is None:
        return None
    figures, packages = changes.compare(before, now, of), changes.packages(before, now)
    return Since(words.moment(before.created_at), figures, packages)
