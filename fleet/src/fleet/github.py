"""Reads repositories through GitHub's API, without cloning: a tree names each file's object, and few are read."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from githubkit import GitHub
from githubkit.exception import GitHubException, RateLimitExceeded, RequestFailed
from githubkit.retry import RETRY_SERVER_ERROR
from githubkit.typing import RetryDecisionFunc

from fleet.snapshot import READ, Archived, Gates, Snapshot, Unreadable

REQUIRED = "pass"
"""The check that a repository's ruleset requires: it says whether all others that matter did succeed."""
_FAILED = ("failure", "timed_out", "cancelled", "action_required", "startup_failure")
_PAGE = 100


class Hub:
    """GitHub's API, as much of it as a fleet needs; every refusal is an `Unreadable` with words for people."""

    def __init__(
        self,
        token: str | None,
        *,
        transport: httpx.BaseTransport | None = None,
        retry: RetryDecisionFunc | bool = RETRY_SERVER_ERROR,
    ) -> None:
        # A limit is told, not waited for: it can last an hour.
        self._github = GitHub(token, transport=transport, auto_retry=retry, http_cache=False)
        self._signed_in = bool(token)

    def organization(self, name: str) -> Iterator[dict[str, Any]]:
        """Every repository of an organisation that the token may see."""
        yield from self._pages(f"/orgs/{name}/repos", lambda page: page, {"type": "all"})

    def get(self, path: str, **parameters: str | int) -> Any:
        """What GitHub answers, as JSON."""
        return self._request("GET", path, params=parameters).json()

    def post(self, path: str, body: dict[str, Any]) -> None:
        """Ask GitHub to do something."""
        self._request("POST", path, json=body)

    def checks(self, repository: str, ref: str) -> Gates:
        """What the latest checks of a commit said."""
        where = f"/repos/{repository}/commits/{ref}/check-runs"
        try:
            runs = list(self._pages(where, lambda page: page["check_runs"], {"filter": "latest"}))
        except Unreadable as error:
            return Gates("unknown", (f"checks: {error}",))
        failed = [run["name"] for run in runs if run["conclusion"] in _FAILED]
        required = [run["conclusion"] for run in runs if run["name"] == REQUIRED]
        if failed:
            return Gates("failing", tuple(sorted(set(failed) - {REQUIRED} or {REQUIRED})))
        if required == ["success"]:
            return Gates("good")
        return Gates("unknown", (f"{REQUIRED} is still running" if required else f"no check named {REQUIRED} ran",))

    def text(self, repository: str, path: str, ref: str) -> str:
        """What one file says."""
        return _decoded(self.get(f"/repos/{repository}/contents/{path}", ref=ref)["content"], path)

    def read(self, repository: str) -> Snapshot:
        """The newest commit of the default branch.

        Raises:
            Unreadable: it is archived, empty, hidden from this token, or GitHub refuses.
        """
        about = self.get(f"/repos/{repository}")
        if about.get("archived"):
            raise Archived("is archived")
        branch = about["default_branch"]
        tree = self.get(f"/repos/{repository}/git/trees/{branch}", recursive=1)
        blobs = {entry["path"]: entry["sha"] for entry in tree["tree"] if entry["type"] == "blob"}
        texts = {path: self._text(repository, blobs[path]) for path in READ if path in blobs}
        partial = "GitHub lists only a part of its files" if tree.get("truncated") else ""
        return Snapshot(blobs, texts, self.checks(repository, branch), partial)

    def _text(self, repository: str, sha: str) -> str:
        return _decoded(self.get(f"/repos/{repository}/git/blobs/{sha}")["content"], sha)

    def _pages(
        self, path: str, items: Callable[[Any], list[dict[str, Any]]], parameters: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Every item of every page: GitHub names the next one in a header."""
        response = self._request("GET", path, params={**parameters, "per_page": _PAGE})
        while True:
            yield from items(response.json())
            following = response.raw_response.links.get("next", {}).get("url")
            if not following:
                return
            response = self._request("GET", following)

    def _request(self, method: str, path: str, **more: Any) -> Any:
        try:
            return self._github.request(method, path, **more)
        except RateLimitExceeded as error:
            until = (datetime.now(UTC) + error.retry_after).strftime("%H:%M UTC")
            raise Unreadable(f"GitHub's rate limit is reached; it ends at {until}{self._hint()}") from error
        except RequestFailed as error:
            raise Unreadable(self._refusal(error.response.status_code, error.response.text)) from error
        except GitHubException as error:
            reason = str(error.__cause__ or error) or type(error).__name__
            raise Unreadable(f"GitHub cannot be reached: {reason}") from error
        except ValueError as error:
            raise Unreadable("GitHub's answer is no JSON") from error

    def _refusal(self, status: int, text: str) -> str:
        if status == 401:
            return "GitHub does not know this token: it is wrong, or has expired"
        if status == 403:
            return "this token may not"
        if status == 404:
            return f"GitHub has none by this name, or hides it from this token{self._hint()}"
        if status == 409:
            return "is empty: nothing was ever committed"
        said = re.search(r'"message":\s*"([^"]{1,200})"', text)
        return f"GitHub answers {status}{f': {said[1]}' if said else ''}"

    def _hint(self) -> str:
        return "" if self._signed_in else " (no token in GITHUB_TOKEN)"


def _decoded(content: str, name: str) -> str:
    try:
        return base64.b64decode(content).decode(errors="replace")
    except binascii.Error as error:
        raise Unreadable(f"GitHub sent {name} in a form that is not base64") from error
