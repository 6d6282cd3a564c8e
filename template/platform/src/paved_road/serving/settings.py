"""What operators may set, by variables of the environment; see docs/run-the-server.md."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, field

from paved_road.contracts import limits
from paved_road.findings import problem


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Variables of the server, each with a default.

    Attributes:
        log: which requests get a line in the log.
        sample: share of answered requests whose records are logged, redacted; none by default.
        request_seconds: how long a request may take to arrive.
        drain_seconds: how long, once told to stop, requests of new callers are still taken, at most.
    """

    log: Literal["all", "errors", "none"] = field(name="ROAD_LOG", default="all")
    sample: Annotated[float, Meta(ge=0, le=1)] = field(name="ROAD_SAMPLE", default=0.0)
    request_seconds: Annotated[float, Meta(gt=0)] = field(name="ROAD_REQUEST_SECONDS", default=limits.REQUEST_SECONDS)
    drain_seconds: Annotated[float, Meta(ge=0)] = field(name="ROAD_DRAIN_SECONDS", default=5.0)


def read(variables: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment holds.

    Raises:
        Problem: a variable has a value that it cannot have.
    """
    names = {known.encode_name for known in msgspec.structs.fields(Settings)}
    given: dict[str, Any] = {
        name: value for name, value in (os.environ if variables is None else variables).items() if name in names
    }
    try:
        return msgspec.convert(given, Settings, strict=False)
    except msgspec.ValidationError as error:
        fact = f"a variable of the environment does not fit: {str(error).replace('$.', '').replace('`', '')}"
        raise problem("SERVE006", fact, "see docs/run-the-server.md, or unset it") from error
