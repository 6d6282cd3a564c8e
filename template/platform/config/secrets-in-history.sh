#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Looks for secrets in every commit since a base, or in all of them:
# `bash platform/config/secrets-in-history.sh main`. What a later commit took away again is in the history all the same.
set -euo pipefail

range=HEAD
if [ -n "${1:-}" ] && git merge-base "$1" HEAD >/dev/null 2>&1; then
  range="$1..HEAD"
fi
if [ "$(git rev-parse --is-shallow-repository)" = true ]; then
  echo "this clone has not the whole history; run \`git fetch --unshallow\` first" >&2
  exit 1
fi

here="$(cd "$(dirname "$0")" && pwd)"
work="$(mktemp -d)"
index="$(mktemp -u)"
trap 'rm -rf "$work" "$index"' EXIT
for commit in $(git rev-list "$range"); do
  # What a commit brings, against each of its parents: a merge brings only what its author changed while merging.
  GIT_INDEX_FILE="$index" git read-tree "$commit"
  git diff-tree -r -c -z --root --no-commit-id --no-renames --name-only --diff-filter=AM "$commit" |
    GIT_INDEX_FILE="$index" git checkout-index -z --stdin --prefix="$work/$commit/"
done
echo "looking into $(git rev-list --count "$range") commits"
found=0
cd "$work"
find . -type f -printf '%P\0' | xargs -0 --no-run-if-empty bash "$here/secrets.sh" || found=1
if [ "$found" = 1 ]; then
  echo "A location begins with the commit. A key that was pushed is known: revoke it first, then take it out of the" \
    "history (docs/threat-model.md)."
fi
exit "$found"
