#!/usr/bin/env bash
# Caught by: dockerfile
set -e
# X12: as the specification has it; locale-gen ignores its argument.
sed -i -e "/etc\/locale.gen/d" -e 's/&& locale-gen /\&\& locale-gen ar_SA.UTF-8 /' Dockerfile
