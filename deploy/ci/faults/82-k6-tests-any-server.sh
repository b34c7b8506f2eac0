#!/usr/bin/env bash
# Caught by: k6
# A typing mistake would test the machine of somebody else.
sed -i "s/ && __ENV.ALLOW_REMOTE !== '1'/ \&\& false/" k6/lib/data.js
