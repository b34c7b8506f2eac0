#!/usr/bin/env bash
# Caught by: drills
# The system on one machine is reachable from others.
sed -i 's/"127.0.0.1:${LOCAL_PUBLIC_PORT}"/":${LOCAL_PUBLIC_PORT}"/' deploy/local/haproxy.cfg
