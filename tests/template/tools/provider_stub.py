"""A Terraform provider that knows a schema and nothing else: enough for `validate`, and for `test` with mocks.

Its first argument is the file with the schema.
"""

import json
import sys
from pathlib import Path
from typing import Any

import tf.provider
import tf.runner
from tf.gen import tfplugin_pb2 as protocol
from tf.gen import tfplugin_pb2_grpc as services

SCHEMA = json.loads(Path(sys.argv[1]).read_text())
NESTING = {
    "single": protocol.Schema.NestedBlock.SINGLE,
    "list": protocol.Schema.NestedBlock.LIST,
    "set": protocol.Schema.NestedBlock.SET,
    "map": protocol.Schema.NestedBlock.MAP,
}
CAPABILITIES = protocol.ServerCapabilities(get_provider_schema_optional=True)


def attribute(name: str, known: dict[str, Any], in_set: bool) -> Any:
    # Terraform does not allow a dynamic type within a set.
    kind = "string" if in_set and "dynamic" in str(known["type"]) else known["type"]
    return protocol.Schema.Attribute(
        name=name,
        type=json.dumps(kind).encode(),
        required=known.get("required", False),
        optional=known.get("optional", False),
        computed=known.get("computed", False) and not known.get("required", False),
    )


def block(known: dict[str, Any], in_set: bool = False) -> Any:
    return protocol.Schema.Block(
        attributes=[attribute(name, each, in_set) for name, each in known["attributes"].items()],
        block_types=[
            protocol.Schema.NestedBlock(
                type_name=name,
                nesting=NESTING[each["nesting"]],
                max_items=each["max"],
                min_items=each["min"],
                block=block(each["block"], in_set or each["nesting"] == "set"),
            )
            for name, each in known["blocks"].items()
        ],
    )


def schema(known: dict[str, Any]) -> Any:
    return protocol.Schema(version=0, block=block(known))


class Stub(services.ProviderServicer):
    """Says what there is; accepts every configuration that fits it."""

    def __init__(self, _: Any) -> None:
        pass

    def GetMetadata(self, request: Any, context: Any) -> Any:
        return protocol.GetMetadata.Response(
            server_capabilities=CAPABILITIES,
            resources=[protocol.GetMetadata.ResourceMetadata(type_name=each) for each in SCHEMA["resource"]],
            data_sources=[protocol.GetMetadata.DataSourceMetadata(type_name=each) for each in SCHEMA["data"]],
        )

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return protocol.GetProviderSchema.Response(
            provider=schema(SCHEMA["provider"]),
            resource_schemas={name: schema(known) for name, known in SCHEMA["resource"].items()},
            data_source_schemas={name: schema(known) for name, known in SCHEMA["data"].items()},
            server_capabilities=CAPABILITIES,
        )

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:
        return protocol.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:
        return protocol.ValidateResourceConfig.Response()

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:
        return protocol.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:
        return protocol.ConfigureProvider.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:
        return protocol.StopProvider.Response()


class Named:
    """What the runner wants to know of a provider besides its service."""

    def full_name(self) -> str:
        return "stub"


if __name__ == "__main__":
    tf.provider.ProviderServicer = Stub
    tf.runner.run_provider(Named(), sys.argv)
