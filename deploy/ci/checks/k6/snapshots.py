"""snapshots.py SNAPSHOT < what `k6 inspect` says: compares; with --write as second argument it writes the snapshot."""

import json
import sys
from pathlib import Path


def told(inspected):
    """What a script decides about its load, without what it leaves to k6."""
    return {name: value for name, value in inspected.items() if value not in (None, False)}


def lines(value):
    return json.dumps(value, indent=2, sort_keys=True).splitlines()


def main():
    path = Path(sys.argv[1])
    now = lines(told(json.load(sys.stdin)))
    if "--write" in sys.argv[2:]:
        path.write_text("\n".join(now) + "\n")
        return
    if not path.is_file():
        sys.exit(f"{path} is missing")
    before = path.read_text().splitlines()
    changed = [line.strip() for line in now if line not in before] + [f"no longer: {line.strip()}" for line in before if line not in now]
    if now != before:
        sys.exit(f"{path} says otherwise: {'; '.join(changed[:6]) or 'another order'}")


if __name__ == "__main__":
    main()
