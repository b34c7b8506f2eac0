#!/usr/bin/env bash
# Caught by: azure-monitoring
# The exporter sends resultCode; this one would count nothing.
sed -i 's/toint(resultCode)/toint(statusCode)/' deploy/monitoring/azure/scheduled-query-rules.json
