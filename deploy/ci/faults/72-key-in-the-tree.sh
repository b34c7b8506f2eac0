#!/usr/bin/env bash
# Caught by: secrets
# A storage key in a runbook's example. Put together here, so that this file has none.
key="$(printf 'k%.0s' {1..43} | sed 's/kkkk/aZ7q/g')$(printf 'B9x%.0s' {1..14})A=="
key="$(tr -d '=' <<<"$key" | cut -c1-86)=="
printf '\n    DefaultEndpointsProtocol=https;AccountName=erpprod;AccountKey=%s\n' "$key" >>deploy/runbooks/on-call.md
