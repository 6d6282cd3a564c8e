"""GitHub's API, as much of it as the fleet view asks for: it answers as GitHub documents, from repositories on disk."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.template.conftest import git

PAGE = 2
Refusal = tuple[int, dict[str, str], str]
Runs = list[tuple[str, str, str | None]]


@dataclass
class Hub:
    """A fake GitHub.

    Attributes:
        repositories: folders by owner/name; none is one that was never committed to.
        archived: those that nobody can change.
        checks: check runs by repository and reference: (name, status, conclusion).
        pulls: open pull requests by repository: (title, head branch).
        refusals: what is refused, by a pattern of its path: status, headers, message.
        dispatched: workflows that somebody started: repository, workflow, body.
        asked: every path that was asked for.
        spoken: every request, with its answer.
    """

    repositories: dict[str, Path | None]
    archived: set[str] = field(default_factory=set)
    checks: dict[tuple[str, str], Runs] = field(default_factory=dict)
    pulls: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    dispatched: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    spoken: list[tuple[httpx.Request, httpx.Response]] = field(default_factory=list)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        response = self._answered(request)
        self.spoken.append((request, response))
        return response

    def _answered(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        for pattern, (status, headers, message) in self.refusals.items():
            if re.fullmatch(pattern, path):
                return httpx.Response(status, headers=headers, json={"message": message})
        for pattern, reply in self.routes.items():
            if found := re.fullmatch(pattern, path):
                return reply(request, *found.groups())
        return self._none()

    @property
    def routes(self) -> dict[str, Callable[..., httpx.Response]]:
        name = r"/repos/([^/]+/[^/]+)"
        return {
            r"/orgs/([^/]+)/repos": self._organization,
            name: self._repository,
            name + r"/git/trees/main": self._tree,
            name + r"/git/blobs/(\w+)": self._blob,
            name + r"/contents/(.+)": self._contents,
            name + r"/commits/([^/]+)/check-runs": self._check_runs,
            name + r"/pulls": self._pulls,
            name + r"/actions/workflows/([^/]+)/dispatches": self._dispatch,
        }

    def _none(self) -> httpx.Response:
        return httpx.Response(404, json={"message": "Not Found"})

    def _paged(self, request: httpx.Request, items: list[dict[str, Any]]) -> httpx.Response:
        page = int(request.url.params.get("page", 1))
        following = request.url.copy_set_param("page", page + 1)
        more = {"link": f'<{following}>; rel="next"'} if len(items) > page * PAGE else {}
        return httpx.Response(200, headers=more, json=items[(page - 1) * PAGE : page * PAGE])

    def _organization(self, request: httpx.Request, owner: str) -> httpx.Response:
        return self._paged(request, [{"full_name": n} for n in self.repositories if n.startswith(f"{owner}/")])

    def _repository(self, _: httpx.Request, name: str) -> httpx.Response:
        if name not in self.repositories:
            return self._none()
        return httpx.Response(200, json={"default_branch": "main", "archived": name in self.archived})

    def _tree(self, _: httpx.Request, name: str) -> httpx.Response:
        folder = self.repositories[name]
        if folder is None:
            return httpx.Response(409, json={"message": "Git Repository is empty."})
        lines = git(folder, "ls-tree", "-r", "HEAD").splitlines()
        heads = ((line.partition("\t")[2], *line.partition("\t")[0].split()) for line in lines)
        return httpx.Response(200, json={"truncated": False, "tree": [
            {"path": path, "mode": mode, "type": kind, "sha": sha} for path, mode, kind, sha in heads
        ]})  # fmt: skip

    def _blob(self, _: httpx.Request, name: str, sha: str) -> httpx.Response:
        content = git(self.repositories[name] or Path(), "cat-file", "blob", sha).encode()
        return httpx.Response(200, json={"content": base64.encodebytes(content).decode(), "encoding": "base64"})

    def _contents(self, _: httpx.Request, name: str, path: str) -> httpx.Response:
        folder = self.repositories[name]
        if folder is None or path not in git(folder, "ls-tree", "-r", "--name-only", "HEAD").splitlines():
            return self._none()
        content = git(folder, "show", f"HEAD:{path}").encode()
        return httpx.Response(200, json={"content": base64.encodebytes(content).decode(), "encoding": "base64"})

    def _check_runs(self, _: httpx.Request, name: str, ref: str) -> httpx.Response:
        runs = [
            {"name": run, "status": status, "conclusion": conclusion}
            for run, status, conclusion in self.checks.get((name, ref), [])
        ]
        return httpx.Response(200, json={"total_count": len(runs), "check_runs": runs})

    def _pulls(self, request: httpx.Request, name: str) -> httpx.Response:
        wanted = request.url.params.get("head", "").partition(":")[2]
        found = [(title, branch) for title, branch in self.pulls.get(name, []) if branch == wanted]
        address = f"https://github.com/{name}/pull/1"
        return httpx.Response(200, json=[
            {"title": title, "html_url": address, "head": {"sha": f"head-of-{branch.replace('/', '-')}"}}
            for title, branch in found
        ])  # fmt: skip

    def _dispatch(self, request: httpx.Request, name: str, workflow: str) -> httpx.Response:
        self.dispatched.append((name, workflow, json.loads(request.content)))
        return httpx.Response(204)
