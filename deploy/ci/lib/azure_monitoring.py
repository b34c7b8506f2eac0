"""The files of deploy/monitoring/azure: they are templates that can be read, their parameters are used, and their queries name tables,
columns and numbers that exist (deploy/ci/lib/azure-names.json, the product's own exporter). Prints a line for each fault."""

import json
import re
import sys
from pathlib import Path

FOLDER = Path("deploy/monitoring/azure")
NAMES = json.loads(Path("deploy/ci/lib/azure-names.json").read_text())
EXPORTED = set(re.findall(r'\.exported\("([^"]+)"\)', Path("crates/api/src/metrics/defs.rs").read_text()))
EXPORTER = Path("crates/infrastructure/src/telemetry/insights/mod.rs").read_text()
TEMPLATES = {
    "scheduled-query-rules.json": {"Microsoft.Insights/scheduledQueryRules"},
    "metric-alerts.json": {"Microsoft.Insights/metricAlerts"},
    "availability-tests.json": {"Microsoft.Insights/webtests", "Microsoft.Insights/metricAlerts"},
}
OPERATORS = {
    "let", "where", "summarize", "project", "extend", "by", "top", "order", "asc", "desc", "distinct", "between", "and", "or", "not", "in",
    "startswith", "contains", "has", "true", "false", "take", "limit", "join", "union", "on", "render", "mv", "expand", "parse", "count",
}
FUNCTIONS = {
    "ago", "bin", "sum", "sumif", "countif", "avg", "max", "min", "percentilew", "percentile", "toint", "tostring", "split", "iff", "dcount",
}
DURATION = re.compile(r"PT?(\d+[DHMS])+")
faults = []


def fault(where, text):
    faults.append(f"{where}: {text}")


def kql(query, where):
    """Every word of a query is an operator, a function, a table, a column, or a name that the query itself gives."""
    for name in re.findall(r'name (?:==|in) \(?((?:"[^"]+"(?:, )?)+)', query):
        for one in re.findall(r'"([^"]+)"', name):
            if one not in EXPORTED and "customMetrics" in query:
                fault(where, f"the product exports no {one}")
    for source in re.findall(r'Source == "([^"]+)"', query):
        if source not in ("erp::audit", "erp::lifetime", "erp::request", "erp::sql", "erp::telemetry", "erp::configuration", "erp::serving"):
            fault(where, f"nothing logs as {source}")
    for role in re.findall(r'cloud_RoleName == "([^"]+)"', query):
        if role != "ERP-API":
            fault(where, f"there is no role {role}")
    bare = re.sub(r'"[^"]*"', '""', query)
    if bare.count("(") != bare.count(")") or query.count('"') % 2:
        fault(where, "parentheses or quotation marks are not in pairs")
    for dimension in re.findall(r"customDimensions\.(\w+)", bare):
        if dimension not in NAMES["dimensions"]:
            fault(where, f"items have no property {dimension}")
    bare = re.sub(r"customDimensions\.\w+", "customDimensions", bare)
    given = set(re.findall(r"\b(\w+)\s*=(?![=~])", bare))
    tables = {table for table in NAMES["tables"] if re.search(rf"(?:^|[=(;]\s*|\n){table}\b\s*(?:\n|\|)", bare)}
    if not tables:
        fault(where, "asks no table")
    columns = set(NAMES["everywhere"]).union(*(NAMES["tables"][table] for table in tables))
    for match in re.finditer(r"\b[A-Za-z_]\w*\b", bare):
        word, after = match.group(0), bare[match.end() :].lstrip(" ")
        if after.startswith("("):
            if word not in FUNCTIONS and word not in ("in", "by", "between", "count", "and", "or", "not"):
                fault(where, f"the function {word} is not known")
        elif word not in OPERATORS | columns | given | tables:
            fault(where, f"{word} is no column of {', '.join(sorted(tables))}")


def placeholders(node):
    return re.findall(r"parameters\('(\w+)'\)", json.dumps(node))


def template(name, types):
    path = FOLDER / name
    document = json.loads(path.read_text())
    if not str(document.get("$schema", "")).endswith("deploymentTemplate.json#") or not document.get("contentVersion"):
        fault(path, "is no deployment template")
    used, declared = set(placeholders(document["resources"])), document["parameters"]
    for parameter in sorted(used - set(declared)):
        fault(path, f"there is no parameter {parameter}")
    for parameter in sorted(set(declared) - used):
        fault(path, f"nothing uses the parameter {parameter}")
    for parameter, about in declared.items():
        if not about.get("metadata", {}).get("description"):
            fault(path, f"the parameter {parameter} is not described")
    seen = set()
    for resource in document["resources"]:
        where, properties = f"{path}: {resource['name']}", resource["properties"]
        if resource["type"] not in types or not re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", resource["apiVersion"]):
            fault(where, f"{resource['type']} of {resource['apiVersion']} is not expected here")
        if resource["name"] in seen:
            fault(where, "is there twice")
        seen.add(resource["name"])
        if resource["type"] == "Microsoft.Insights/webtests":
            request, rules = properties["Request"], properties["ValidationRules"]
            if request["HttpVerb"] != "HEAD" or "/health/ready" not in request["RequestUrl"]:
                fault(where, "does not ask HEAD /health/ready, the one health path that the gateway lets through")
            if not rules["SSLCheck"] or rules["SSLCertRemainingLifetimeCheck"] < 21 or rules["ExpectedHttpStatusCode"] != 200:
                fault(where, "does not look at the certificate or the status")
            if len(properties["Locations"]) < 3:
                fault(where, "asks from fewer than three places")
            continue
        alert(where, resource["type"], properties)


def alert(where, kind, properties):
    if not properties.get("description"):
        fault(where, "does not say what it is about")
    groups = placeholders(properties["actions"])
    if properties["severity"] not in (1, 2, 3):
        fault(where, f"severity {properties['severity']}")
    if groups != ["pageActionGroupId" if properties["severity"] == 1 else "ticketActionGroupId"]:
        fault(where, f"severity {properties['severity']} goes to {groups}")
    for member in ("evaluationFrequency", "windowSize"):
        if not DURATION.fullmatch(properties[member]):
            fault(where, f"{member} {properties[member]}")
    for criterion in properties["criteria"].get("allOf", []):
        if kind == "Microsoft.Insights/scheduledQueryRules":
            kql(criterion["query"], where)
            measured = criterion.get("metricMeasureColumn")
            if measured and not re.search(rf"\b{measured}\b", criterion["query"]):
                fault(where, f"the query has no column {measured}")
            for dimension in criterion["dimensions"]:
                if not re.search(rf"\bby\b.*\b{dimension['name']}\b", criterion["query"]):
                    fault(where, f"the query is not split by {dimension['name']}")
        elif criterion["metricName"] not in NAMES["metrics"].get(criterion["metricNamespace"], []):
            fault(where, f"{criterion['metricNamespace']} has no metric {criterion['metricName']}")


def workbook():
    path = FOLDER / "workbook.json"
    document = json.loads(path.read_text())
    if document.get("version") != "Notebook/1.0" or not document.get("items"):
        fault(path, "is no workbook")
    names = [item["name"] for item in document["items"]]
    if len(names) != len(set(names)):
        fault(path, "two items have one name")
    for item in document["items"]:
        if item["type"] == 3:
            if not item["content"].get("title"):
                fault(f"{path}: {item['name']}", "has no title")
            kql(item["content"]["query"], f"{path}: {item['name']}")


for template_name, template_types in TEMPLATES.items():
    template(template_name, template_types)
workbook()
# The names that the queries ask for are those that the exporter writes.
for said in ("cloud.role", "Environment", "Version", "TenantId", "Problem", "Source"):
    if said not in EXPORTER:
        fault("deploy/ci/lib/azure-names.json", f"the exporter does not write {said} any more")
print("\n".join(faults) if faults else "every query names what there is")
sys.exit(bool(faults))
