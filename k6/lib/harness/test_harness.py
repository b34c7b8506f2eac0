"""What the table says of figures that are known."""

import io
import json
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

import prometheus
import run as runner
import table
from sampler import Measured

PROFILE = {"scenarios": {"rate": {"executor": "constant-arrival-rate", "rate": 550, "duration": "10s"}}}


class Group:
    cpus = 0.5
    memory_bytes = 512 << 20


class Usage:
    def __init__(self, cpu, memory=1 << 20, throttled=0.0):
        self.cpu, self.memory, self.throttled = cpu, memory, throttled


def summary(**changed):
    times = {"med": 10, "p(95)": 20, "p(99)": 30}
    found = {
        "requests": 5500,
        "requestsPerSecond": 550.0,
        "droppedIterations": 0,
        "scenarios": {"rate": {"http_req_duration": times, "http_req_failed": {"rate": 0}}},
    }
    return {**found, **changed}


def server(**changed):
    measured = Measured(Group, [(0.0, Usage(0)), (10.0, Usage(1.0))])
    found = {"database_p95": 0.01, "hit_rates": {}, "users_seen": 10, "measured": measured}
    return {**found, **changed}


def status(metric, summarised, seen):
    rows = table.rows(summarised, PROFILE, runner.seconds_of, seen)
    assert len(rows) == 9
    return next(row["status"] for row in rows if row["metric"] == metric)


class Table(unittest.TestCase):
    def test_what_is_kept_is_met(self):
        rows = table.rows(summary(), PROFILE, runner.seconds_of, server())
        self.assertNotIn(table.MISSED, [row["status"] for row in rows])

    def test_each_limit_can_be_missed(self):
        slow = {"rate": {"http_req_duration": {"med": 100, "p(95)": 200, "p(99)": 500}}}
        for metric in ("API Response Time (p50)", "API Response Time (p95)", "API Response Time (p99)"):
            self.assertEqual(status(metric, summary(scenarios=slow), server()), table.MISSED)
        self.assertEqual(status("Database Query Time (p95)", summary(), server(database_p95=0.05)), table.MISSED)
        busy = Measured(Group, [(0.0, Usage(0)), (10.0, Usage(3.6))])
        self.assertEqual(status("CPU Usage", summary(), server(measured=busy)), table.MISSED)
        full = Measured(Group, [(0.0, Usage(0)), (10.0, Usage(1, memory=450 << 20))])
        self.assertEqual(status("Memory Usage", summary(), server(measured=full)), table.MISSED)
        self.assertEqual(status("Requests per Second", summary(requests=4999), server()), table.MISSED)
        self.assertEqual(status("Requests per Second", summary(droppedIterations=1), server()), table.MISSED)

    def test_one_class_of_the_cache_hides_no_other(self):
        rates = {"a": {"ratio": 0.99, "lookUps": 1e6}, "b": {"ratio": 0.5, "lookUps": 3000}}
        self.assertEqual(status("Redis Cache Hit Rate", summary(), server(hit_rates=rates)), table.MISSED)

    def test_what_was_not_offered_is_not_met(self):
        self.assertEqual(status("Concurrent Users", summary(), server()), table.NOT_OFFERED)

    def test_a_miss_ends_with_99(self):
        result = {"verdict": "MISSED", "profile": "ci", "startedAt": "", "targets": [], "remarks": []}
        result["server"] = {"binary": "erp-api", "database": "sqlite"}
        for verdict, code in (("MISSED", 99), ("met", 0)):
            with tempfile.TemporaryDirectory() as out, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                with mock.patch("sys.argv", ["run", "ci", "--unlimited", "--binary", "x", "--out", out]):
                    with mock.patch.object(runner, "measure", return_value={**result, "verdict": verdict}):
                        self.assertEqual(runner.main(), code)


class Prometheus(unittest.TestCase):
    def page(self, counts):
        bounds = ("0.01", "0.1", "+Inf")
        return prometheus.Page("\n".join(f'd_bucket{{operation="read",le="{b}"}} {c}' for b, c in zip(bounds, counts)))

    def test_quantiles_are_of_what_came_between(self):
        before, after = self.page((100, 100, 100)), self.page((150, 200, 200))
        self.assertAlmostEqual(prometheus.quantile(before, after, "d", 0.95), 0.091)
        self.assertIsNone(prometheus.quantile(before, before, "d", 0.95))

    def test_hit_rates_are_of_what_came_between(self):
        text = 'cache_hits_total{{class="reference",level="memory"}} {}\ncache_misses_total{{class="reference",level="memory"}} {}'
        before, after = prometheus.Page(text.format(10, 90)), prometheus.Page(text.format(100, 100))
        self.assertEqual(json.loads(json.dumps(prometheus.hit_rates(before, after)))["reference"]["ratio"], 0.9)


if __name__ == "__main__":
    unittest.main()
