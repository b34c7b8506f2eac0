#!/usr/bin/env bash
# Caught by: compose
set -e
# X57
sed -i 's/ --maxmemory-policy allkeys-lru//' docker-compose.yml
