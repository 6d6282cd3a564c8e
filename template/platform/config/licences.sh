#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Refuses a package of the images whose licence is not in licences.txt:
# `bash platform/config/licences.sh`.
set -euo pipefail

environment="$(mktemp -d)"
trap 'rm -rf "$environment"' EXIT
# What is trained and served with, and nothing of the development tools, which no image holds.
UV_PROJECT_ENVIRONMENT="$environment" uv sync --quiet --no-dev --no-install-workspace
# NVIDIA's libraries have terms of their own, which come with the answer that training needs a GPU.
uv pip list --quiet --python "$environment" --format freeze | sed -n 's/^\(nvidia-[^=]*\)==.*/\1/p' |
  xargs --no-run-if-empty uv pip uninstall --quiet --python "$environment"
allowed="$(grep -v '^#' platform/config/licences.txt | paste -s -d ';')"
if ! uv run pip-licenses --python "$environment/bin/python" --from mixed --allow-only "$allowed" >"$environment/said"; then
  echo "its licence is not in platform/config/licences.txt: take another package, or have it allowed, as" \
    "docs/threat-model.md says"
  exit 1
fi
echo "$(($(wc -l <"$environment/said") - 1)) packages, each with a licence that platform/config/licences.txt allows"
