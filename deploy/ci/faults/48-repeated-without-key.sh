#!/usr/bin/env bash
# Caught by: apim-policies
# Every POST would be sent again after a 503, with or without an idempotency key.
set -euo pipefail
sed -i 's/Idempotency-Key&quot;, &quot;&quot;) != /Content-Type\&quot;, \&quot;\&quot;) != /' deploy/apim/policies/op-post-idempotent.policy.xml
