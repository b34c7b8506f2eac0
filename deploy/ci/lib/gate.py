"""Runs a gate: its steps in order, each a command with a result. See deploy/ci/gate.sh."""

import argparse
import dataclasses
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

OUT = pathlib.Path("target/gate")
PROBE = "python3 deploy/ci/lib/gate_probe.py"
RECORDS = "python3 deploy/ci/lib/gate_records.py"


@dataclasses.dataclass(frozen=True)
class Step:
    """One box of the checklist."""

    name: str
    box: str
    command: str
    needs: tuple = ()


GATES = {
    "pre": (
        Step("tests", "All tests passing (unit, integration, E2E)", "scripts/test"),
        Step("review", "Code review completed", f"{RECORDS} review"),
        Step("security", "Security scan passed", "scripts/test deny && deploy/ci/validate.sh"),
        Step(
            "performance",
            "Performance benchmarks met",
            'SUMMARY_FILE=target/gate/k6.json PROFILE=ci BASE_URL="$GATE_BASE_URL" ADMIN_EMAIL="$ERP_SMOKE_USER"'
            ' ADMIN_PASSWORD="$ERP_SMOKE_PASSWORD" k6 run --quiet k6/main.js',
            ("GATE_BASE_URL",),
        ),
        Step("documentation", "Documentation updated", f"cargo xtask gen --check && python3 deploy/ci/lib/links.py && {RECORDS} changelog"),
        Step(
            "migrations",
            "Database migrations prepared",
            '"$ERP_API_BINARY" migrate --plan $([ -n "${GATE_CONTRACT:-}" ] || echo --require-expand-only)'
            " >target/gate/migration-plan.sql",
        ),
        Step(
            "rollback-plan",
            "Rollback plan documented",
            f"{RECORDS} rollback deploy/runbooks/rollback.md",
            ("GATE_DIGEST", "GATE_PREVIOUS_VERSION", "GATE_PREVIOUS_DIGEST"),
        ),
    ),
    "deploy": (
        Step("backup", "Create database backup", f'"$ERP_API_BINARY" backup list --json | {RECORDS} backup'),
        Step("staging", "Deploy to staging", "$GATE_STAGING", ("GATE_STAGING",)),
        Step("smoke", "Run smoke tests", f'{PROBE} smoke "$GATE_STAGING_URL"', ("GATE_STAGING_URL",)),
        Step(
            "switch",
            "Deploy to production (blue-green)",
            f'{PROBE} smoke "$GATE_PREVIEW_URL" && {PROBE} baseline $GATE_ADMIN_URLS && ($GATE_SWITCH)',
            ("GATE_PREVIEW_URL", "GATE_ADMIN_URLS", "GATE_SWITCH", "GATE_ROLLBACK"),
        ),
        Step("verify", "Verify health checks", f"{PROBE} health $GATE_ADMIN_URLS", ("GATE_ADMIN_URLS",)),
        Step("watch", "Monitor metrics", f"{PROBE} watch $GATE_ADMIN_URLS", ("GATE_ADMIN_URLS",)),
    ),
    "post": (
        Step("services", "Verify all services healthy", f"{PROBE} health $GATE_ADMIN_URLS", ("GATE_ADMIN_URLS",)),
        Step("errors", "Check error rates", f"{PROBE} burn $GATE_ADMIN_URLS", ("GATE_ADMIN_URLS",)),
        Step("latency", "Monitor performance metrics", f"{PROBE} latency $GATE_ADMIN_URLS", ("GATE_ADMIN_URLS",)),
        Step("acceptance", "User acceptance verification", f'{RECORDS} signoff "$GATE_SIGNOFF"', ("GATE_SIGNOFF",)),
        Step("status-page", "Update status page", f"{RECORDS} status && ($GATE_STATUS_PUBLISH)", ("GATE_STATUS_PUBLISH",)),
        Step("archive", "Archive deployment artifacts", 'python3 deploy/ci/lib/archive.py "$GATE_ARCHIVE"', ("GATE_ARCHIVE",)),
    ),
}
# A failure after this step of this gate turns back.
SWITCH = ("deploy", "switch")


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def command_of(step):
    """The step's own command or the caller's; a variable that is a whole command is put in as text, so that a shell reads it."""
    replaced = os.environ.get("GATE_STEP_" + step.name.upper().replace("-", "_"))
    command = replaced or step.command
    for name in ("GATE_STAGING", "GATE_SWITCH", "GATE_STATUS_PUBLISH"):
        if name in step.needs:
            command = command.replace(f"${name}", os.environ.get(name, ""))
    return command, bool(replaced)


def run(step, gate):
    """The result of one step."""
    command, replaced = command_of(step)
    result = {"step": step.name, "box": step.box, "command": command, "startedAt": now()}
    missing = [name for name in step.needs if not os.environ.get(name)]
    if missing and not replaced:
        return result | {"result": "not configured", "detail": f"set {', '.join(missing)} (deploy/ci/gate.env.example)", "seconds": 0}
    began = time.monotonic()
    log = OUT / f"{gate}-{step.name}.log"
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(["bash", "-o", "pipefail", "-c", command], stdout=output, stderr=subprocess.STDOUT, check=False).returncode
    lines = [line for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return result | {
        "result": "ok" if code == 0 else "failed",
        "exitCode": code,
        "detail": lines[-1][:300] if lines else "",
        "log": str(log),
        "seconds": round(time.monotonic() - began, 1),
    }


def turn_back():
    """The way back after a switch; how long it took is part of the report."""
    began = time.monotonic()
    code = subprocess.run(["bash", "-c", os.environ["GATE_ROLLBACK"]], check=False).returncode
    seconds = round(time.monotonic() - began, 1)
    print(f"rolled back with exit code {code} in {seconds} s", flush=True)
    return {"command": os.environ["GATE_ROLLBACK"], "exitCode": code, "seconds": seconds}


def main():
    arguments = argparse.ArgumentParser(prog="deploy/ci/gate.sh")
    arguments.add_argument("gate", choices=GATES)
    arguments.add_argument("--dry-run", action="store_true", help="only say what would run")
    arguments.add_argument("--only", default="", help="steps, separated by commas; such a run passes no gate")
    options = arguments.parse_args()
    only = [name for name in options.only.split(",") if name]
    unknown = set(only) - {step.name for step in GATES[options.gate]}
    if unknown:
        sys.exit(f"gate: {options.gate} has no step {', '.join(sorted(unknown))}")
    if options.dry_run:
        for step in GATES[options.gate]:
            missing = [name for name in step.needs if not os.environ.get(name)]
            print(f"{step.name:<14} {step.box}\n{'':<14} {command_of(step)[0]}")
            print(f"{'':<14} missing: {', '.join(missing)}" if missing else f"{'':<14} ready")
        return
    OUT.mkdir(parents=True, exist_ok=True)
    report = {
        "gate": options.gate,
        "version": os.environ["GATE_VERSION"],
        "revision": os.environ["GATE_REVISION"],
        "digest": os.environ.get("GATE_DIGEST", ""),
        "startedAt": now(),
        "partial": bool(only),
        "steps": [],
    }
    failed = switched = False
    for step in GATES[options.gate]:
        if only and step.name not in only:
            continue
        # What was not reached is written down, too. Only a deployment depends on what came before.
        if failed and options.gate == "deploy":
            report["steps"].append({"step": step.name, "box": step.box, "result": "not reached", "seconds": 0})
            continue
        done = run(step, options.gate)
        report["steps"].append(done)
        print(f"{done['result']:<15} {step.name:<14} {done['seconds']:>7} s  {done['detail'][:110]}", flush=True)
        failed |= done["result"] != "ok"
        if (options.gate, step.name) == SWITCH:
            # A switch that fails half way is one, too; one that was not configured is none.
            switched = done["result"] != "not configured"
        if switched and failed and "rollback" not in report:
            report["rollback"] = turn_back()
    report |= {"finishedAt": now(), "pass": not failed and not only}
    path = OUT / f"{options.gate}.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{options.gate}: {'passed' if report['pass'] else 'NOT passed'}; {path}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
