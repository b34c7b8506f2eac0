#!/usr/bin/env bash
# Caught by: compose
set -e
# X21
sed -i '/^      sqlserver:$/,/condition/s/service_healthy/service_started/' docker-compose.yml
