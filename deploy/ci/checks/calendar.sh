#!/usr/bin/env bash
# The calendar of backups and maintenance (GV12): counts, collisions, and the cluster's schedules beside SQL Agent's.
# Proves: L1, L2, L3, GV12, X63, X66, X67, X76.
set -euo pipefail
exec python deploy/ci/lib/backup_calendar.py
