#!/usr/bin/env bash
# The calendar of backups and maintenance (GV12): counts, collisions, and the cluster's schedules beside SQL Agent's.
set -euo pipefail
exec python deploy/ci/lib/backup_calendar.py
