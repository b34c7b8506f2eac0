"""The runbooks: all of them are there and have their parts, their links lead somewhere, every `erp-api …` they tell people to type exists, so
does every operation, setting, alert and script they name, and the page's status.json follows its schema. Prints a line for each fault."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

FOLDER = Path("deploy/runbooks")
WANTED = [
    "blue-green", "rollback", "region-failover", "failback", "pitr", "tail-log", "restore-drill", "secret-rotation", "cache-incident",
    "db-throttling", "cert-expiry", "status-page", "on-call",
]
HEAD = ["Trigger", "Owner", "Takes"]
PARTS = ["Preconditions", "Steps", "Verification", "Going back", "Record"]
WITH_TEMPLATES = ["region-failover", "status-page"]
COMMANDS = json.loads(Path("deploy/ci/lib/erp-api-commands.json").read_text())
BINARIES = [os.environ.get("ERP_API", ""), "target/release/erp-api", "target/debug/erp-api"]
ARABIC = re.compile(r"[\u0600-\u06ff]{3,}")
faults = []


def fault(where, text):
    faults.append(f"{where}: {text}")


def anchor(heading):
    """As GitHub makes it of a heading."""
    text = re.sub(r"[`*]", "", heading.strip().lower())
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def links(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, part = target.partition("#")
        there = (path.parent / file) if file else path
        if not there.exists():
            fault(path, f"the link {target} leads nowhere")
        elif part and there.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", there.read_text(), re.M)
            if part not in {anchor(heading) for heading in headings} and f'id="{part}"' not in there.read_text():
                fault(path, f"the link {target} leads to no heading")


def commands(path):
    """What is typed: the words behind `erp-api`, up to a pipe or the end of the code."""
    text = path.read_text()
    code = "\n".join(re.findall(r"```(?:\w+)?\n(.*?)```", text, re.S)) + "\n" + "\n".join(re.findall(r"`([^`\n]+)`", text))
    for line in code.splitlines():
        for typed in re.findall(r"(?:^|\s)(?:/app/)?erp-api (?!-n\b)([a-z][^|;&]*)", line):
            if "argo rollouts" in line:
                continue
            check(path, typed)


def check(path, typed):
    words = shlex.split(typed.replace("<", "").replace(">", "").replace("'", ""))
    names = [word for word in words if re.fullmatch(r"[a-z][a-z-]*", word)]
    options = [word.split("=")[0] for word in words if re.fullmatch(r"--[a-z-]+(=.*)?", word)]
    for table in (COMMANDS["commands"],):
        for known, has in table.items():
            if names[: len(known.split())] == known.split() and set(options) <= set(has):
                # `backup full` is not `backup` with a file called full.
                if known == "backup" and names[1:2] and names[1] in ("full", "diff", "log", "verify"):
                    continue
                return
    fault(path, f"there is no erp-api {typed.strip()}")


def binary():
    found = next((name for name in BINARIES if name and os.access(name, os.X_OK)), None)
    if not found:
        return "no binary at hand: its --help was not compared"
    for known, options in COMMANDS["commands"].items():
        answer = subprocess.run([found, *known.split(), "--help"], capture_output=True, text=True, timeout=20, check=False)
        if answer.returncode:
            fault("deploy/ci/lib/erp-api-commands.json", f"the binary has no {known}")
        for option in options:
            if option not in answer.stdout:
                fault("deploy/ci/lib/erp-api-commands.json", f"{known} of the binary has no {option}")
    return f"compared with {found}"


def names(path, operations, settings, alerts, metrics):
    text = path.read_text()
    for verb, operation in re.findall(r"(GET|POST|PUT|DELETE) (/api/v1/[\w/{}-]+)", text):
        if verb.lower() not in operations.get(operation, []):
            fault(path, f"there is no {verb} {operation}")
    for operation in re.findall(r"https://<[^>]+>(/api/v1/[\w/-]+)", text):
        if operation not in operations:
            fault(path, f"there is no {operation}")
    for setting in re.findall(r"\b((?:Region|AppConfig|Database|Auth|Cache|Limits|Tls|Shutdown|Startup):[A-Z]\w*)", text):
        if setting not in settings and not any(known.startswith(f"{setting}:") for known in settings):
            fault(path, f"there is no setting {setting}")
    for alert in re.findall(r"\bErp(?!Prod)[A-Z]\w+", text):
        if alert not in alerts:
            fault(path, f"there is no alert {alert}")
    for metric in re.findall(r"\b((?:erp|redis|db_client|http_server)_[a-z_]+)\b", text):
        if metric not in metrics and metric not in ("erp_application", "erp_backup", "erp_app", "erp_app_b"):
            fault(path, f"there is no metric {metric}")
    for script in re.findall(r"deploy/(?:sql|drills|k8s|config)/[\w./-]+\w", text):
        # Other parts of the tree are made beside this one: a path counts when its folder is there.
        if Path(script).parent.exists() and not Path(script).exists() and not script.startswith("deploy/config/"):
            fault(path, f"there is no {script}")


def releases(path):
    table = re.search(r"<!-- releases:begin -->\n(.*?)<!-- releases:end -->", path.read_text(), re.S)
    if not table:
        fault(path, "the marks around the releases are gone: the gate finds them no more")
        return
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.group(1).strip().splitlines()]
    if [row[0] for row in rows] != ["release", "---", "current", "previous"] or any(len(row) != 5 for row in rows):
        fault(path, "the releases are not two rows of five columns")
        return
    forms = [r"\w+", r"–|`?\d+\.\d+\.\d+`?", r"–|`?sha256:[0-9a-f]{64}`?", r"–|`?\d{4}(_\w+)?`?", r"–|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z"]
    for row in rows[2:]:
        for cell, form in zip(row, forms, strict=True):
            if not re.fullmatch(form, cell):
                fault(path, f"{cell!r} in the row {row[0]}")
        if len({cell == "–" for cell in row[1:]}) != 1:
            fault(path, f"the row {row[0]} is half filled")


def status_page():
    schema, example = FOLDER / "status.schema.json", FOLDER / "status.example.json"
    answer = subprocess.run(["check-jsonschema", "--schemafile", schema, example], capture_output=True, text=True, check=False)
    if answer.returncode:
        fault(example, " ".join(answer.stdout.split()))
    page = json.loads(example.read_text())
    order = ["operational", "maintenance", "degraded", "read_only", "outage"]
    if page["state"] != max((part["state"] for part in page["components"]), key=order.index):
        fault(example, "its state is not the worst of its components'")


def main():
    for name in WANTED:
        path = FOLDER / f"{name}.md"
        if not path.is_file():
            fault(path, "is missing")
            continue
        text = path.read_text()
        for part in PARTS:
            if not re.search(rf"^## {part}\b", text, re.M):
                fault(path, f"has no part {part}")
        for row in HEAD:
            if not re.search(rf"^\| {row} \| \S", text, re.M):
                fault(path, f"does not say: {row}")
        steps = re.search(r"^## Steps.*?(?=^## (?:Verification|Going back))", text, re.M | re.S)
        if steps and len(re.findall(r"^\d+\. ", steps.group(0), re.M)) < 3:
            fault(path, "has no numbered steps")
        if name in WITH_TEMPLATES and (not re.search(r"^## Communication templates", text, re.M) or not ARABIC.search(text)):
            fault(path, "has no templates in both languages")
    paths = json.loads(Path("docs/openapi.json").read_text())["paths"]
    operations = {path: list(item) for path, item in paths.items()}
    settings = set(re.findall(r"^\| `([^`]+)`", Path("docs/CONFIG.md").read_text(), re.M))
    alerts = set(re.findall(r"- alert: (\w+)", "".join(path.read_text() for path in Path("deploy/monitoring/prometheus").glob("*.rules.yml"))))
    metrics = set(re.findall(r"`(\w+)`", Path("docs/METRICS.md").read_text()))
    metrics |= set(re.findall(r'"(\w+)": \[', Path("deploy/monitoring/metrics-allowed.json").read_text()))
    metrics |= set(re.findall(r"[a-z_]+:([a-z_]+):", "".join(path.read_text() for path in Path("deploy/monitoring/prometheus").glob("*.rules.yml"))))
    on_call = (FOLDER / "on-call.md").read_text() if (FOLDER / "on-call.md").is_file() else ""
    for alert in sorted(alerts):
        if alert not in on_call:
            fault(FOLDER / "on-call.md", f"says nothing of {alert}")
    for path in sorted(FOLDER.glob("*.md")):
        commands(path)
        names(path, operations, settings, alerts, metrics)
    for path in sorted({*Path("deploy").rglob("*.md"), *Path("docs").rglob("*.md"), *Path(".").glob("*.md")}):
        links(path)
    if (FOLDER / "rollback.md").is_file():
        releases(FOLDER / "rollback.md")
    status_page()
    compared = binary()
    print("\n".join(faults) if faults else f"{len(WANTED)} runbooks; {compared}")
    return bool(faults)


sys.exit(main())
