#!/usr/bin/env bash
# Renders what is deployed into the folder that is named, one YAML file each: base, every overlay, and overlays with the components that
# they do not have (production+backup.yaml). Ends at the first that does not build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
out="$(realpath "$1")"

# What has been rendered from the same files is not rendered again.
kept="${DEPLOY_TOOLS:-target/tools/deploy}/rendered"
key="$(find deploy/k8s deploy/ci/lib/render.sh -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-32)"
if [ -d "$kept/$key" ]; then
    cp "$kept/$key"/*.yaml "$out"
    exit
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp -r deploy/k8s "$work/k8s"

render() {
    kubectl kustomize "$work/k8s/$1" >"$out/$2.yaml" || { echo "deploy/k8s/$1 ($2) does not build" >&2; exit 1; }
}

# The overlay with further components between its values and its blue-green.
with() {
    local overlay="$1" name="$1" component
    shift
    for component in "$@"; do name="$name+$component"; done
    cp -r "$work/k8s/overlays/$overlay" "$work/k8s/overlays/$name"
    for component in "$@"; do
        sed -i "s|^  - ../../components/values\$|&\n  - ../../components/$component|" "$work/k8s/overlays/$name/kustomization.yaml"
    done
    render "overlays/$name" "$name"
}

render base base
for overlay in "$work"/k8s/overlays/*/; do
    overlay="$(basename "$overlay")"
    render "overlays/$overlay" "$overlay"
done
with staging backup
with production backup
with production keda
with production ingress-nginx-legacy
with production keda backup ingress-nginx-legacy
# Without the blue-green component an overlay is rolled out pod by pod; clusters without Argo Rollouts need that.
cp -r "$work/k8s/overlays/staging" "$work/k8s/overlays/staging-rolling"
sed -i '/components\/bluegreen$/d' "$work/k8s/overlays/staging-rolling/kustomization.yaml"
render overlays/staging-rolling staging-rolling

mkdir -p "$kept"
find "$kept" -mindepth 1 -maxdepth 1 -mmin +60 -exec rm -rf {} +
mkdir "$work/kept"
cp "$out"/*.yaml "$work/kept"
# Whoever was faster has the same.
mv -T "$work/kept" "$kept/$key" 2>/dev/null || true
