#!/usr/bin/env bash
# Caught by: runbooks
# The failover's page loses the part that says how to go back.
sed -i '/^## Going back/,/^## Record/{/^## Record/!d}' deploy/runbooks/region-failover.md
