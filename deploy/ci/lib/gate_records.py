"""Steps of the gates that look at records: review, changelog, rollback plan, backup, sign-off, status page."""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

BACKUP_AGE_MAX = datetime.timedelta(minutes=15)
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
OUT = pathlib.Path("target/gate")


def time_of(text):
    return datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text).replace("Z", "+00:00"))


def review():
    """Somebody else than the author has to have said yes, in the commit."""
    text = subprocess.run(["git", "log", "-1", "--format=%ae%n%B"], capture_output=True, text=True, check=True).stdout
    author, _, message = text.partition("\n")
    reviewers = re.findall(r"^Reviewed-by: .*<(.+)>$", message, re.MULTILINE)
    others = [one for one in reviewers if one.lower() != author.lower()]
    if not others:
        sys.exit("no `Reviewed-by: Name <address>` of somebody else in the commit; or give GATE_STEP_REVIEW a command that knows")
    print(f"reviewed by {', '.join(others)}")


def changelog():
    text = pathlib.Path("CHANGELOG.md").read_text(encoding="utf-8")
    version = os.environ["GATE_VERSION"]
    heading = "Unreleased" if "-dev." in version else version
    section = re.search(rf"^## \[?v?{re.escape(heading)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not section or not section[1].strip():
        sys.exit(f"CHANGELOG.md says nothing under {heading}")
    print(f"CHANGELOG.md has {len(section[1].split())} words under {heading}")


def rollback(path):
    """The runbook names what is deployed and what is gone back to."""
    try:
        text = pathlib.Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        sys.exit(f"there is no {path}")
    wanted = {
        "this version": os.environ["GATE_VERSION"],
        "its digest": os.environ["GATE_DIGEST"],
        "the previous version": os.environ["GATE_PREVIOUS_VERSION"],
        "its digest ": os.environ["GATE_PREVIOUS_DIGEST"],
    }
    for name in ("GATE_DIGEST", "GATE_PREVIOUS_DIGEST"):
        if not re.fullmatch(r"sha256:[0-9a-f]{64}", os.environ[name]):
            sys.exit(f"{name} is no digest")
    absent = [f"{what.strip()} ({value})" for what, value in wanted.items() if value not in text]
    if absent:
        sys.exit(f"{path} does not name {', '.join(absent)}")
    print(f"{path} names {os.environ['GATE_VERSION']} and {os.environ['GATE_PREVIOUS_VERSION']} with their digests")


def backup():
    """The newest entry of the backup catalogue, `erp-api backup list --json` on standard input, is young enough."""
    text = sys.stdin.read()
    try:
        catalogue = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError:
        sys.exit(f"this is no catalogue: {text.strip()[:200] or 'nothing'}")
    times = [time_of(entry["coversUntil"]) for entry in catalogue if TIME.match(entry.get("coversUntil", ""))]
    if not times:
        sys.exit("the catalogue has no finished backup")
    age = datetime.datetime.now(datetime.timezone.utc) - max(times)
    minutes = age.total_seconds() / 60
    if age > BACKUP_AGE_MAX:
        sys.exit(f"the newest of {len(times)} backups is {minutes:.1f} minutes old, at most {BACKUP_AGE_MAX.seconds // 60} are allowed")
    print(f"the newest of {len(times)} backups is {minutes:.1f} minutes old")


def signoff(path):
    """A file, or the record itself, as variables of a pipeline have it."""
    given = path.lstrip().startswith("{")
    record = json.loads(path if given else pathlib.Path(path).read_text(encoding="utf-8"))
    path = "the sign-off" if given else path
    missing = [name for name in ("version", "decision", "by", "role", "at") if not record.get(name)]
    if missing:
        sys.exit(f"{path} lacks {', '.join(missing)}")
    if record["decision"] != "accepted" or record["version"] != os.environ["GATE_VERSION"]:
        sys.exit(f"{path}: {record['version']} was {record['decision']}, this is {os.environ['GATE_VERSION']}")
    if time_of(record["at"]) > datetime.datetime.now(datetime.timezone.utc):
        sys.exit(f"{path}: was signed in the future")
    (OUT / "signoff.json").write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"accepted by {record['by']}, {record['role']}, at {record['at']}")


def status():
    """What the status page shows."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    page = {
        "status": "operational",
        "version": os.environ["GATE_VERSION"],
        "updatedAt": now,
        "components": [{"name": name, "status": "operational"} for name in ("api", "reports", "files")],
        "message": {"en": "All systems operational.", "ar": "جميع الأنظمة تعمل."},
    }
    (OUT / "status.json").write_text(json.dumps(page, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"target/gate/status.json of {now}")


if __name__ == "__main__":
    {"review": review, "changelog": changelog, "rollback": rollback, "backup": backup, "signoff": signoff, "status": status}[sys.argv[1]](
        *sys.argv[2:]
    )
