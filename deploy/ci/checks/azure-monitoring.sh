#!/usr/bin/env bash
# Alerts, probes and the workbook of Azure: their structure, and that their queries name what the product sends. Nothing asks Azure.
set -euo pipefail
exec python deploy/ci/lib/azure_monitoring.py
