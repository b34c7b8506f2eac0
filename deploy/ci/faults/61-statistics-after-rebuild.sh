#!/usr/bin/env bash
# Caught by: calendar
# X63: statistics on Saturday morning, too, when the indexes were rebuilt in the night. Moved behind the rebuild, so that they do not meet.
sed -i 's/@freq_interval = 63,/@freq_interval = 127,/; s/@active_start_time = 003000/@active_start_time = 010000/' deploy/sql/agent-jobs/statistics.sql
