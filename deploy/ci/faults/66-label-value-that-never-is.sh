#!/usr/bin/env bash
# Caught by: dashboards
# An objective that counts answers with a status that no answer has: the product says 5xx, not 500.
sed -i 's/status="5xx"/status="500"/' deploy/monitoring/prometheus/recording.rules.yml
