#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Keeps the records of releases: nobody pushes to main, so they wait on the
# branch `releases`, in a pull request, and every move is made on top of those that wait.
#   records.sh gather COMMIT             check out COMMIT with every record that there is: main's, and those that wait
#   records.sh place forward|back        on top of main, put a move in place that was decided in $RUNNER_TEMP/move
#   records.sh push MESSAGE              write it down: onto the branch, or not at all
#   records.sh tag                       the tag that the overlay of $ENVIRONMENT says
set -euo pipefail

BRANCH=releases
OVERLAYS=deploy/overlays
export GIT_AUTHOR_NAME=paved-road GIT_AUTHOR_EMAIL=paved-road@users.noreply.github.com
export GIT_COMMITTER_NAME=paved-road GIT_COMMITTER_EMAIL=paved-road@users.noreply.github.com

refuse() {
  echo "::error::$1" >&2
  echo "$1" >>"$GITHUB_STEP_SUMMARY"
  exit 1
}

# With a token git may speak to a private repository; it stays out of the configuration that later steps read.
if [ -n "${TOKEN:-}" ]; then
  GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 --wrap=0)"
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.${GITHUB_SERVER_URL:-https://github.com}/.extraheader" GIT_CONFIG_VALUE_0
  git fetch --quiet --prune origin "+refs/heads/*:refs/remotes/origin/*"
fi

waiting() { git rev-parse --quiet --verify "refs/remotes/origin/$BRANCH" || true; }
at() { git show "$1:$2" 2>/dev/null || true; }
tag_of() { sed --quiet "s/^ *newTag: *[\"']\{0,1\}\([^\"' ]*\).*/\1/p"; }
put_tag() { sed --in-place "s/^\( *newTag: *[\"']\{0,1\}\)[^\"' ]*/\1$1/" "$OVERLAYS/$2/kustomization.yaml"; }
tag() { tag_of <"$OVERLAYS/$ENVIRONMENT/kustomization.yaml"; }

gather() {
  git switch --quiet --discard-changes --detach "$1"
  git clean --quiet --force -d -- "$OVERLAYS"
  git checkout --quiet origin/main -- "$OVERLAYS"
  if [ -n "$(waiting)" ]; then
    git ls-tree -r --name-only "origin/$BRANCH" "$OVERLAYS" | sed --quiet 's|.*/\(.*\)/releases.jsonl$|\1|p' |
      while read -r name; do take "$name"; done
  fi
  git add "$OVERLAYS"
  git diff --cached --quiet || git commit --quiet --no-verify --message "Records that wait"
}

# The records of one environment that wait; none do once main has them.
take() {
  local file="$OVERLAYS/$1/releases.jsonl" main waits
  main="$(at origin/main "$file")"
  waits="$(at "origin/$BRANCH" "$file")"
  case "$main" in "$waits"*) return ;; esac
  case "$waits" in
    "$main"*) ;;
    *) refuse "$file says one thing on main and another on the branch $BRANCH: merge its pull request, or delete it" ;;
  esac
  git show "origin/$BRANCH:$file" >"$file"
  put_tag "$(at "origin/$BRANCH" "$OVERLAYS/$1/kustomization.yaml" | tag_of)" "$1"
}

# What was decided may have waited for an approval: it holds only if nothing has moved since.
place() {
  local move="$RUNNER_TEMP/move" file="$OVERLAYS/$ENVIRONMENT/releases.jsonl" line
  gather origin/main
  [ -e "$file" ] || : >"$file"
  cmp --silent "$move/before" "$file" ||
    refuse "$ENVIRONMENT has moved since this was decided: see \`road release status\`, and start again if it is still wanted"
  [ -e "$move/$1.json" ] || return 0
  # When it is made, by whose leave, and after which line: these three nobody knew when it was decided.
  line="$(jq --compact-output --arg at "$(date --utc +%Y-%m-%dT%H:%M:%SZ)" --arg after "$(end_of "$file")" \
    --arg leave "${APPROVED_BY:+ (let through by $APPROVED_BY)}" '.at = $at | .after = $after | .why += $leave' "$move/$1.json")"
  echo "$line" >>"$file"
  put_tag "$(cat "$move/$1.tag")" "$ENVIRONMENT"
  cp "$file" "$move/before" # what must still hold if this move has to be taken back
}

end_of() {
  if [ -s "$1" ]; then
    tail --lines=1 "$1" | tr --delete '\n' | sha256sum | cut --delimiter=' ' --fields=1
  else
    printf '0%.0s' {1..64}
  fi
}

push() {
  git add "$OVERLAYS"
  if git diff --cached --quiet; then
    echo "nothing new to write down"
    return
  fi
  git commit --quiet --no-verify --message "$1"
  git push --quiet --force-with-lease="refs/heads/$BRANCH:$(waiting)" origin "HEAD:refs/heads/$BRANCH" ||
    refuse "the record could not be pushed to the branch $BRANCH: somebody else's move came first, or it is protected"
  echo "recorded=yes" >>"$GITHUB_OUTPUT"
}

"$@"
