"""Programs that stand in for those that workflows call: they write down how they were called, and fail when told to."""

from dataclasses import dataclass
from pathlib import Path

# How it was called, in one line for each program; a file `<name>.fails` beside it names calls that fail.
CALL = r"""#!/usr/bin/env bash
here="$(dirname "$0")" name="$(basename "$0")" all="$*"
echo "$name $*" | tr '\n' ' ' >>"$here/calls"; echo >>"$here/calls"
if [ -e "$here/$name.fails" ]; then
  while read -r pattern || [ -n "$pattern" ]; do
    case "$*" in *"$pattern"*) echo "$name: told to fail" >&2; exit 1 ;; esac
  done <"$here/$name.fails"
fi
"""

# A cluster in two files: `image` that it runs, and `phases` that its Rollout goes through, one an answer.
KUBECTL = r"""
case "$1" in
  kustomize)
    tag="$(sed -n 's/^ *newTag: *//p' "$2/kustomization.yaml")"
    echo "image: ghcr.io/acme/fraud-scoring:$tag" ;;
  apply)
    while [ "$1" != --filename ]; do shift; done
    sed -n 's/^image: //p' "$2" >"$here/image"
    echo '{"items": [{"kind": "Rollout", "metadata": {"name": "serving", "namespace": "fraud-scoring"}},
      {"kind": "Deployment", "metadata": {"name": "serving", "namespace": "fraud-scoring"}}]}' ;;
  get)
    phase="$(head -n 1 "$here/phases" 2>/dev/null)"
    sed -i 1d "$here/phases" 2>/dev/null
    jq -n --arg phase "${phase:-Healthy}" --arg image "$(cat "$here/image")" '{items: [
      {kind: "Rollout", metadata: {generation: 1}, status: {observedGeneration: "1", workloadObservedGeneration: "2",
        phase: $phase, message: "the analysis failed"}},
      {kind: "Deployment", metadata: {generation: 2}, spec: {template: {spec: {containers: [{image: $image}]}}}}]}' ;;
esac
"""

# A registry: a file for each tag, which holds its digest.
SKOPEO = r"""
digest() { printf 'sha256:%s' "$(printf %s "$1" | sha256sum | cut -d ' ' -f 1)"; }
case "$*" in
  *oci-archive:*docker://*@*) ;;
  *docker://*@*docker://*) touch "$here/tag-${all##*:}" ;;
  *inspect*oci-archive:*) digest fresh ;;
  *inspect*docker://*)
    if [ -e "$here/every-tag" ] || [ -e "$here/tag-${all##*:}" ]; then digest "${all##*:}"; else exit 1; fi ;;
esac
"""

DOCKER = r"""
case "$*" in
  *--output*dest=*) file="${all##*dest=}"; tar -cf "${file%% *}" -C "$here" calls ;;
  login*) cat >/dev/null ;;
esac
"""

GH = r"""
case "$*" in
  */approvals*) if [ -e "$here/meanwhile" ]; then bash "$here/meanwhile" >&2; fi; cat "$here/approver" 2>/dev/null ;;
  "pr list"*) cat "$here/proposal" 2>/dev/null ;;
  "issue create"* | "issue edit"*) cp "${all##*--body-file }" "$here/said" ;;
  "issue list"*) cat "$here/incident" 2>/dev/null || echo '[]' ;;
  "issue view"*) cat "$here/comment" 2>/dev/null ;;
  *workflows/train.yml/runs*) cat "$here/trained" 2>/dev/null ;;
  *commits?path=*) cat "$here/accepted" 2>/dev/null ;;
  "pr create"*) echo "https://github.com/acme/fraud/pull/7" ;;
esac
true
"""

CURL = """
echo '{"value": "a token"}'
"""


@dataclass(frozen=True)
class Standins:
    """A folder of them, to be the first on PATH."""

    folder: Path

    @classmethod
    def of(cls, folder: Path) -> "Standins":
        """Make them in this folder."""
        folder.mkdir()
        programs = {"kubectl": KUBECTL, "skopeo": SKOPEO, "docker": DOCKER, "gh": GH, "curl": CURL, "cosign": ""}
        for name, does in programs.items():
            (folder / name).write_text(CALL + does)
            (folder / name).chmod(0o755)
        (folder / "calls").touch()
        return cls(folder)

    @property
    def calls(self) -> list[str]:
        """Every call so far, in order."""
        return [line.strip() for line in (self.folder / "calls").read_text().splitlines()]

    def called(self, start: str) -> list[str]:
        """The calls that begin like this."""
        return [call for call in self.calls if call.startswith(start)]

    def forget(self) -> None:
        """Forget the calls so far."""
        (self.folder / "calls").write_text("")

    def put(self, name: str, text: str = "") -> None:
        """Write a file that they read."""
        (self.folder / name).write_text(text)
