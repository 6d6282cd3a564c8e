"""Which request it is: the caller's own id or a new one, and the trace that it is part of."""

import itertools
import re
import secrets

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")
_TRACEPARENT = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_process, _count = secrets.token_hex(8).encode(), itertools.count(1)


def settled(headers: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Headers of a request with an id that can be logged and sent back, and without a trace that is none.

    Args:
        headers: as they came; changed in place.
    """
    given = headers.get(b"x-request-id")
    if given is None or not _REQUEST_ID.fullmatch(given):
        headers[b"x-request-id"] = b"%s-%x" % (_process, next(_count))
    if (parent := headers.get(b"traceparent")) is not None and not _TRACEPARENT.fullmatch(parent):
        del headers[b"traceparent"]  # W3C Trace Context: start anew
    return headers


def trace_id(headers: dict[bytes, bytes]) -> str | None:
    """The trace that a request is part of, if it is part of one."""
    parent = headers.get(b"traceparent")
    return parent[3:35].decode() if parent else None
