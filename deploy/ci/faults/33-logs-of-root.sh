#!/usr/bin/env bash
# Caught by: dockerfile
set -e
# X14: the process could not write its log.
sed -i 's| /app/logs /app/secrets$| /app/secrets|' Dockerfile
