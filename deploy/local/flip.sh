#!/usr/bin/env bash
# Sends everything to one colour, at once: deploy/local/flip.sh green. Requests in progress at the other one are finished.
set -euo pipefail
LOCAL_STATE="${LOCAL_STATE:-$(dirname "${BASH_SOURCE[0]}")/../../target/local}"
# shellcheck source=deploy/local/services.sh
source "$(dirname "${BASH_SOURCE[0]}")/services.sh"
case "${1:-}" in
blue) other=green ;;
green) other=blue ;;
*) say "flip.sh blue|green"; exit 2 ;;
esac
state="$(server_state primary "$1")"
case "$state" in
UP*) ;;
*) say "$1 is ${state:-unknown}: nothing is changed"; exit 1 ;;
esac
# First the new one, so that there is a server at every moment.
answer="$(haproxy_say "set server primary/$1 weight 100")$(haproxy_say "set server primary/$other weight 0")"
[ -z "${answer//[[:space:]]/}" ] || { say "haproxy: $answer"; exit 1; }
say "$1 serves"
