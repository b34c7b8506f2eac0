"""The specification's nine rows, Target / Measured / Status, as Markdown and as JSON."""

MET, MISSED, NOT_OFFERED = "met", "MISSED", "not offered"

# Fewer than a thousand users were not asked for, so their number proves nothing.
USERS = 1000
REQUESTS_PER_SECOND = 500
# With fewer look-ups the first ones of a server that has just started decide.
LOOK_UPS = 2000


def row(metric, target, measured, ok):
    status = NOT_OFFERED if ok is None else MET if ok else MISSED
    return {"metric": metric, "target": target, "measured": measured, "status": status}


def limit(metric, value, bound, unit):
    """A row whose value has to stay below its bound."""
    if value is None:
        return row(metric, f"< {bound} {unit}", "-", None)
    return row(metric, f"< {bound} {unit}", f"{value:.1f} {unit}", value < bound)


def times(summary, which):
    """The worst of the scenarios: each has its threshold, and a quick one must not hide a slow one."""
    values = [one["http_req_duration"][which] for one in summary["scenarios"].values() if "http_req_duration" in one]
    return max(values) if values else None


def concurrent_users(summary, profile, seen):
    most = max((most_users(one) for one in profile["scenarios"].values()), default=0)
    measured = f"{most} at once, {seen} different signed in"
    if most <= USERS:
        return row("Concurrent Users", f"> {USERS}", measured, None)
    failed = summary["scenarios"].get("users", {}).get("http_req_failed", {}).get("rate", 1)
    return row("Concurrent Users", f"> {USERS}", measured, failed < 0.01)


def most_users(scenario):
    """Virtual users that think between their requests; those of an arrival rate are only its connections."""
    if scenario["executor"].endswith("-arrival-rate"):
        return 0
    return max([scenario.get("vus", 0), *(stage["target"] for stage in scenario.get("stages", []))])


def requests_per_second(summary, profile, seconds_of):
    scenario = profile["scenarios"].get("rate")
    if scenario is None or scenario.get("leastPerSecond") is False:
        measured = f"{summary['requestsPerSecond']:.0f}/s over the whole run"
        return row("Requests per Second", f"> {REQUESTS_PER_SECOND}", measured, None)
    seconds = seconds_of(scenario)
    count = summary["scenarios"]["rate"].get("http_reqs", {}).get("count", summary["requests"])
    dropped = summary["droppedIterations"]
    rate = count / seconds
    measured = f"{rate:.0f}/s for {seconds} s, {dropped:.0f} not sent"
    return row("Requests per Second", f"> {REQUESTS_PER_SECOND}", measured, rate > REQUESTS_PER_SECOND and dropped == 0)


def cache(rates):
    """Each class by itself, since a class that is asked for all the time would hide another."""
    parts = [f"{name} {one['ratio'] * 100:.1f} % of {one['lookUps']:.0f}" for name, one in sorted(rates.items())]
    counted = [one["ratio"] > 0.9 for one in rates.values() if one["lookUps"] >= LOOK_UPS]
    return row("Redis Cache Hit Rate", "> 90 %", ", ".join(parts) or "-", all(counted) if counted else None)


def rows(summary, profile, seconds_of, server):
    """`server` is what was read from the server: database p95 in seconds, hit rates, users seen, Measured."""
    database = None if server["database_p95"] is None else server["database_p95"] * 1000
    watched = server["measured"]
    cpu = f"{watched.cpu_worst_minute * 100:.0f} % (mean {watched.cpu_mean * 100:.0f} %, worst 5 s {watched.cpu_worst_five_seconds * 100:.0f} %)"
    memory = f"{watched.memory_peak * 100:.0f} % ({watched.memory_peak_bytes / 1048576:.0f} MiB at its peak)"
    return [
        limit("API Response Time (p50)", times(summary, "med"), 100, "ms"),
        limit("API Response Time (p95)", times(summary, "p(95)"), 200, "ms"),
        limit("API Response Time (p99)", times(summary, "p(99)"), 500, "ms"),
        limit("Database Query Time (p95)", database, 50, "ms"),
        cache(server["hit_rates"]),
        concurrent_users(summary, profile, server["users_seen"]),
        requests_per_second(summary, profile, seconds_of),
        row("CPU Usage", "< 70 %", cpu, watched.cpu_worst_minute < 0.7),
        row("Memory Usage", "< 80 %", memory, watched.memory_peak < 0.8),
    ]


def markdown(result):
    lines = [
        f"# Load test `{result['profile']}`, {result['verdict']}",
        "",
        f"{result['startedAt']}, {result['server']['binary']}, {result['server']['database']} database.",
        "",
        "| Metric | Target | Measured | Status |",
        "|---|---|---|---|",
        *(f"| {one['metric']} | {one['target']} | {one['measured']} | {one['status']} |" for one in result["targets"]),
        "",
        *(f"- {remark}" for remark in result["remarks"]),
        "",
    ]
    return "\n".join(lines)
