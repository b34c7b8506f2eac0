#!/usr/bin/env bash
# Caught by: dockerfile
set -e
# X17
sed -i 's/^\(ARG RUNTIME_IMAGE=[^@]*\)@.*/\1/' Dockerfile
