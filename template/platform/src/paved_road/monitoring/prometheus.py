"""What a Prometheus answers to one question."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, NamedTuple

from paved_road.findings import Problem, problem

PATIENCE_S = 20.0


class Sample(NamedTuple):
    """One figure of now."""

    labels: dict[str, str]
    value: float


@dataclass(frozen=True)
class Prometheus:
    """A server that speaks Prometheus' HTTP API.

    Attributes:
        url: of the server, without ``/api``.
        token: bearer token, where it asks for one.
    """

    url: str
    token: str = field(default="", repr=False)

    def ask(self, expr: str) -> list[Sample]:
        """The figures that an expression gives now.

        Raises:
            Problem: it cannot be reached, or does not answer as Prometheus does.
        """
        try:
            data = self._answer(expr)["data"]["result"]
            return [Sample(dict(each["metric"]), float(each["value"][1])) for each in data]
        except (KeyError, TypeError, ValueError, LookupError) as error:
            raise self._silent(f"does not answer as Prometheus does ({type(error).__name__})") from error

    def _answer(self, expr: str) -> Any:
        if urllib.parse.urlsplit(self.url).scheme not in ("http", "https"):
            raise self._silent("is no address with http:// or https://")
        about = urllib.request.Request(
            f"{self.url.rstrip('/')}/api/v1/query",
            data=urllib.parse.urlencode({"query": expr}).encode(),
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
        )
        try:
            with urllib.request.urlopen(about, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()  # it holds the connection
            raise self._silent(f"answers {error.code} {error.reason}") from error
        except (OSError, HTTPException) as error:
            raise self._silent(f"cannot be reached ({getattr(error, 'reason', error)})") from error

    def _silent(self, why: str) -> Problem:
        remedy = "check the address and who may reach it; a token goes to the variable PROMETHEUS_TOKEN"
        return problem("MONITOR020", f"{self.url} {why}, so nothing is known of the model", remedy)
