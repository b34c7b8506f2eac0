#!/usr/bin/env bash
# Caught by: dockerfile
set -e
# X11, X16: the image has no curl, and a dependency that is away is no reason to restart.
sed -i 's|    CMD \["/app/erp-api", "healthcheck".*|    CMD curl --fail http://localhost:8080/health \|\| exit 1|' Dockerfile
