#!/usr/bin/env bash
# Ends exactly what up.sh started; the state and the logs in target/local stay until the next up.sh.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
LOCAL_STATE="${LOCAL_STATE:-$here/../../target/local}"
[ -d "$LOCAL_STATE" ] || exit 0
LOCAL_STATE="$(cd "$LOCAL_STATE" && pwd)"
# shellcheck source=deploy/local/services.sh
source "$here/services.sh"
stop_all
