#!/usr/bin/env bash
# The platform's: replaced by `copier update`. Logs in to the registry of images, by the identity that the job has.
# It needs REGISTRY, and for ghcr.io ACTOR and TOKEN.
set -euo pipefail

host="${REGISTRY%%/*}"
case "$host" in
  ghcr.io) user="$ACTOR" password="$TOKEN" ;;
  *.dkr.ecr.*.amazonaws.com)
    region="${host#*.dkr.ecr.}"
    user=AWS password="$(aws ecr get-login-password --region "${region%%.*}")"
    ;;
  *-docker.pkg.dev) user=oauth2accesstoken password="$(gcloud auth print-access-token)" ;;
  *.azurecr.io)
    user=00000000-0000-0000-0000-000000000000
    password="$(az acr login --name "${host%%.*}" --expose-token --query accessToken --output tsv)"
    ;;
  *)
    echo "::error::$host is a registry that this workflow has no identity for: ghcr.io, ECR, Artifact Registry and" \
      "ACR need no secret"
    exit 1
    ;;
esac
docker login "$host" --username "$user" --password-stdin <<<"$password"
