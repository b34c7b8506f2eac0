#!/usr/bin/env bash
# Caught by: drills
# A drill that only prints.
sed -i '$d' deploy/drills/drill-04-redis-hang.sh
