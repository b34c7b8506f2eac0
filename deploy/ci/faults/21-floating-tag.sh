#!/usr/bin/env bash
# Caught by: compose
set -e
# X17
sed -i 's/image: redis:7.4-alpine@.*/image: redis:7-alpine/' docker-compose.yml
