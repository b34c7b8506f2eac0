"""Checks the policies of the API gateway and the lists beside them: `apim_policies.py deploy/apim docs/ERRORS.md`."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from apim_openapi import operation_name, operations
from apim_rules import (
    CHILDREN,
    CONTAINERS,
    EXPRESSION_ATTRIBUTES_NEEDED,
    REQUIRED_ATTRIBUTES,
    SECTIONS,
    SECTIONS_OF,
    expression_fault,
)

FILES = ["global", "api", "product-internal", "product-partner", "op-post-idempotent", "op-report-long"]
RETRIED = {"502", "503", "504"}
FRONT_DOOR_SECONDS = 240
PROBLEM_MEMBERS = ["type", "title", "status", "code", "detail", "instance", "traceId"]


class Policies:
    def __init__(self, home, errors):
        self.home, self.faults = Path(home), []
        self.trees, self.texts = {}, {}
        self.codes = set(re.findall(r'<a id="([a-z_0-9]+)">', Path(errors).read_text(encoding="utf-8")))

    def fault(self, name, text):
        self.faults.append(f"{self.home}/{name}: {text}")

    def read(self, name):
        return json.loads((self.home / name).read_text(encoding="utf-8"))

    def load(self):
        found = {path.name.removesuffix(".policy.xml") for path in (self.home / "policies").glob("*.policy.xml")}
        for name in sorted(set(FILES) - found):
            self.fault(f"policies/{name}.policy.xml", "is missing")
        for name in sorted(found):
            path = self.home / "policies" / f"{name}.policy.xml"
            self.texts[name] = path.read_text(encoding="utf-8")
            try:
                self.trees[name] = ElementTree.fromstring(self.texts[name])
            except ElementTree.ParseError as error:
                self.fault(f"policies/{path.name}", f"is not well-formed XML: {error}")

    # What holds for every policy.

    def shape(self, name, root):
        file = f"policies/{name}.policy.xml"
        sections = [section.tag for section in root]
        if root.tag != "policies" or sections != SECTIONS:
            self.fault(file, f"must have the sections {', '.join(SECTIONS)}, in this order; has {', '.join(sections)}")
        for section in root:
            self.elements(file, section.tag, section)
            bases = len(section.findall("base"))
            own_backend = section.tag == "backend" and section.find(".//forward-request") is not None
            if name == "global" and bases:
                self.fault(file, f"{section.tag}: nothing is above the global policy, so that <base /> means nothing")
            elif name != "global" and bases != 1 and not own_backend:
                self.fault(file, f"{section.tag} must contain <base /> once, or the policies above do not count")
            if section.tag == "backend" and len(section) != 1:
                self.fault(file, f"backend may hold one policy, and has {len(section)}")

    def elements(self, file, section, parent):
        for element in parent:
            allowed = SECTIONS_OF.get(element.tag)
            if allowed is None:
                self.fault(file, f"<{element.tag}> is no policy that is known to this check")
                continue
            if section not in allowed:
                self.fault(file, f"<{element.tag}> stands in {section}; it belongs to {' or '.join(sorted(allowed))}")
            for attribute in REQUIRED_ATTRIBUTES.get(element.tag, []):
                if attribute not in element.attrib:
                    self.fault(file, f"<{element.tag}> has no {attribute}")
            for attribute in EXPRESSION_ATTRIBUTES_NEEDED.get(element.tag, []):
                if not element.get(attribute, "@").startswith("@"):
                    self.fault(file, f"<{element.tag} {attribute}> must be an expression: a constant is one counter for everybody")
            if element.tag in CHILDREN:
                for child in element:
                    if child.tag not in CHILDREN[element.tag]:
                        self.fault(file, f"<{child.tag}> does not belong into <{element.tag}>")
            if element.tag in CONTAINERS:
                inside = element if element.tag != "choose" else [policy for branch in element for policy in branch]
                self.elements(file, section, inside)
            if element.tag == "retry" and (len(element) == 0 or element[-1].tag != "forward-request"):
                self.fault(file, "<retry> must end with <forward-request />, else nothing is sent again")

    def expressions(self, name, root):
        for element in root.iter():
            values = [*element.attrib.values(), (element.text or "").strip()]
            for value in values:
                if value.startswith("@") and (fault := expression_fault(value)):
                    self.fault(f"policies/{name}.policy.xml", f"<{element.tag}>: {fault}: {value[:60]}")
        for code in re.findall(r'(?:code = |"code", )"([a-z_]+)"', self.texts[name]):
            if code not in self.codes:
                self.fault(f"policies/{name}.policy.xml", f"answers with the code {code}, which the API does not have")

    # The lists.

    def named_values(self):
        known = {value["name"] for value in self.read("named-values.json")["namedValues"]}
        used = {}
        for name, text in self.texts.items():
            for value in re.findall(r"\{\{([^{}]+)\}\}", text):
                used.setdefault(value, name)
        for value in sorted(used.keys() - known):
            self.fault("named-values.json", f"has no {value}, which {used[value]}.policy.xml uses")
        for value in sorted(known - used.keys()):
            self.fault("named-values.json", f"has {value}, which no policy uses")
        for value in self.read("named-values.json")["namedValues"]:
            if set(value) != {"name", "secretName", "meaning"}:
                self.fault("named-values.json", f"{value.get('name')} must have a name, a secretName and a meaning, and no value")

    def backends(self):
        lists = self.read("backends.json")
        names = {backend["name"] for backend in lists["backends"]}
        members = lists["pool"]["members"]
        for member in members:
            if member["backend"] not in names:
                self.fault("backends.json", f"the pool names {member['backend']}, which is no backend")
        if sorted(member["priority"] for member in members) != [1, 2]:
            self.fault("backends.json", "the pool needs a member of priority 1 and one of priority 2")
        breaker = lists["circuitBreaker"]
        wanted = {"failureCount": 3, "failureInterval": "PT1M", "statusCodeMin": 500, "tripDuration": "PT1M", "acceptRetryAfter": True}
        for key, value in wanted.items():
            if breaker.get(key) != value:
                self.fault("backends.json", f"circuitBreaker.{key} must be {value}, is {breaker.get(key)}")
        known = names | {lists["pool"]["name"]}
        for name, root in self.trees.items():
            for element in root.iter("set-backend-service"):
                if element.get("backend-id") not in known:
                    self.fault(f"policies/{name}.policy.xml", f"goes to {element.get('backend-id')}, which backends.json does not have")

    def operation_lists(self):
        document = self.read("openapi/erp-v1.apim.json")
        found = {operation["operationId"]: (method, path, operation) for method, path, operation in operations(document)}
        listed = self.read("operations.json")
        for policy, ids in listed.items():
            if policy not in self.texts:
                self.fault("operations.json", f"{policy} is no policy")
            for operation_id in ids:
                if operation_id not in found:
                    self.fault("operations.json", f"{policy}: the document has no operation {operation_id}")
        for policy in self.texts:
            if policy.startswith("op-") and policy not in listed:
                self.fault("operations.json", f"no operation is listed for {policy}")
        repeatable = {
            operation_id for operation_id, (method, _, operation) in found.items()
            if method == "post" and any(parameter.get("$ref", "").endswith("/IdempotencyKey") for parameter in operation.get("parameters", []))
        }
        reports = {operation_id for operation_id, (method, path, _) in found.items() if method == "get" and path.startswith("/api/v1/reports/")}
        for policy, wanted in (("op-post-idempotent", repeatable), ("op-report-long", reports)):
            for operation_id in sorted(wanted ^ set(listed.get(policy, []))):
                verb = "is missing from" if operation_id in wanted else "does not belong to"
                self.fault("operations.json", f"{operation_id} {verb} {policy}")
        public = {operation_name(operation_id) for operation_id, (_, _, operation) in found.items() if operation.get("security") == []}
        api = self.trees.get("api")
        variable = next((e.get("value", "") for e in api.iter("set-variable") if e.get("name") == "anonymous"), "") if api is not None else ""
        given = set(re.findall(r'"([a-z0-9-]+)"', variable)) - {"health-ready-get", "health-ready-head"}
        if given != public:
            self.fault("policies/api.policy.xml", f"operations without a token are {sorted(given)}; in the document they are {sorted(public)}")

    def diagnostics(self):
        given = self.read("diagnostics.json")
        for key, value in {"bodyBytes": 0, "httpCorrelationProtocol": "W3C", "alwaysLogErrors": True, "logClientIp": False}.items():
            if given.get(key) != value:
                self.fault("diagnostics.json", f"{key} must be {json.dumps(value)}, is {json.dumps(given.get(key))}")
        if not 0 < given.get("samplingPercentage", 0) <= 100:
            self.fault("diagnostics.json", "samplingPercentage must be above 0 and at most 100")
        for header in [*given.get("requestHeaders", []), *given.get("responseHeaders", [])]:
            if header.lower() in ("authorization", "x-api-key", "cookie", "ocp-apim-subscription-key"):
                self.fault("diagnostics.json", f"{header} must not be logged")

    def run(self):
        from apim_required import required

        self.load()
        for name, root in self.trees.items():
            self.shape(name, root)
            self.expressions(name, root)
        self.named_values()
        self.backends()
        self.operation_lists()
        self.diagnostics()
        for name, text in required(self.trees, RETRIED, FRONT_DOOR_SECONDS, PROBLEM_MEMBERS):
            self.fault(f"policies/{name}.policy.xml", text)
        for fault in self.faults:
            print(fault)
        return 1 if self.faults else 0


if __name__ == "__main__":
    sys.exit(Policies(sys.argv[1], sys.argv[2]).run())
