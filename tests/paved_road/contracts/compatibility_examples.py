"""For each rule of the table an example: what a contract says before and after, as text that is replaced."""

from typing import NamedTuple


class Example(NamedTuple):
    """One edit of one of the template's contracts.

    Attributes:
        rule: the only rule that it falls under.
        before: text that stands in the contract, with its line.
        after: what a person writes instead.
        fact: what they are told.
    """

    rule: str
    before: str
    after: str
    fact: str


HOUR = "name: local_hour, type: integer, minimum: 0, maximum: 23, meaning: "
PIN = "  - {name: pin_verified, type: boolean, meaning: Whether the PIN was entered and right., example: false}\n"
LABEL = "  - {name: is_fraud, gives: label, meaning: Whether to treat the transaction as fraud.}\n"
SHARE = "  - {name: fraud_probability, gives: probability, of: true, meaning: Probability that it is fraud.}\n"
PREDICTED = "unit: EUR\n    minimum: -1000"
LOSS = """\
      - name: loss_amount
        logicalType: number
        required: true
        description: What the bank lost on it once the dispute was settled, EUR.
        classification: confidential
        logicalTypeOptions: {minimum: 0}
"""
CHANNELS = "values: [chip, contactless, magstripe, online]"

CLASSIFICATION = [
    Example("input-removed", PIN, "", "inputs.pin_verified was removed"),
    Example(
        *("input-added-required", PIN, PIN + "  - {name: country, type: string, meaning: Where.}\n"),
        "inputs.country was added and may not be null",
    ),
    Example(
        *("input-added-nullable", PIN, PIN + "  - {name: country, type: string, nullable: true, meaning: Where.}\n"),
        "inputs.country was added",
    ),
    Example("input-type-widened", HOUR, HOUR.replace("integer", "number"), "type went from integer to number"),
    Example("input-type-changed", "amount, type: number", "amount, type: integer", "type went from number to integer"),
    Example("input-type-changed", "issued_at, type: timestamp", "issued_at, type: string", "from timestamp to string"),
    Example("input-range-narrowed", "maximum: 50000, unit", "maximum: 40000, unit", "maximum went from 50000 to 40000"),
    Example("input-range-narrowed", "minimum: 0.01, max", "minimum: 0.02, max", "minimum went from 0.01 to 0.02"),
    Example("input-range-widened", "maximum: 50000, unit", "maximum: 60000, unit", "maximum went from 50000 to 60000"),
    Example("input-range-widened", "minimum: 0.01, max", "max", "inputs.amount.minimum was removed (it was 0.01)"),
    Example("input-values-removed", CHANNELS, "values: [chip, contactless, online]", "values no longer has magstripe"),
    Example("input-values-added", CHANNELS, CHANNELS.replace("chip", "cheque, chip"), "values now has cheque"),
    Example("input-values-added", f"    {CHANNELS}\n", "", "values was removed (it was [chip, contactless, magstripe"),
    Example("input-null-refused", "nullable: true\n    meaning: From", "meaning: From", "may no longer be null"),
    Example("input-null-accepted", PIN, PIN.replace("boolean", "boolean, nullable: true"), "may now be null"),
    Example("input-unit-changed", "unit: EUR", "unit: USD", "inputs.amount.unit went from EUR to USD"),
    Example("input-unit-changed", "unit: EUR, ", "", "inputs.amount.unit was removed (it was EUR)"),
    Example("input-unit-named", HOUR, HOUR.replace("max", "unit: h, max"), "inputs.local_hour.unit was set to h"),
    Example("input-order", CHANNELS, "values: [online, chip, contactless, magstripe]", "were put in another order"),
    Example("input-text", "Amount of the", "What the card paid in the", "inputs.amount.meaning was reworded"),
    Example("input-text", "example: 129.9", "example: 12.9", "inputs.amount.example was reworded"),
    Example("output-removed", SHARE, "", "outputs.fraud_probability was removed"),
    Example("output-added", SHARE, SHARE + SHARE.replace("fraud_", "risk_"), "outputs.risk_probability was added"),
    Example("output-gives", "gives: label", "gives: probability", "gives went from label to probability"),
    Example("output-of", "of: true", "of: false", "outputs.fraud_probability.of went from true to false"),
    Example("output-of-named", "of: true, ", "", "outputs.fraud_probability.of was removed (it was true)"),
    Example("output-order", LABEL + SHARE, SHARE + LABEL, "outputs were put in another order"),
    Example("output-text", "Probability that it is", "How likely it is", "fraud_probability.meaning was reworded"),
    Example("output-unit-named", "of: true", "of: true, unit: one", "outputs.fraud_probability.unit was set to one"),
    Example("model-name", 'name: "example"', 'name: "another"', "name went from example to another"),
    Example("model-target", "target: is_fraud", "target: is_theft", "target went from is_fraud to is_theft"),
    Example("model-classes", "[false, true]", "[true, false]", "classes went from [false, true] to [true, false]"),
    Example("model-threshold", "threshold: 0.7", "threshold: 0.6", "threshold went from 0.7 to 0.6"),
    Example(
        "model-golden-key", "key: transaction_id", "key: card_id", "golden.key went from transaction_id to card_id"
    ),
    Example("model-golden", "version: 1\n", "version: 2\n", "golden.version went from 1 to 2"),
    Example("metric-weaker", "floor: 0.35", "floor: 0.3", "success_metrics.recall.floor went from 0.35 to 0.3"),
    Example(
        "metric-weaker", "    slices: {channel: 0.3}\n", "", "average_precision.slices.channel (floor) was removed"
    ),
    Example("metric-stronger", "floor: 0.35", "floor: 0.4", "success_metrics.recall.floor went from 0.35 to 0.4"),
    Example("metric-stronger", "floor: 0.35", "floor: 0.35\n    ceiling: 0.9", "recall.ceiling was set to 0.9"),
    Example("metric-text", "because: Below this", "because: Under this", "a reason or the order changed"),
    Example("model-text", "It does not judge", "It never judges", "limits was reworded"),
    Example("service-weaker", "p95_ms: 50", "p95_ms: 60", "service_level.p95_ms went from 50 to 60"),
    Example("service-weaker", "max_records: 1000", "max_records: 100", "max_records went from 1000 to 100"),
    Example("service-stronger", "p99_ms: 100", "p99_ms: 90", "service_level.p99_ms went from 100 to 90"),
    Example(
        "service-stronger", "availability: 0.999", "availability: 0.9999", "availability went from 0.999 to 0.9999"
    ),
    Example("resources-raised", "memory_mib: 512", "memory_mib: 1024", "resources.memory_mib went from 512 to 1024"),
    Example("resources-lowered", "memory_mib: 512", "memory_mib: 256", "resources.memory_mib went from 512 to 256"),
    Example("monitoring", "data_psi: 0.2", "data_psi: 0.3", "monitoring.data_psi went from 0.2 to 0.3"),
    Example("rollback", "p99 latency stays", "p99 stays", "rollback.when went from"),
]
REGRESSION = [
    Example("output-range-widened", "maximum: 50000\n    meaning: What", "meaning: What", "maximum was removed"),
    Example("output-range-widened", "minimum: -1000", "minimum: -2000", "minimum went from -1000 to -2000"),
    Example("output-range-narrowed", "minimum: -1000", "minimum: 0", "minimum went from -1000 to 0"),
    Example("output-unit-changed", PREDICTED, PREDICTED.replace("EUR", "USD"), "unit went from EUR to USD"),
]
DATA = [
    Example(
        "data-identity", "name: card_transactions", "name: payments", "name went from card_transactions to payments"
    ),
    Example("data-identity", "id: 2f1b", "id: 3f1b", "id went from 2f1b8a8e"),
    Example("data-moved", "physicalType: table", "physicalType: table\n    physicalName: t2", "was set to t2"),
    Example(
        *(
            "data-server-added",
            "status: active",
            "status: active\nservers: [{server: lake, type: s3, location: s3://a}]",
        ),
        "servers.lake was added",
    ),
    Example("data-retired", "status: active", "status: retired", "status went from active to retired"),
    Example("data-deprecated", "status: active", "status: deprecated", "status went from active to deprecated"),
    Example("column-removed", LOSS, "", "loss_amount was removed"),
    Example("column-added", LOSS, LOSS + LOSS.replace("loss", "net_loss"), "net_loss_amount was added"),
    Example("column-type-narrowed", "logicalType: number", "logicalType: integer", "from number to integer"),
    Example("column-type-changed", "logicalType: integer", "logicalType: number", "from integer to number"),
    Example("column-optional", LOSS, LOSS.replace("        required: true\n", ""), "loss_amount is now optional"),
    Example(
        "column-required", "usual_amount\n", "usual_amount\n        required: true\n", "usual_amount is now required"
    ),
    Example("column-repeats", "primaryKey: true", "required: true", "transaction_id is no longer unique"),
    Example("column-unique", "required: true\n", "required: true\n        unique: true\n", "is now unique"),
    Example("column-widened", "maximum: 20040", "maximum: 30000", "maximum went from 20040 to 30000"),
    Example("column-widened", '{pattern: "^t[0-9]{8}$"}', '{pattern: "^t[0-9]{9}$"}', "pattern went from"),
    Example("column-narrowed", "maximum: 20040", "maximum: 20000", "maximum went from 20040 to 20000"),
    Example("quality-weaker", "mustBeLessThan: 20", "mustBeLessThan: 30", "must be at least 0 and below 30"),
    Example(
        "quality-weaker", "[android, ios", "[android, beos, ios", 'invalidValues(device) now takes "beos" as valid'
    ),
    Example("quality-stronger", "mustBeLessThan: 20", "mustBeLessOrEqualTo: 10", "must be at least 0 and at most 10"),
    Example("quality-stronger", "[android, ios", "[android", 'invalidValues(device) no longer takes "ios" as valid'),
    Example("sla-weaker", "value: 1, unit: d", "value: 2, unit: d", "slaProperties.frequency went from 1 d to 2 d"),
    Example("sla-stronger", "value: 1, unit: d", "value: 12, unit: h", "frequency went from 1 d to 12 h"),
    Example("data-text", "value: 1, unit: d", "value: 24, unit: h", "slaProperties is written otherwise"),
    Example(
        "data-text", "What the merchant sells.", "Its trade.", "merchant_category.description is written otherwise"
    ),
]
