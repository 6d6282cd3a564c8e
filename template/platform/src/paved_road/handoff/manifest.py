"""``handoff/manifest.json``: the five parts of a handoff, each with the digest of what it speaks of."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from paved_road import documents, plain_json, schemas
from paved_road.contracts.model import ModelContract, contradicts
from paved_road.findings import Finding, problem, require
from paved_road.project import Format, TrustedType
from paved_road.stores.candidate import Origin, Sha256

PATH = "handoff/manifest.json"
VERSION: Literal[2] = 2
SCHEMA_FILE = Path(__file__).with_name("manifest.schema.json")

FileName = Annotated[str, Meta(pattern=r"^[a-z]+-[0-9a-f]{12}\.[a-z]+$")]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=0)]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class File(_Part, frozen=True, kw_only=True):
    """A file beside the manifest, named after its content.

    Attributes:
        path: its name in the handoff folder.
        sha256: digest of its bytes.
        size: bytes.
        kept: in ``git`` beside the manifest, or, if it is large, in the artifact ``store``; see `road handoff fetch`.
    """

    path: FileName
    sha256: Sha256
    size: Count
    kept: Literal["git", "store"] = "git"


class Contract(_Part, frozen=True, kw_only=True):
    """The promise that the evidence is held against.

    Attributes:
        sha256: digest of what ``contracts/model.yml`` says.
        data_sha256: digest of what ``contracts/data.yml`` says.
        promise: the model contract as it was handed over.
    """

    sha256: Sha256
    data_sha256: Sha256
    promise: ModelContract


class Artifact(_Part, frozen=True, kw_only=True, omit_defaults=True):
    """Part 1: the model itself.

    Attributes:
        format: file format.
        file: where its bytes are.
        opsets: operator sets of the graph, by domain; of a native format its version.
        origin: who made it, from what.
        parity: greatest difference between the exported and the trained model's predictions on the golden dataset.
        trusted: types in the file that its format's library does not trust by itself, and this handoff does.
    """

    format: Format
    file: File
    opsets: dict[str, int]
    origin: Origin
    parity: float
    trusted: list[TrustedType] = []


class Package(_Part, frozen=True, kw_only=True):
    """One package of the serving set.

    Attributes:
        name: normalised name.
        version: exact version.
        marker: environment it is installed in; everywhere if empty.
        sha256: digests of the files that may be installed.
    """

    name: str
    version: str
    marker: str
    sha256: Annotated[list[Sha256], Meta(min_length=1)]


class Dependencies(_Part, frozen=True, kw_only=True):
    """Part 2: what runs the model.

    Attributes:
        lock: the serving set, with hashes, as pip and uv install it.
        python: interpreter that the evidence was taken with.
        packages: the serving set.
    """

    lock: File
    python: str
    packages: Annotated[list[Package], Meta(min_length=1)]


class IO(_Part, frozen=True, kw_only=True):
    """Part 3: what goes in and what comes out.

    Attributes:
        version: the contract's version.
        input: JSON Schema 2020-12 of a record.
        output: JSON Schema 2020-12 of a prediction.
    """

    version: str
    input: dict[str, Any]
    output: dict[str, Any]


class SliceMeasure(_Part, frozen=True, kw_only=True):
    """A metric on the golden rows that share a value.

    Attributes:
        rows: how many.
        value: the metric; null where it is undefined.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
    """

    rows: Count
    value: float | None
    low: float | None
    high: float | None


class Measure(_Part, frozen=True, kw_only=True):
    """A metric on the golden dataset.

    Attributes:
        value: as measured.
        low: lower end of its 95 % bootstrap interval.
        high: upper end.
        slices: by column and value.
    """

    value: float
    low: float
    high: float
    slices: dict[str, dict[str, SliceMeasure]]


class Probe(_Part, frozen=True, kw_only=True):
    """A golden record, which a server has to predict right before it is ready.

    Attributes:
        record: as a request carries it.
        raw: what the model gave: a probability a class, or one value.
    """

    record: dict[str, Any]
    raw: list[float]


class Baseline(_Part, frozen=True, kw_only=True):
    """Part 4: how good it is, on what.

    Attributes:
        golden: the golden dataset.
        version: its version in the contract.
        rows: how many rows it has.
        predictions: the artifact's predictions on it.
        probe: one of its records.
        metrics: by name.
    """

    golden: File
    version: Count
    rows: Count
    predictions: File
    probe: Probe
    metrics: dict[str, Measure]


class Latency(_Part, frozen=True, kw_only=True):
    """Percentiles of the time that a request took.

    Attributes:
        p50_ms: median, milliseconds.
        p95_ms: 95th percentile.
        p99_ms: 99th percentile.
    """

    p50_ms: Positive
    p95_ms: Positive
    p99_ms: Positive


class Load(_Part, frozen=True, kw_only=True):
    """A load of single records, and how it was answered.

    Attributes:
        concurrency: requests under way at once, at most.
        requests: how many were answered.
        seconds: how long it lasted.
        requests_per_second: answered (closed loop), or sent (open loop).
        latency: from when a request was sent (closed loop), or was due (open loop).
    """

    concurrency: Count
    requests: Count
    seconds: Positive
    requests_per_second: Positive
    latency: Latency


class CpuRatio(_Part, frozen=True, kw_only=True):
    """CPU time of a request over that of a fixed calibration, taken in turn: comparable between machines.

    Attributes:
        value: median of the rounds.
        spread: distance of their quartiles, as a share of the median.
        rounds: how many.
    """

    value: Positive
    spread: Annotated[float, Meta(ge=0)]
    rounds: Count


class Resources(_Part, frozen=True, kw_only=True):
    """Part 5: what it takes, measured on the server that will run it.

    Attributes:
        closed: as many requests as the server answers at the contract's concurrency.
        open: requests at the contract's rate, whether or not the server keeps up.
        cpu_seconds_per_request: of the server's process, all threads.
        cpu_ratio: the same against a calibration.
        steady_memory_mib: resident memory of the server's process before the load.
        peak_memory_mib: its peak.
        cold_start_s: from start to ready, seconds.
        machine: where it was measured.
    """

    closed: Load
    open: Load
    cpu_seconds_per_request: Positive
    cpu_ratio: CpuRatio
    steady_memory_mib: Positive
    peak_memory_mib: Positive
    cold_start_s: Positive
    machine: dict[str, str]


class Bins(_Part, frozen=True, kw_only=True):
    """A distribution of numbers.

    Attributes:
        edges: inner edges, ascending; a value on an edge is below it.
        shares: share of the present values in each bin, one more than edges.
        low: least of them; null if there is none.
        high: greatest of them.
        missing: share of missing values.
    """

    edges: list[float]
    shares: list[Share]
    low: float | None
    high: float | None
    missing: Share


class Categories(_Part, frozen=True, kw_only=True):
    """A distribution of categories.

    Attributes:
        shares: by value, among the present.
        missing: share of missing values.
    """

    shares: dict[str, Share]
    missing: Share


class Distributions(_Part, frozen=True, kw_only=True):
    """Distributions of several fields.

    Attributes:
        numbers: by field; times in seconds since 1970, flags as 0 and 1.
        categories: by field.
    """

    numbers: dict[str, Bins]
    categories: dict[str, Categories]


class Null(_Part, frozen=True, kw_only=True):
    """How far chance alone takes a window of live rows from the reference, so that thresholds follow the window's size.

    Attributes:
        false_alarms: share of windows without drift in which any input exceeds its figure; the same of predictions.
        inputs: by field, population stability index over (1 / rows of the window + 1 / rows of the reference).
        predictions: the same of outputs.
    """

    false_alarms: Share
    inputs: dict[str, Positive]
    predictions: dict[str, Positive]


class Reference(_Part, frozen=True, kw_only=True):
    """What inputs and predictions looked like on the golden dataset, to tell drift by.

    Attributes:
        rows: how many rows.
        inputs: what the model was given.
        predictions: what it gave.
        null: what is no drift yet.
    """

    rows: Count
    inputs: Distributions
    predictions: Distributions
    null: Null


class Party(_Part, frozen=True, kw_only=True):
    """An accountable role.

    Attributes:
        role: key in ``raci.yml``.
        title: for people.
        team: GitHub handle.
    """

    role: str
    title: str
    team: str


class Handover(_Part, frozen=True, kw_only=True):
    """Who hands over, who accepts.

    Attributes:
        gives: accountable in the Science Loop.
        takes: accountable in the System Loop.
    """

    gives: Party
    takes: Party


class Manifest(_Part, frozen=True, kw_only=True, rename={"io": "schema"}):
    """Everything that a model's next owner needs, and can check.

    Attributes:
        manifest_version: version of this format.
        created_at: when it was built, UTC.
        platform: version of the paved road that built it.
        contract: the promise.
        artifact: part 1.
        dependencies: part 2.
        io: part 3.
        baseline: part 4.
        resources: part 5.
        reference: to tell drift by.
        handover: the accountable roles.
        seal: SHA-256 of all of the above.
    """

    manifest_version: Literal[2]
    created_at: str
    platform: str
    contract: Contract
    artifact: Artifact
    dependencies: Dependencies
    io: IO
    baseline: Baseline
    resources: Resources
    reference: Reference
    handover: Handover
    seal: Sha256 | Literal[""] = ""

    @property
    def files(self) -> tuple[File, ...]:
        """Every file that it names."""
        return self.artifact.file, self.dependencies.lock, self.baseline.golden, self.baseline.predictions

    @property
    def version(self) -> str:
        """What answers: the contract's version, and which artifact under it, as in ``1.2.0+0123456789ab``."""
        return f"{self.contract.promise.version}+{self.artifact.file.sha256[:12]}"

    def sealed(self) -> "Manifest":
        """The same with its seal set."""
        return msgspec.structs.replace(self, seal=seal_of(msgspec.to_builtins(self)))


def seal_of(data: dict[str, Any]) -> str:
    """The seal that a manifest with this content must carry."""
    return documents.digest({key: value for key, value in data.items() if key != "seal"})


def schema() -> dict[str, Any]:
    """The JSON Schema of ``handoff/manifest.json``, derived from the types above."""
    return schemas.derive(Manifest, "Handoff manifest")


def render(manifest: Manifest) -> bytes:
    """A manifest as the bytes of its file."""
    return json.dumps(msgspec.to_builtins(manifest), indent=2, ensure_ascii=False).encode() + b"\n"


_REMEDIES = {
    1: "update the platform (`copier update`)",
    0: "run `road handoff build`",
    -1: "run `road handoff migrate`",
}


def load(folder: Path) -> Manifest:
    """Read the manifest of a handoff folder.

    Raises:
        Problem: missing, not JSON, of another version, or not what `parsed` takes.
    """
    data = read(folder / "manifest.json")
    if data.get("manifest_version") != VERSION:
        given = data.get("manifest_version")
        remedy = _REMEDIES[(given > VERSION) - (given < VERSION) if isinstance(given, int) and given >= 1 else 0]
        raise problem("HANDOFF003", f"manifest_version is {given!r}, and this reads {VERSION}", remedy, path=PATH)
    return parsed(data)


def parsed(data: dict[str, Any]) -> Manifest:
    """A manifest of this version from its content.

    Raises:
        Problem: of another shape, changed since it was sealed, or with a promise that contradicts itself.
    """
    document, remedy = documents.Document(PATH, data, {}), "run `road handoff build`"
    documents.check_schema(document, json.loads(SCHEMA_FILE.read_bytes()), "HANDOFF004", remedy)
    if data.get("seal") != seal_of(data):
        fact = "seal: the manifest was changed after it was built"
        raise problem("HANDOFF005", fact, "restore it from git, or run `road handoff build`", path=PATH)
    manifest = documents.convert(data, Manifest, document, "HANDOFF004", remedy)
    require(_times(manifest))
    require(contradicts(manifest.contract.promise, document))
    return manifest


def _times(manifest: Manifest) -> Iterator[Finding]:
    """A clock that ran backwards, or a time that is none."""
    built, trained = manifest.created_at, manifest.artifact.origin.trained_at
    try:
        backwards = datetime.fromisoformat(built) < datetime.fromisoformat(trained)
    except (ValueError, TypeError):
        fact = f"created_at {built!r} or artifact.origin.trained_at {trained!r} is no time with its offset"
        yield Finding(code="HANDOFF019", fact=fact, remedy="run `road handoff build`", path=PATH)
        return
    if backwards:
        fact = f"was built at {built}, before its model was trained at {trained}: a clock ran backwards"
        yield Finding(code="HANDOFF019", fact=fact, remedy="set the clock, and build again", path=PATH)


def read(file: Path) -> dict[str, Any]:
    """A manifest of any version, as it stands.

    Raises:
        Problem: missing, or not JSON.
    """
    try:
        data = plain_json.read(file.read_bytes())
    except FileNotFoundError:
        fact = "there is no manifest: nothing was handed over yet"
        raise problem("HANDOFF001", fact, "run `road train`, then `road handoff build`", path=PATH) from None
    except (OSError, ValueError) as error:
        fact = f"is not JSON: {error}" if isinstance(error, ValueError) else f"cannot be read: {error}"
        raise problem("HANDOFF002", fact, "restore it from git, or run `road handoff build`", path=PATH) from error
    if not isinstance(data, dict):
        raise problem("HANDOFF002", "is not a JSON object", "run `road handoff build`", path=PATH)
    return data


def file_digest(file: Path) -> str:
    """SHA-256 of a file's bytes, streamed."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
