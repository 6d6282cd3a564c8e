#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Brings what an overlay says to the cluster: by digest, and only an image
# that the workflow Deliver has signed.
#   rollout.sh render    write $RUNNER_TEMP/manifests.yaml; refuses an image that is not there or is not signed
#   rollout.sh apply     apply it, and wait until the new version holds
# It needs ENVIRONMENT, IMAGE (without a tag) and SIGNER, and kubectl, skopeo, cosign and jq.
set -euo pipefail

MANIFESTS="$RUNNER_TEMP/manifests.yaml"
PATIENCE="${PATIENCE:-1620}" # seconds for a canary: twice that, to go back too, is within the hour that a login holds
PAUSE="${PAUSE:-10}"

refuse() {
  echo "::error::$1" >&2
  echo "$1" >>"$GITHUB_STEP_SUMMARY"
  exit 1
}

render() {
  local overlay="deploy/overlays/$ENVIRONMENT" tag digest
  tag="$(bash .github/workflows/records.sh tag)"
  digest="$(skopeo inspect --no-tags --format '{{.Digest}}' "docker://$IMAGE:$tag")" ||
    refuse "$IMAGE:$tag is not in the registry: run the workflow Deliver for that handoff"
  cosign verify --certificate-identity "$SIGNER" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com "$IMAGE@$digest" >/dev/null ||
    refuse "$IMAGE@$digest carries no signature of $SIGNER: it is not brought to $ENVIRONMENT"
  kubectl kustomize "$overlay" | sed "s|$IMAGE:$tag|$IMAGE@$digest|" >"$MANIFESTS"
  grep --quiet --fixed-strings "$IMAGE@$digest" "$MANIFESTS" ||
    refuse "$overlay does not run $IMAGE:$tag: the variable IMAGE_REGISTRY and newName in deploy/base must agree"
  echo "$digest" >"$RUNNER_TEMP/digest"
}

apply() {
  local answer name namespace
  answer="$(kubectl apply --filename "$MANIFESTS" --output json)"
  read -r name namespace < <(jq --raw-output \
    'first((.items // [.])[] | select(.kind == "Deployment") | "\(.metadata.name) \(.metadata.namespace)")' <<<"$answer") ||
    refuse "deploy/overlays/$ENVIRONMENT deploys nothing that could be waited for"
  if jq --exit-status 'any((.items // [.])[]; .kind == "Rollout")' <<<"$answer" >/dev/null; then
    settle "$name" "$namespace"
  else
    kubectl rollout status "deployment/$name" --namespace "$namespace" --timeout "${PATIENCE}s" ||
      refuse "the new version did not become ready in $ENVIRONMENT within $PATIENCE s"
  fi
}

# The Rollout takes its pods from the Deployment of the same name: it has seen the change once both generations agree.
settle() {
  local deadline=$((SECONDS + PATIENCE)) digest answer ours seen phase said
  digest="$(cat "$RUNNER_TEMP/digest")"
  while [ "$SECONDS" -le "$deadline" ]; do
    if answer="$(kubectl get "rollout/$1" "deployment/$1" --namespace "$2" --output json)"; then
      IFS=$'\t' read -r ours seen phase said < <(jq --raw-output --arg digest "$digest" '
        (.items[] | select(.kind == "Rollout")) as $rollout | (.items[] | select(.kind == "Deployment")) as $pods | [
          ([$pods.spec.template.spec.containers[].image] | any(endswith("@" + $digest))),
          ($rollout.status.observedGeneration == ($rollout.metadata.generation | tostring)
            and $rollout.status.workloadObservedGeneration == ($pods.metadata.generation | tostring)),
          $rollout.status.phase // "-", $rollout.status.message // "-"] | @tsv' <<<"$answer")
      if [ "$ours" != true ]; then refuse "another version was brought to $ENVIRONMENT meanwhile: it is left alone"; fi
      case "$seen $phase" in
        "true Healthy") return ;;
        "true Degraded") refuse "the canary in $ENVIRONMENT did not hold: $said" ;;
      esac
    fi
    sleep "$PAUSE"
  done
  refuse "the canary in $ENVIRONMENT did not end within $PATIENCE s: ${phase:-nothing is known}, ${said:-no message}"
}

"$@"
