#!/usr/bin/env bash
# Caught by: compose
set -e
# X22
sed -i 's/"127.0.0.1:1433:1433"/"1433:1433"/' docker-compose.yml
