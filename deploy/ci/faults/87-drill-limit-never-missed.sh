#!/usr/bin/env bash
# Caught by: drills
# Every comparison says yes.
sed -i 's/else "no")/else "yes")/' deploy/drills/lib.sh
