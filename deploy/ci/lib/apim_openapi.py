"""What Azure API Management asks of a document it imports, and what must not be lost between two imports.

    apim_openapi.py BASELINE CURRENT [EXPORT]

BASELINE is what was imported last, CURRENT the document of the API (docs/openapi.json), EXPORT a fresh
`erp-api openapi --profile apim`. An import deletes the operations it does not find again, together with their policies.
"""

import json
import re
import sys
from pathlib import Path

BYTES_MAX = 4 * 1024 * 1024
NAME_LENGTH_MAX = 76
SUMMARY_LENGTH_MAX = 300
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def operation_name(operation_id):
    """The name an operation gets: by it an import recognises the operation, and policies are attached to it."""
    return re.sub(r"[^a-z0-9]+", "-", operation_id.lower()).strip("-")[:NAME_LENGTH_MAX]


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method, path, operation


def references(value):
    """Names of the schemas that a value refers to."""
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str) and target.startswith("#/components/schemas/"):
            yield target.rsplit("/", 1)[1]
        for member in value.values():
            yield from references(member)
    elif isinstance(value, list):
        for member in value:
            yield from references(member)


def cycles(schemas):
    """Schemas that contain themselves, each with the way back to it. Every chain is followed once."""
    edges = {name: sorted(set(references(schema))) for name, schema in schemas.items()}
    state, found = {}, []

    def visit(name, way):
        state[name] = "open"
        for target in edges.get(name, []):
            if state.get(target) == "open":
                found.append(" -> ".join([*way[way.index(target) :], target]))
            elif target not in state:
                visit(target, [*way, target])
        state[name] = "done"

    for name in edges:
        if name not in state:
            visit(name, [name])
    return found


def faults_of_document(document, size):
    if document.get("openapi") != "3.0.3":
        yield f"is OpenAPI {document.get('openapi')}; 3.0.3 is what can be imported and exported again"
    if size >= BYTES_MAX:
        yield f"has {size} bytes; an inline import takes less than {BYTES_MAX}"
    names = {}
    for method, path, operation in operations(document):
        where = f"{method.upper()} {path}"
        operation_id = operation.get("operationId")
        if not operation_id:
            yield f"{where} has no operationId: its policies would be lost with every import"
            continue
        if len(re.sub(r"[^a-z0-9]+", "-", operation_id.lower()).strip("-")) > NAME_LENGTH_MAX:
            yield f"{where}: the name of {operation_id} is longer than {NAME_LENGTH_MAX} characters"
        name = operation_name(operation_id)
        if name in names:
            yield f"{where}: {operation_id} becomes {name}, as does {names[name]}"
        names.setdefault(name, operation_id)
        if len(operation.get("summary", "")) > SUMMARY_LENGTH_MAX:
            yield f"{where}: the summary is longer than {SUMMARY_LENGTH_MAX} characters"
    for cycle in cycles(document.get("components", {}).get("schemas", {})):
        yield f"schemas contain themselves: {cycle}"


def faults_between(baseline, other, name):
    """Operations that an import of one after the other would delete, move or add."""
    before = {operation["operationId"]: (m, p) for m, p, operation in operations(baseline) if "operationId" in operation}
    after = {operation["operationId"]: (m, p) for m, p, operation in operations(other) if "operationId" in operation}
    for lost in sorted(before.keys() - after.keys()):
        yield f"operation {lost} is in the baseline and not in {name}: an import would delete it with its policies"
    for new in sorted(after.keys() - before.keys()):
        yield f"operation {new} is in {name} and not in the baseline: export the baseline again"
    for kept in sorted(before.keys() & after.keys()):
        if before[kept] != after[kept]:
            yield f"operation {kept} is {before[kept]} in the baseline and {after[kept]} in {name}"


def main(baseline_path, current_path, export_path=None):
    size = Path(baseline_path).stat().st_size
    baseline = json.loads(Path(baseline_path).read_text(encoding="utf-8"))
    faults = [*faults_of_document(baseline, size)]
    faults += faults_between(baseline, json.loads(Path(current_path).read_text(encoding="utf-8")), current_path)
    if export_path:
        exported = json.loads(Path(export_path).read_text(encoding="utf-8"))
        faults += [f"the export {fault}" for fault in faults_of_document(exported, Path(export_path).stat().st_size)]
        faults += faults_between(baseline, exported, "the export")
        if not faults and exported != baseline:
            faults.append("differs from what `erp-api openapi --profile apim` writes: export it again")
    for fault in faults:
        print(f"{baseline_path}: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
