"""What every use of MLflow shares: where it is, and that a server which is away is known in seconds."""

import os
import re
from urllib.parse import unquote


def quick_to_give_up() -> None:
    """Let MLflow's client, in this process, try twice and not for minutes; what the user set stays."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")


def without_credentials(uri: str) -> str:
    """A URI fit to be shown: no user, no password, no query."""
    return re.sub(r"(?<=//).*@", "", uri).partition("?")[0]


def without_secrets(text: str, uri: str) -> str:
    """What somebody else says of a URI; they may quote it, whole or in parts."""
    text = text.replace(uri, without_credentials(uri))
    credentials = re.search(r"//(.*)@", uri)
    _, _, password = credentials[1].partition(":") if credentials else ("", "", "")
    for secret in (credentials[1] if credentials else "", password, unquote(password), uri.partition("?")[2]):
        text = text.replace(secret, "***") if secret else text
    return text
