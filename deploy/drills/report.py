"""report.py RESULTS REPORT: the results of the drills as one Markdown table; ends with 1 when one of them did not pass."""

import datetime
import json
import os
import platform
import sys
from pathlib import Path

# The exit code of a drill that cannot run on this machine.
NOT_RUN = 3


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def rows(results):
    for code_file in sorted(results.glob("*.code")):
        drill = code_file.stem
        code, seconds = map(int, code_file.read_text().split())
        log = (results / f"{drill}.log").read_text(errors="replace").strip().splitlines()
        reason = log[-1] if log else "no reason given"
        if code == NOT_RUN:
            yield drill, "", "", f"not run: {reason}", True
            continue
        lines = (results / f"{drill}.jsonl").read_text().splitlines()
        kept = True
        for line in lines:
            one = json.loads(line)
            kept = kept and one["pass"]
            yield f"{one['name']}", one["target"], one["measured"], "pass" if one["pass"] else "FAIL", one["pass"]
        if code != 0 and kept:
            yield drill, "", f"ended with {code} after {seconds} s: {reason}", "FAIL", False


def main():
    results, report = Path(sys.argv[1]), Path(sys.argv[2])
    found = list(rows(results))
    today = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes")
    lines = [
        "# Drills",
        "",
        f"{today}, {os.cpu_count()} processors, {platform.system()} {platform.release()}.",
        "",
        "| drill and limit | target | measured | |",
        "|---|---|---|---|",
        *(f"| {cell(name)} | {cell(target)} | {cell(measured)} | {verdict} |" for name, target, measured, verdict, _ in found),
        "",
    ]
    report.write_text("\n".join(lines))
    print("\n".join(lines))
    if not found:
        sys.exit("no drill has been run")
    sys.exit(0 if all(kept for *_, kept in found) else 1)


if __name__ == "__main__":
    main()
