#!/usr/bin/env bash
# Caught by: compose
set -e
# D3: the product would only warn, and send no log.
sed -i 's/Seq__ServerUrl/Seq__ServerUri/' docker-compose.yml
