"""retention.py spread STORE DAYS   makes DAYS days of backups of the one full backup in STORE: one at 02:00 and a log each hour
retention.py check STORE         compares what is left with what has to be, as JSON: `kept`, `cold`, `missing`, `extra`, and moments to `restore`

What has to be is worked out here from the rule (docs/BACKUP.md), not by the program that is looked at."""

import datetime
import hashlib
import json
import sys
import uuid
from pathlib import Path

NOBODY = "00000000-0000-0000-0000-000000000000"
DAYS, WEEKS, MONTHS, YEARS = 30, 5, 12, 7
FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def when(text):
    return datetime.datetime.strptime(text, FORM).replace(tzinfo=datetime.timezone.utc)


def manifests(store):
    for path in (store / "backup-manifests").iterdir():
        if path.suffix != ".json":
            yield path, json.loads(path.read_text())


def copied(store, folder, source, target):
    for suffix in ("", ".json"):
        text = (store / folder / f"{source}{suffix}").read_bytes()
        (store / folder / f"{target}{suffix}").write_bytes(text.replace(source.encode(), target.encode()) if suffix else text)


def described(folder, like, one):
    """A manifest, and what the store keeps beside a file: its size and its SHA-256."""
    text = json.dumps(one).encode()
    about = json.loads((folder / f"{like}.json").read_text())
    about |= {"size": len(text), "sha256": hashlib.sha256(text).hexdigest()}
    (folder / one["id"]).write_bytes(text)
    (folder / f"{one['id']}.json").write_text(json.dumps(about))


def spread(store, days):
    path, full = next((path, one) for path, one in manifests(store) if one["kind"] == "full")
    now = datetime.datetime.now(datetime.timezone.utc)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    place, made = full["to"], []
    for hour in range(days * 24):
        start = midnight - datetime.timedelta(days=days) + datetime.timedelta(hours=hour)
        kinds = ["full", "log"] if start.hour == 2 else ["log"]
        for kind in kinds:
            one = {**full, "kind": kind, "id": str(uuid.uuid4()), "from": place, "to": place, "startedAt": start.strftime(FORM)}
            covers = start if kind == "full" else start + datetime.timedelta(hours=1)
            one["coversUntil"] = covers.strftime(FORM)
            if kind == "full":
                for folder in ("backups", "backup-file-lists"):
                    copied(store, folder, full["id"], one["id"])
            else:
                one["bytes"] = 0
                one.pop("sha256", None)
            described(store / "backup-manifests", full["id"], one)
            made.append(one)
    for folder in ("backups", "backup-file-lists", "backup-manifests"):
        for suffix in ("", ".json"):
            (store / folder / f"{full['id']}{suffix}").unlink()
    assert not path.exists()
    (store / "made.json").write_text(json.dumps(made))


def wanted(made):
    """Ids that stay, and those among them that are only kept for long."""
    since = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=DAYS)
    fulls = sorted((one for one in made if one["kind"] == "full"), key=lambda one: one["coversUntil"])
    window = max((when(one["startedAt"]) for one in fulls if when(one["coversUntil"]) <= since), default=since)
    hot = {one["id"] for one in made if when(one["coversUntil"]) >= window}
    long = set()
    for count, period in ((WEEKS, "%G-%V"), (MONTHS, "%Y-%m"), (YEARS, "%Y")):
        firsts = {}
        for one in fulls:
            firsts.setdefault(when(one["startedAt"]).strftime(period), one["id"])
        long |= set(list(firsts.values())[-count:])
    return hot | long, long - hot


def check(store):
    made = json.loads((store / "made.json").read_text())
    kept, cold = wanted(made)
    left = {one["id"] for _, one in manifests(store)}
    data = {path.name for path in (store / "backups").iterdir() if path.suffix != ".json"}
    fulls = {one["id"] for one in made if one["kind"] == "full"}
    by_id = {one["id"]: one for one in made}
    moments = sorted(by_id[one]["coversUntil"] for one in cold)
    logs = sorted(by_id[one]["coversUntil"] for one in kept - fulls)
    print(json.dumps({
        "kept": len(kept), "cold": len(cold), "missing": len(kept - left), "extra": len(left - kept) + len(data ^ (kept & fulls)),
        "restore": [*moments, logs[len(logs) // 2], logs[0], logs[-1]],
    }))


def main():
    command, store, *rest = sys.argv[1:]
    store = Path(store) / NOBODY
    spread(store, int(rest[0])) if command == "spread" else check(store)


if __name__ == "__main__":
    main()
