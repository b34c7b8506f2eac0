#!/usr/bin/env bash
# Caught by: calendar
# X67: a log backup every 15 minutes.
sed -i 's/@freq_subday_interval = 5,/@freq_subday_interval = 15,/' deploy/sql/agent-jobs/log.sql
