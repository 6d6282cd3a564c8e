#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Refuses files that git should not keep; pre-commit names them.
set -euo pipefail

limit=$((5 * 1000 * 1000))
refused=0
for file in "$@"; do
  size=$(wc -c <"$file")
  if [ "$size" -gt "$limit" ]; then
    echo "$file: $((size / 1000000)) MB, and git keeps every version of it for ever"
    echo "    keep data where contracts/data.yml says, and big models in the artifact store"
    refused=1
  fi
done
exit "$refused"
