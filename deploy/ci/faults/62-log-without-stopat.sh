#!/usr/bin/env bash
# Caught by: sql-deploy
# X70: a log that may go past the point in time.
python3 - <<'EDIT'
from pathlib import Path
path = Path("deploy/sql/restore/pitr-template.sql")
text = path.read_text()
path.write_text(text.replace("    STOP_ON_ERROR,\n    -- In every log, the same: one log too many does not go past the point in time (X70).\n    STOPAT = @stop_at;", "    STOP_ON_ERROR;"))
EDIT
