#!/usr/bin/env bash
# Caught by: prometheus
# The first burn alert asks for ten times as much: its test does not see it.
sed -i 's/error_ratio_rate1h > 14.4 \* 0.001/error_ratio_rate1h > 14.4 * 0.01/' deploy/monitoring/prometheus/slo-burn.rules.yml
