"""Seq's saved filters and charts ask for sources that the product logs as, and for properties that its events have. Prints a line for each
fault."""

import json
import re
import sys
from pathlib import Path

FOLDER = Path("deploy/monitoring/seq")
# Of every event and of the one of each request: docs/LOGGING.md. The last two are of refused sign-ins.
PROPERTIES = {
    "SourceContext", "MachineName", "EnvironmentName", "Application", "TraceId", "SpanId", "RequestId", "RequestMethod", "Route", "TenantId",
    "UserId", "StatusCode", "Elapsed", "Bytes", "Code", "source", "user",
}
WORDS = {"and", "or", "not", "in", "like", "is", "null", "count", "percentile", "ci"}
BUILT_IN = {"@Level", "@Message", "@Exception", "@Timestamp"}
LEVELS = {"Verbose", "Debug", "Information", "Warning", "Error", "Fatal"}
faults = []


def fault(where, text):
    faults.append(f"{where}: {text}")


def logged():
    """What `erp::…` the sources of the product name, and the texts that it logs."""
    source = "\n".join(path.read_text() for path in sorted(Path("crates").glob("*/src/**/*.rs")))
    return set(re.findall(r'"(erp::\w+)"', source)), source


def expression(text, where, sources, source):
    for name in re.findall(r"SourceContext = '([^']+)'", text):
        if name not in sources:
            fault(where, f"nothing is logged as {name}")
    for beginning in re.findall(r"@Message like '([^'%]+)%'", text):
        if f'"{beginning}' not in source:
            fault(where, f"no line begins with {beginning!r}")
    for listed in re.findall(r"@Level (?:=|in) \[?((?:'\w+'(?:, )?)+)", text):
        for level in re.findall(r"'(\w+)'", listed):
            if level not in LEVELS:
                fault(where, f"there is no level {level}")
    bare = re.sub(r"'[^']*'", "", text)
    for word in re.findall(r"@?[A-Za-z_]\w*", bare):
        if word not in PROPERTIES | WORDS | BUILT_IN:
            fault(where, f"events have no {word}")


def main():
    sources, source = logged()
    path = FOLDER / "signals.json"
    titles = []
    for signal in json.loads(path.read_text())["signals"]:
        where = f"{path}: {signal['Title']}"
        titles.append(signal["Title"])
        if not signal["Description"] or not signal["Filters"]:
            fault(where, "has no description or no filter")
        for one in signal["Filters"]:
            expression(one["Filter"], where, sources, source)
        for column in signal["Columns"]:
            expression(column["Expression"], where, sources, source)
    path = FOLDER / "dashboards.json"
    for dashboard in json.loads(path.read_text())["dashboards"]:
        titles.append(dashboard["Title"])
        for chart in dashboard["Charts"]:
            where = f"{path}: {chart['Title']}"
            if not chart["Description"] or not chart["Queries"]:
                fault(where, "has no description or asks nothing")
            for query in chart["Queries"]:
                expression(query["Where"], where, sources, source)
                for measured in [*query["Measurements"], *query["GroupBy"]]:
                    expression(measured["Value"], where, sources, source)
    for title in {title for title in titles if titles.count(title) > 1}:
        fault(FOLDER, f"{title} is there twice")
    print("\n".join(faults) if faults else f"{len(titles)} filters and dashboards of Seq ask for what is logged")
    return bool(faults)


sys.exit(main())
