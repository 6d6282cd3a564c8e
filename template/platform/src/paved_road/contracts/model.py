"""``contracts/model.yml``: what the model promises. Types first, then reading and cross-checks."""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from paved_road import documents, schemas
from paved_road.contracts import metric_names
from paved_road.findings import Finding, require

PATH = "contracts/model.yml"
SCHEMA_FILE = Path(__file__).with_name("model.schema.json")

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,62}$", description="Lower-case letters, digits, underscores.")]
ModelName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,62}$", description="Lower-case letters, digits, hyphens.")]
Version = Annotated[
    str, Meta(pattern=r"^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$", description="Semantic version MAJOR.MINOR.PATCH.")
]
Text = Annotated[str, Meta(min_length=1)]
Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0)]
PositiveInt = Annotated[int, Meta(ge=1)]
FieldType = Literal["number", "integer", "boolean", "string", "timestamp"]
Value = str | int | float | bool


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Field(_Part, frozen=True, kw_only=True):
    """A field of a request.

    Attributes:
        name: key in the request, and column in the data contract.
        type: JSON type; a ``timestamp`` is an RFC 3339 date and time with its offset.
        meaning: what it says, in words.
        unit: unit of measure, where there is one.
        minimum: smallest value allowed.
        maximum: largest value allowed.
        values: the only values allowed.
        nullable: whether it may be null or left out.
        example: a typical value, shown in the API's documentation.
    """

    name: Name
    type: FieldType
    meaning: Text
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    values: Annotated[list[str], Meta(min_length=1)] | None = None
    nullable: bool = False
    example: Value | None = None


class Output(_Part, frozen=True, kw_only=True):
    """A field of a prediction.

    Attributes:
        name: key in the response.
        gives: ``probability`` of a class, the decided ``label``, or the predicted ``value`` of a regression.
        of: class that the probability is of; the positive class if left out.
        meaning: what it says, in words.
        unit: unit of measure, where there is one.
        minimum: smallest value that the model may give.
        maximum: largest value that the model may give.
    """

    name: Name
    gives: Literal["probability", "label", "value"]
    meaning: Text
    of: Value | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None


class Golden(_Part, frozen=True, kw_only=True):
    """How the golden dataset is taken from the data.

    Attributes:
        key: column that names a row; golden rows are never trained on.
        newest_by: column whose newest rows become golden; rows are drawn at random if left out.
        share: share of the rows.
        version: raise it to take a new golden dataset; the same version keeps the one handed over.
        slices: columns whose values are measured apart.
    """

    key: Name
    newest_by: Name | None = None
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.2
    version: PositiveInt = 1
    slices: list[Name] = []


class SuccessMetric(_Part, frozen=True, kw_only=True):
    """The product manager's words, made checkable on the golden dataset.

    Attributes:
        metric: name of a metric as scikit-learn has it, or ``metrics.<function>`` of the team's own metrics.py.
        floor: the measured value must not be below.
        ceiling: the measured value must not be above.
        slices: the same for each value of a column: column to floor (or ceiling, where the metric has one).
        because: why this figure.
    """

    metric: str
    floor: float | None = None
    ceiling: float | None = None
    slices: dict[Name, float] = {}
    because: str | None = None


class ServiceLevel(_Part, frozen=True, kw_only=True):
    """What callers may rely on.

    Attributes:
        p95_ms: 95 of 100 requests are answered within, milliseconds.
        p99_ms: 99 of 100 requests are answered within, milliseconds.
        availability: share of requests answered without a fault of ours.
        requests_per_second: rate at which all of this holds for one replica.
        concurrency: requests under way at once at that rate.
        max_records: records that one request may carry.
    """

    p95_ms: Positive
    p99_ms: Positive
    availability: Share
    requests_per_second: Positive
    concurrency: PositiveInt = 8
    max_records: PositiveInt = 1000


class Resources(_Part, frozen=True, kw_only=True):
    """What one replica may use.

    Attributes:
        cpu_cores: cores at the promised rate.
        memory_mib: resident memory at its peak, MiB.
        cold_start_s: from start to ready, seconds.
    """

    cpu_cores: Positive
    memory_mib: Positive
    cold_start_s: Positive


class Monitoring(_Part, frozen=True, kw_only=True):
    """When drift, decay and cost are worth waking somebody.

    Attributes:
        data_psi: population stability index of an input above which its distribution has shifted.
        prediction_psi: the same for predictions.
        window: time over which live rows are compared; at least one whole cycle of the traffic.
        minimum_sample: fewer rows than this say nothing.
        performance_drop: share of a success metric's baseline by which it may be worse on labels that arrive.
        model_age_days: days after training from which the model is stale.
        labels_age_days: days that the newest record with a label may be old.
        cost_ratio: times the CPU time of a request, as handed over, that a prediction may take.
    """

    data_psi: Positive = 0.2
    prediction_psi: Positive = 0.2
    window: Literal["1h", "6h", "1d", "7d"] = "1d"
    minimum_sample: PositiveInt = 1000
    performance_drop: Annotated[float, Meta(gt=0, le=1)] = 0.1
    model_age_days: Positive = 180
    labels_age_days: Positive = 90
    cost_ratio: Annotated[float, Meta(gt=1)] = 2


class Rollback(_Part, frozen=True, kw_only=True):
    """When to go back, and to what.

    Attributes:
        when: conditions, in words.
        to: the version to go back to.
    """

    when: Annotated[list[Text], Meta(min_length=1)]
    to: Literal["previous"] = "previous"


class ModelContract(_Part, frozen=True, kw_only=True, dict=True):
    """What a model promises, whoever runs it.

    Attributes:
        name: of the model, as the registry and the service know it.
        version: semantic version of this contract.
        task: ``classification`` or ``regression``.
        intended_use: what it is for.
        limits: what it is not for, and where it is known to be weak.
        target: column of the data contract that is predicted.
        classes: the target's values, negative first; for classification.
        threshold: probability of the positive class from which the label is positive; for two classes.
        inputs: fields of a request.
        outputs: fields of a prediction.
        golden: how the golden dataset is taken.
        success_metrics: floors and ceilings on the golden dataset.
        service_level: latency, availability and rate.
        resources: budget of one replica.
        monitoring: drift thresholds.
        rollback: when to go back.
    """

    name: ModelName
    version: Version
    task: Literal["classification", "regression"]
    intended_use: Text
    limits: Annotated[list[Text], Meta(min_length=1)]
    target: Name
    inputs: Annotated[list[Field], Meta(min_length=1)]
    outputs: Annotated[list[Output], Meta(min_length=1)]
    golden: Golden
    success_metrics: Annotated[list[SuccessMetric], Meta(min_length=1)]
    service_level: ServiceLevel
    resources: Resources
    rollback: Rollback
    monitoring: Monitoring = Monitoring()
    classes: Annotated[list[Value], Meta(min_length=2)] | None = None
    threshold: Annotated[float, Meta(gt=0, lt=1)] | None = None

    @cached_property
    def numbers(self) -> list[Field]:
        """Inputs that reach the model as float64, in order: numbers, flags, and times as seconds since 1970."""
        return [field for field in self.inputs if field.type != "string"]

    @cached_property
    def strings(self) -> list[Field]:
        """Inputs that reach the model as text, in order; a missing one is the empty string."""
        return [field for field in self.inputs if field.type == "string"]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the contract says, whatever its comments and layout."""
        return documents.digest(msgspec.to_builtins(self))


def schema() -> dict[str, Any]:
    """The JSON Schema of ``contracts/model.yml``, derived from the types above."""
    return schemas.derive(ModelContract, "Model contract")


def load(file: Path, shown: str = PATH) -> ModelContract:
    """Read a model contract.

    Raises:
        Problem: with every violation of the schema, or every contradiction, at its line.
    """
    return read(documents.load(file, shown, "MODEL001"))


def parse(text: str, shown: str = PATH) -> ModelContract:
    """As `load`, from text."""
    return read(documents.parse(text, shown, "MODEL001"))


def read(document: documents.Document) -> ModelContract:
    """As `load`, from a parsed document."""
    documents.check_schema(document, json.loads(SCHEMA_FILE.read_bytes()), "MODEL002")
    contract = documents.convert(document.data, ModelContract, document, "MODEL002")
    require(contradicts(contract, document))
    return contract


def contradicts(contract: ModelContract, document: documents.Document) -> Iterator[Finding]:
    """Everything in which a contract contradicts itself, at its line in the document that holds it."""
    yield from _fields(contract, document)
    yield from _outputs(contract, document)
    yield from _metrics(contract, document)
    level = contract.service_level
    if level.p95_ms > level.p99_ms:
        yield document.finding(
            "MODEL003", ("service_level", "p95_ms"), "service_level: p95_ms is above p99_ms", "swap or mend them"
        )


def _fields(contract: ModelContract, document: documents.Document) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, field in enumerate(contract.inputs):
        at = ("inputs", position)
        if field.name in seen:
            yield document.finding("MODEL003", at, f"inputs: {field.name} is there twice", "keep one")
        seen.add(field.name)
        if field.name == contract.target:
            yield document.finding("MODEL003", at, f"inputs: {field.name} is the target", "a model may not read it")
        if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
            yield document.finding("MODEL003", at, f"{field.name}: minimum is above maximum", "swap or mend them")
        bounded = field.minimum is not None or field.maximum is not None
        if bounded and field.type not in ("number", "integer"):
            yield document.finding("MODEL003", at, f"{field.name}: a {field.type} has no range", "leave the range out")
        if field.values is not None and field.type != "string":
            yield document.finding("MODEL003", at, f"{field.name}: only a string has values", "give it a range instead")


def _outputs(contract: ModelContract, document: documents.Document) -> Iterator[Finding]:
    classifies = contract.task == "classification"
    if classifies and contract.classes is None:
        yield document.finding(
            "MODEL003", (), "classification without classes", "list the target's values in `classes`"
        )
        return
    if len(contract.classes or []) == 2 and contract.threshold is None:
        yield document.finding("MODEL003", (), "two classes without a threshold", "add `threshold`, for instance 0.5")
    if contract.threshold is not None and len(contract.classes or []) != 2:
        yield document.finding("MODEL003", ("threshold",), "a threshold decides between two classes", "leave it out")
    for position, output in enumerate(contract.outputs):
        at = ("outputs", position)
        if (output.gives == "value") == classifies:
            fact = f"{output.name}: a {contract.task} does not give a {output.gives}"
            yield document.finding("MODEL003", at, fact, "give `value` for regression, else `label` or `probability`")
        if output.of is not None and output.of not in (contract.classes or []):
            yield document.finding("MODEL003", at, f"{output.name}: {output.of!r} is no class", "see `classes`")


def _metrics(contract: ModelContract, document: documents.Document) -> Iterator[Finding]:
    known = metric_names.metrics_of(contract.task, len(contract.classes or []))
    for position, wanted in enumerate(contract.success_metrics):
        at = ("success_metrics", position)
        if wanted.metric not in known and not metric_names.is_own(wanted.metric):
            kind = f"{contract.task} of {len(contract.classes)} classes" if contract.classes else contract.task
            fact = f"{wanted.metric} is not a metric of a {kind}"
            remedy = f"one of {', '.join(sorted(known))}, or metrics.<function> of your own metrics.py"
            yield document.finding("MODEL004", at, fact, remedy)
        if wanted.floor is None and wanted.ceiling is None:
            yield document.finding("MODEL003", at, f"{wanted.metric}: neither floor nor ceiling", "give one")
        if wanted.floor is not None and wanted.ceiling is not None and wanted.floor > wanted.ceiling:
            yield document.finding("MODEL003", at, f"{wanted.metric}: floor is above ceiling", "swap or mend them")
        for column in wanted.slices:
            if column not in contract.golden.slices:
                fact = f"{wanted.metric}: {column} is not a slice"
                yield document.finding("MODEL003", at, fact, "add it to golden.slices")
