#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Installs exactly the packages that uv.lock names; the first step of a job.
# With UV_LOCKED=1 (as in ci.yml) a uv.lock that no longer fits pyproject.toml is refused.
set -euo pipefail

if [ ! -e uv.lock ]; then
  echo "uv.lock: not committed, so this run took the newest packages; run 'uv lock' and commit uv.lock" |
    tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
  env -u UV_LOCKED uv lock
fi
uv sync
