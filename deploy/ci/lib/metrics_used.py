"""Every metric and label that rules, their tests and dashboards use exists: in docs/METRICS.md, among the recorded ones, or in
deploy/monitoring/metrics-allowed.json with where it comes from. Dashboards also have what a person needs to read them.
Prints a line for each fault."""

import json
import re
import sys
from pathlib import Path

import yaml

MONITORING = Path("deploy/monitoring")
RULES = sorted(MONITORING.glob("prometheus/*.rules.yml"))
TESTS = sorted(MONITORING.glob("prometheus/tests/*.test.yml"))
DASHBOARDS = sorted(MONITORING.glob("grafana/*.json"))
ALLOWED = MONITORING / "metrics-allowed.json"
CATALOGUE = Path("docs/METRICS.md")
SQL_EXPORTER = MONITORING / "prometheus/sql-exporter.collector.yml"
GROUPING = {"by", "without", "on", "ignoring", "group_left", "group_right"}
WORDS = {"and", "or", "unless", "offset", "bool", "atan2", "inf", "nan", "start", "end"}
UNITS = {"s", "percentunit", "reqps", "ops", "short", "bytes"}
TOKEN = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(\[[^\]]*\])|(\d[\w.]*)|([A-Za-z_:][\w:]*)|(=~|!~|!=|==|<=|>=|[-+*/%^<>=(){},@])""")
faults = []


def fault(where, text):
    faults.append(f"{where}: {text}")


class Catalogue:
    def __init__(self):
        allowed = json.loads(ALLOWED.read_text())
        self.scrape = set(allowed["scrape"]["labels"])
        self.values = allowed["values"]
        self.labels = {}
        self.histograms = set()
        self.product = set()
        for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", CATALOGUE.read_text(), re.M):
            self.product.add(name)
            self.labels[name] = set(re.findall(r"`(\w+)`", labels))
            if kind == "histogram":
                self.histograms.add(name)
        self.platform = {}
        for source in allowed["sources"]:
            for name, labels in source["metrics"].items():
                # What METRICS.md has by now counts as it stands there.
                if name not in self.product:
                    self.labels[name] = set(labels)
                    self.platform[name] = source["source"]
        for name in list(self.histograms):
            labels = self.labels.pop(name)
            for suffix in ("_bucket", "_sum", "_count"):
                self.labels[name + suffix] = labels | ({"le"} if suffix == "_bucket" else set())
        self.used = set()

    def record(self, name, labels):
        self.labels[name] = labels

    def of(self, metric, where):
        self.used.add(metric)
        if metric in self.histograms:
            fault(where, f"{metric} is a histogram: it has only _bucket, _sum and _count")
        elif metric not in self.labels:
            fault(where, f"there is no metric {metric}")
        return self.labels.get(metric, set()) | self.scrape

    def matcher(self, metric, label, operator, value, where):
        base = re.sub(r"_(bucket|sum|count)$", "", metric)
        known = self.values.get(metric, self.values.get(base, {})).get(label)
        if known is None or "$" in value:
            return
        wanted = value.split("|") if operator in ("=~", "!~") else [value]
        for one in wanted:
            if re.fullmatch(r"[\w-]+", one) and one not in known:
                fault(where, f"{metric} has no {label} {one}")


def tokens(expression, where):
    expression = re.sub(r"#.*", "", expression)
    found, at = [], 0
    for match in TOKEN.finditer(expression):
        between = expression[at : match.start()]
        if between.strip():
            fault(where, f"cannot be read at {between.strip()!r}")
        found.append(match)
        at = match.end()
    return [(match.group(0), match.lastindex) for match in found]


def examine(expression, where, catalogue):
    """Looks up every metric, label and value in a PromQL expression."""
    there = tokens(expression, where)
    labels_there, grouped = set(), []
    index = 0

    def word(position):
        return there[position][0] if position < len(there) else ""

    while index < len(there):
        text, kind = there[index]
        if kind == 4 and text in GROUPING:
            names, index = [], index + 1
            if word(index) == "(":
                index += 1
                while word(index) != ")":
                    if there[index][1] == 4:
                        names.append(word(index))
                    index += 1
                index += 1
            grouped += names
            continue
        if kind == 4 and text.lower() not in WORDS and word(index + 1) != "(" and word(index + 1) not in GROUPING:
            labels = catalogue.of(text, where)
            labels_there |= labels
            index += 1
            if word(index) == "{":
                index += 1
                while index < len(there) and word(index) != "}":
                    if there[index][1] == 4:
                        label, operator, value = word(index), word(index + 1), word(index + 2)[1:-1]
                        if label not in labels:
                            fault(where, f"{text} has no label {label}")
                        catalogue.matcher(text, label, operator, value, where)
                        index += 2
                    index += 1
                index += 1
            continue
        index += 1
    for label in grouped:
        if label not in labels_there:
            fault(where, f"nothing in it has a label {label}")


def rules(catalogue):
    groups = [(path, group) for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    for path, group in groups:
        for rule in group["rules"]:
            if "record" in rule:
                # The first part of a recorded name says by what it is kept.
                named = set(re.findall(r"\w+", rule["record"].split(":")[0].replace("_", " ")))
                catalogue.record(rule["record"], named & {"namespace", "class"})
    alerts = {}
    for path, group in groups:
        for rule in group["rules"]:
            name = rule.get("record") or rule["alert"]
            examine(rule["expr"], f"{path}: {name}", catalogue)
            if "alert" not in rule:
                continue
            if rule["alert"] in alerts:
                fault(path, f"{name} is there twice")
            alerts[name] = rule
            if rule["labels"].get("severity") not in ("page", "ticket"):
                fault(path, f"{name} is neither a page nor a ticket")
            notes = rule["annotations"]
            for note in ("summary", "description", "runbook"):
                if not notes.get(note):
                    fault(path, f"{name} has no {note}")
            if not Path(notes.get("runbook", "?")).is_file():
                fault(path, f"{name} sends people to {notes.get('runbook')}, which is not there")
    return alerts


def tests(alerts, catalogue):
    fires, silent = set(), set()
    for path in TESTS:
        for test in yaml.safe_load(path.read_text())["tests"]:
            for one in test["alert_rule_test"]:
                (fires if one["exp_alerts"] else silent).add(one["alertname"])
            for series in test["input_series"]:
                if not series["series"].startswith("up{"):
                    examine(series["series"], f"{path}: {test['name']}", catalogue)
    for name in alerts:
        if name not in fires:
            fault("deploy/monitoring/prometheus/tests", f"no test sees {name} fire")
        if name not in silent:
            fault("deploy/monitoring/prometheus/tests", f"no test sees {name} not fire")


def notifications(alerts):
    config = yaml.safe_load((MONITORING / "alertmanager.yml").read_text())
    for name in set(re.findall(r"\bErp[A-Za-z0-9]+", json.dumps(config))):
        if name not in alerts:
            fault(MONITORING / "alertmanager.yml", f"there is no alert {name}")


def dashboards(catalogue):
    seen = {}
    for path in DASHBOARDS:
        board = json.loads(path.read_text())
        for member in ("uid", "title", "description", "tags", "schemaVersion", "templating", "panels"):
            if not board.get(member):
                fault(path, f"has no {member}")
        if seen.setdefault(board.get("uid"), path) != path:
            fault(path, f"has the uid of {seen[board['uid']]}")
        variables = {variable["name"]: variable for variable in board["templating"]["list"]}
        if variables.get("datasource", {}).get("type") != "datasource":
            fault(path, "has no variable for its data source")
        for variable in variables.values():
            if variable["type"] == "query":
                metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"], re.S).groups()
                examine(metric, f"{path}: variable {variable['name']}", catalogue)
                if label not in catalogue.of(re.match(r"\w+", metric).group(0), path):
                    fault(path, f"variable {variable['name']} asks for a label {label} that is not there")
        ids, places = set(), []
        for panel in board["panels"]:
            where = f"{path}: {panel.get('title', panel.get('id'))}"
            if panel["id"] in ids:
                fault(where, "has the id of another panel")
            ids.add(panel["id"])
            place = panel["gridPos"]
            if place["x"] + place["w"] > 24:
                fault(where, "is wider than the page")
            for other, title in places:
                if (
                    place["x"] < other["x"] + other["w"]
                    and other["x"] < place["x"] + place["w"]
                    and place["y"] < other["y"] + other["h"]
                    and other["y"] < place["y"] + place["h"]
                ):
                    fault(where, f"lies over {title}")
            places.append((place, panel.get("title")))
            if not panel.get("title"):
                fault(where, "has no title")
            if panel["type"] == "row":
                continue
            if not panel.get("description"):
                fault(where, "has no description")
            if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
                fault(where, f"has the unit {panel['fieldConfig']['defaults'].get('unit')}")
            if not panel.get("targets"):
                fault(where, "asks nothing")
            for target in [panel, *panel.get("targets", [])]:
                if target.get("datasource", {}).get("uid") != "${datasource}":
                    fault(where, "does not use the variable for its data source")
            for target in panel.get("targets", []):
                for name in re.findall(r"\$\{?(\w+)", target["expr"]):
                    if not name.startswith("__") and name not in variables:
                        fault(where, f"uses a variable {name} that is not there")
                examine(target["expr"], where, catalogue)
    return len(DASHBOARDS)


def main():
    catalogue = Catalogue()
    alerts = rules(catalogue)
    tests(alerts, catalogue)
    notifications(alerts)
    boards = dashboards(catalogue)
    exported = {metric["metric_name"] for metric in yaml.safe_load(SQL_EXPORTER.read_text())["metrics"]}
    for name, source in catalogue.platform.items():
        if name not in catalogue.used:
            fault(ALLOWED, f"nothing uses {name}")
        if source.startswith("sql_exporter") and name not in exported:
            fault(ALLOWED, f"{SQL_EXPORTER} has no {name}")
    for name in catalogue.values:
        if name not in catalogue.product and name not in catalogue.platform:
            fault(ALLOWED, f"values of {name}, which is not there")
    print("\n".join(faults) if faults else f"{len(alerts)} alerts and {boards} dashboards use {len(catalogue.used)} metrics")
    return bool(faults)


sys.exit(main())
