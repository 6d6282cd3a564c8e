#!/usr/bin/env bash
# The main job, from nothing to a prediction and its owner: generate, train, hand over, verify, serve, ask.
set -euo pipefail
cd "$(dirname "$0")/.."
port=${PORT:-8421}
place=demo/fraud-scoring
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say "1. Generate a project with default answers (copier copy)"
rm -rf "$place"
uv run --quiet copier copy --quiet --defaults --vcs-ref HEAD "$PWD" "$place"
cd "$place"
git init --quiet -b main
git add .
git -c user.name=demo -c user.email=demo@example.com commit --quiet -m "Generated from the paved road"
ls

say "2. Install what it needs (uv sync)"
unset VIRTUAL_ENV
uv sync --quiet
git add uv.lock
git -c user.name=demo -c user.email=demo@example.com commit --quiet -m "Lock"

say "3. Train a candidate (road train)"
uv run road train

say "4. Build the handoff (road handoff build)"
uv run road handoff build

say "5. Verify it (road handoff verify)"
uv run road handoff verify

say "6. Serve it, and ask for one prediction (road serve)"
log=.road/serve.log # one JSON line an event
uv run road serve --port "$port" 2>"$log" &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT
for _ in $(seq 100); do
  if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/readyz"; then break; fi
  if ! kill -0 "$server" 2>/dev/null; then
    cat "$log" >&2
    exit 1
  fi
  sleep 0.1
done
curl --silent --show-error --fail "http://127.0.0.1:$port/v1/predict" -H 'content-type: application/json' -d '{
  "amount": 480, "usual_amount": 31.5, "merchant_category": "electronics", "merchant_region": "overseas",
  "channel": "magstripe", "device": null, "card_issued_at": "2024-03-02T10:15:00Z", "distance_from_home_km": 6120.5,
  "transactions_last_day": 6, "local_hour": 3, "pin_verified": false}'
echo

say "7. Whose is it? (road who)"
uv run road who handoff/manifest.json
printf '\nIt is all in %s; its README goes on from here.\n' "$place"
