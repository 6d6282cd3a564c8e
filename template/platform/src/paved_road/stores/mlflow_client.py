"""What every use of MLflow shares: where it is, and that a server which is away is known in seconds."""

import os
from urllib.parse import urlsplit, urlunsplit


def quick_to_give_up() -> None:
    """Let MLflow's client, in this process, try twice and not for minutes; what the user set stays."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")


def without_credentials(uri: str) -> str:
    """A URI fit to be shown: no user, no password, no query."""
    parts = urlsplit(uri)
    if parts.hostname is None:
        return uri
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
