#!/usr/bin/env bash
# Caught by: config-files
set -e
# B8
sed -i 's/:6380,ssl=true"/:6380,ssl=true,password=hunter2"/' deploy/config/appsettings.Staging.json
