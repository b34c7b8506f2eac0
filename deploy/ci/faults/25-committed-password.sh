#!/usr/bin/env bash
# Caught by: compose
set -e
# X05
sed -i "s/MSSQL_SA_PASSWORD: .*/MSSQL_SA_PASSWORD: YourStrong@Password/" docker-compose.yml
