#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Builds every overlay and holds it against the schemas of Kubernetes:
# `bash platform/config/kubernetes.sh`. A kind without a schema was not looked at, so its warning is a refusal.
set -euo pipefail

versions=(1.31 1.37) # the oldest and the newest in support
# Kinds of operators, which Kubernetes has no schema of.
custom='RayJob|RayCluster|Rollout|AnalysisTemplate|ServiceMonitor|PrometheusRule|ExternalSecret|SecretStore|AuthorizationPolicy'

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
refused=0
for overlay in deploy/overlays/*/; do
  overlay="${overlay%/}"
  built="$work/${overlay##*/}.yaml"
  if ! kubectl kustomize "$overlay" >"$built"; then
    echo "$overlay: kustomize cannot build it; it says why above"
    refused=1
    continue
  fi
  for version in "${versions[@]}"; do
    said="$(uvx --quiet --from kubernetes-validate==1.37.0 kubernetes-validate --strict --kubernetes-version "$version" \
      "$built" 2>&1)" && ended=0 || ended=$?
    unknown="$(grep WARN <<<"$said" | grep -vE "\b($custom)\b" || true)"
    if [ "$ended" != 0 ] || [ -n "$unknown" ]; then
      printf '%s: Kubernetes %s would not take it:\n%s\n' "$overlay" "$version" "$said"
      refused=1
    fi
  done
  echo "$overlay: looked at"
done
exit "$refused"
