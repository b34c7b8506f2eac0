"""Asks servers for the gates: smoke, health, burn, latency, and the watch after a switch with its rollback triggers.

URLs are base addresses: of the API for `smoke`, of admin listeners (health in full, /metrics) for the others.
"""

import datetime
import json
import os
import pathlib
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT = 10
SAMPLE = re.compile(r"^(\w+)\{([^}]*)\} (\S+)$")
LABEL = re.compile(r'(\w+)="([^"]*)"')
# M1–M3 in seconds.
LATENCY_MAX = {0.5: 0.1, 0.95: 0.2, 0.99: 0.5}
# The budget of 99.9 %.
BUDGET = 0.001
# The triggers of a rollback: how bad, for how many seconds.
ERROR_RATIO, ERROR_SECONDS = 0.01, 120
P95_FACTOR, P95_SECONDS = 2.0, 300
UNHEALTHY_SECONDS = 60
SLOW_WATCH = 600
INTERVAL = 5
# The integrity checks read the whole books: not in every round.
INTEGRITY_ROUNDS = 12
# Fewer requests say nothing about how long they take.
REQUESTS_MIN = 20
BASELINE = pathlib.Path("target/gate/baseline.json")


def get(url, token=None, form=None):
    """Status and body; anything that is no answer is status 0."""
    request = urllib.request.Request(url, data=urllib.parse.urlencode(form).encode() if form else None)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def status_of(url):
    code, body = get(f"{url}/health")
    try:
        report = json.loads(body)
    except json.JSONDecodeError:
        return "Unhealthy", f"{code} {body[:100]}"
    bad = [f"{name} {entry['status']}" for name, entry in report.get("entries", {}).items() if entry["status"] != "Healthy"]
    return report.get("status", "Unhealthy"), ", ".join(bad) or f"{len(report.get('entries', {}))} checks"


def health(*urls):
    """Everything Healthy, not only what gates readiness."""
    bad = False
    for url in urls:
        status, detail = status_of(url)
        print(f"{url}: {status}, {detail}")
        bad |= status != "Healthy"
    sys.exit(1 if bad or not urls else 0)


class Figures:
    """Requests by class and their durations, of several processes together."""

    def __init__(self, urls):
        self.requests, self.errors, self.buckets = 0.0, 0.0, {}
        for url in urls:
            code, body = get(f"{url}/metrics")
            if code != 200:
                raise OSError(f"{url}/metrics answers {code}")
            for line in body.splitlines():
                match = SAMPLE.match(line)
                if not match:
                    continue
                name, labels, value = match[1], dict(LABEL.findall(match[2])), float(match[3])
                if name == "http_server_requests_total":
                    self.requests += value
                    self.errors += value if labels.get("status") == "5xx" else 0
                elif name == "http_server_request_duration_seconds_bucket":
                    edge = float(labels["le"].replace("+Inf", "inf"))
                    self.buckets[edge] = self.buckets.get(edge, 0.0) + value

    def since(self, earlier):
        """Only what has come since; a process that started again counts from nothing."""
        later = object.__new__(Figures)
        later.requests = max(self.requests - earlier.requests, 0)
        later.errors = max(self.errors - earlier.errors, 0)
        later.buckets = {edge: max(count - earlier.buckets.get(edge, 0), 0) for edge, count in self.buckets.items()}
        return later

    @property
    def ratio(self):
        return self.errors / self.requests if self.requests else 0.0

    def quantile(self, part):
        """By the edges of the histogram, between which it is linear; None without requests."""
        edges = sorted(self.buckets.items())
        if not edges or not edges[-1][1]:
            return None
        rank, below, count = part * edges[-1][1], 0.0, 0.0
        for edge, total in edges:
            if total >= rank:
                return below if edge == float("inf") else below + (edge - below) * (rank - count) / max(total - count, 1)
            below, count = edge, total
        return below


def burn(*urls):
    """How fast the error budget goes: 0, over a time that may be named."""
    seconds = float(os.environ.get("GATE_BURN_SECONDS", "60"))
    before = Figures(urls)
    time.sleep(seconds)
    seen = Figures(urls).since(before)
    rate = seen.ratio / BUDGET
    print(f"burn rate {rate:.2f}: {seen.errors:.0f} of {seen.requests:.0f} requests failed in {seconds:.0f} s")
    sys.exit(1 if rate > float(os.environ.get("GATE_BURN_MAX", "0")) else 0)


def latency(*urls):
    seen, bad = Figures(urls), False
    for part, limit in LATENCY_MAX.items():
        found = seen.quantile(part)
        bad |= found is None or found > limit
        print(f"p{part * 100:g}: {'no requests' if found is None else f'{found * 1000:.0f} ms'}, at most {limit * 1000:.0f} ms")
    sys.exit(1 if bad else 0)


def integrity(url):
    """Whether the books still add up, by somebody who may ask; None when nobody is named."""
    user, password = os.environ.get("ERP_SMOKE_USER"), os.environ.get("ERP_SMOKE_PASSWORD")
    if not user or not password:
        return None
    code, body = get(f"{url}/api/v1/auth/token", form={"grant_type": "password", "username": user, "password": password})
    if code != 200:
        return f"no token for {user}: {code}"
    code, body = get(f"{url}/api/v1/integrity/checks", json.loads(body)["access_token"])
    if code != 200:
        return f"integrity checks answer {code}"
    return next((f"integrity check {one['code']} failed" for one in json.loads(body)["checks"] if not one["ok"]), None)


def smoke(url):
    """Reads what matters and changes nothing: ready, documented, closed to strangers, and books that add up."""
    failed = []

    def need(what, condition):
        print(f"{'ok ' if condition else 'BAD'} {what}")
        if not condition:
            failed.append(what)

    for path in ("/health/live", "/health/ready", "/api/v1/health"):
        need(f"{path} is 200", get(f"{url}{path}")[0] == 200)
    need("strangers are refused", get(f"{url}/api/v1/accounts")[0] == 401)
    need("/metrics is not public", get(f"{url}/metrics")[0] == 404)
    user, password = os.environ.get("ERP_SMOKE_USER", ""), os.environ.get("ERP_SMOKE_PASSWORD", "")
    code, body = get(f"{url}/api/v1/auth/token", form={"grant_type": "password", "username": user, "password": password})
    need(f"'{user}' signs in (ERP_SMOKE_USER)", code == 200)
    if code == 200:
        token = json.loads(body)["access_token"]
        today = datetime.date.today().isoformat()
        for path in ("accounts?limit=5", "journal-entries?limit=5", "fiscal-periods?limit=5", f"reports/trial-balance?asOf={today}"):
            need(f"/api/v1/{path.split('?')[0]} is 200", get(f"{url}/api/v1/{path}", token)[0] == 200)
        need("the books add up", integrity(url) is None)
    print(f"{len(failed)} failed")
    sys.exit(1 if failed else 0)


class Trigger:
    """Fires when it was bad for so long without a break."""

    def __init__(self, name, seconds):
        self.name, self.seconds, self.since = name, seconds, None

    def fires(self, bad, now):
        self.since = (self.since if self.since is not None else now) if bad else None
        return bad and now - self.since >= self.seconds


def baseline(*urls):
    """How long requests take before the switch, of the colour that serves; for the watch."""
    seen = Figures(urls)
    p95 = seen.quantile(0.95) if seen.buckets and max(seen.buckets.values()) >= REQUESTS_MIN else None
    BASELINE.parent.mkdir(parents=True, exist_ok=True)
    BASELINE.write_text(json.dumps({"p95": p95 or LATENCY_MAX[0.95]}))
    print(f"p95 before the switch: {'too few requests, the target counts' if p95 is None else f'{p95 * 1000:.0f} ms'}")


def watch(*urls):
    """Ten minutes after a switch. Error ratio and p95 are those of the last two minutes; p95 is compared with what it was before."""
    total = float(os.environ.get("GATE_WATCH_SECONDS", str(SLOW_WATCH)))
    # Drills scale the windows of the triggers down with the watch.
    scale = min(total / SLOW_WATCH, 1.0)
    before = json.loads(BASELINE.read_text())["p95"] if BASELINE.exists() else LATENCY_MAX[0.95]
    errors, slow = Trigger("error ratio", 2 * INTERVAL * scale), Trigger("p95", P95_SECONDS * scale)
    sick = Trigger("health", UNHEALTHY_SECONDS * scale)
    window, history, began = ERROR_SECONDS * scale, [], time.monotonic()
    public, rounds = os.environ.get("GATE_PUBLIC_URL"), 0
    while (now := time.monotonic() - began) < total:
        statuses = [status_of(url) for url in urls]
        fired = sick.fires(any(status == "Unhealthy" for status, _ in statuses), now) and f"Unhealthy: {statuses}"
        try:
            history.append((now, Figures(urls)))
            while len(history) > 1 and history[1][0] <= now - window:
                history.pop(0)
            seen = history[-1][1].since(history[0][1])
            p95 = seen.quantile(0.95) if seen.requests >= REQUESTS_MIN else None
            fired = fired or (errors.fires(seen.ratio > ERROR_RATIO, now) and f"{seen.ratio:.1%} of requests fail")
            fired = fired or (slow.fires(p95 is not None and p95 > P95_FACTOR * before, now) and f"p95 is {p95:.3f} s, was {before:.3f} s")
        except OSError as error:
            fired = fired or (sick.fires(True, now) and str(error))
        if public and not fired and rounds % INTEGRITY_ROUNDS == 0:
            fired = integrity(public)
        rounds += 1
        if fired:
            print(f"after {now:.0f} s: {fired}")
            sys.exit(1)
        time.sleep(min(INTERVAL * max(scale, 0.1), total))
    print(f"watched for {total:.0f} s, nothing fired")


if __name__ == "__main__":
    {"smoke": smoke, "health": health, "burn": burn, "latency": latency, "baseline": baseline, "watch": watch}[sys.argv[1]](*sys.argv[2:])
