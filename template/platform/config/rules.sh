#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Has Prometheus' own tool check the rules in monitoring/ and run their tests.
set -euo pipefail

if ! command -v promtool >/dev/null; then
  sudo apt-get -qq update
  sudo apt-get -qq install --yes --no-install-recommends prometheus >/dev/null
fi
shopt -s nullglob
tests=(monitoring/*.test.yml)
rules=()
for file in monitoring/*.yml; do
  case "$file" in
    *.test.yml | monitoring/alertmanager.yml) ;;
    *) rules+=("$file") ;;
  esac
done
promtool check rules "${rules[@]}"
promtool test rules "${tests[@]}"
