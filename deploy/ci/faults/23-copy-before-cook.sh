#!/usr/bin/env bash
# Caught by: dockerfile
set -e
# X18: each change of a source builds all dependencies.
sed -i 's/^COPY --from=planner .*/&\nCOPY . ./' Dockerfile
