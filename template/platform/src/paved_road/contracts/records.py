"""Fields of a contract as JSON Schema: what a record and a prediction look like to callers."""

from typing import Any

from paved_road.contracts.model import Field, ModelContract, Output

OUTPUTS = {"classification": "probabilities", "regression": "values"}
"""What an artifact's output is called: shape (rows, classes), or (rows,) or (rows, 1)."""
JSON_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean", "string": "string", "timestamp": "string"}


def input_schema(contract: ModelContract) -> dict[str, Any]:
    """JSON Schema 2020-12 of one record of a request."""
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in contract.inputs},
        "required": [field.name for field in contract.inputs if not field.nullable],
        "additionalProperties": False,
    }


def output_schema(contract: ModelContract) -> dict[str, Any]:
    """JSON Schema 2020-12 of one prediction; open, for a field more breaks no caller (see docs/compatibility.md)."""
    return {
        "type": "object",
        "properties": {output.name: _output(output, contract) for output in contract.outputs},
        "required": [output.name for output in contract.outputs],
    }


def _field(field: Field) -> dict[str, Any]:
    kind = JSON_TYPES[field.type]
    schema: dict[str, Any] = {"type": [kind, "null"] if field.nullable else kind, "description": _words(field)}
    if field.type == "timestamp":
        schema["format"] = "date-time"
    if field.values is not None:
        schema["enum"] = [*field.values, None] if field.nullable else list(field.values)
    schema |= _bounds(field)
    if field.example is not None:
        schema["examples"] = [field.example]
    return schema


def _output(output: Output, contract: ModelContract) -> dict[str, Any]:
    match output.gives:
        case "probability":
            return {"type": "number", "description": _words(output), "minimum": 0, "maximum": 1}
        case "value":
            return {"type": "number", "description": _words(output)} | _bounds(output)
        case _:
            classes = contract.classes or []
            kind = "boolean" if isinstance(classes[0], bool) else "string" if isinstance(classes[0], str) else "integer"
            return {"type": kind, "description": _words(output), "enum": list(classes)}


def _words(part: Field | Output) -> str:
    return f"{part.meaning} Unit: {part.unit}." if part.unit else part.meaning


def _bounds(part: Field | Output) -> dict[str, float]:
    bounds = {"minimum": part.minimum, "maximum": part.maximum}
    return {name: bound for name, bound in bounds.items() if bound is not None}
