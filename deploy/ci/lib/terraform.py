"""Checks deploy/infra without a provider: `terraform.py deploy/infra`. Types and values are for `terraform validate` and plans."""

import re
import sys
from pathlib import Path

from terraform_facts import calls, facts, secrets
from terraform_tree import META, Directory, labelled, layers, members, modules, parse, parse_faults, plain, tfvars

MODULES = {
    "acr", "aks", "apim", "app-config", "backup-policy", "front-door", "identity", "keyvault", "monitoring", "network",
    "redis", "sql-failover-group", "storage",
}
FILES = {"main.tf", "variables.tf", "outputs.tf"}
EXACT = re.compile(r"\d+\.\d+\.\d+")
BOUNDED = re.compile(r">= \d+\.\d+\.\d+, < \d+\.\d+\.\d+")


def declarations(name, directory):
    for variable, body in directory.variables.items():
        for member in ("type", "description"):
            if not plain(members(body).get(member, "")):
                yield f"{name}: variable {variable} has no {member}"
    for output, body in directory.outputs.items():
        if not plain(members(body).get("description", "")):
            yield f"{name}: output {output} has no description"


def references(name, directory, known_modules):
    """Everything that is referred to is there, and every variable and local is used by somebody."""
    text = "\n".join(directory.expressions())
    code = re.sub(r'"[^"$]*"', '""', text)
    used = {kind: set(re.findall(rf"\b{kind}\.(\w+)", code)) for kind in ("var", "local")}
    for kind, declared, word in (("var", set(directory.variables), "variable"), ("local", directory.locals, "local")):
        for missing in sorted(used[kind] - declared):
            yield f"{name}: {kind}.{missing} is not declared"
        for unused in sorted(declared - used[kind]):
            yield f"{name}: {word} {unused} is not used"
    for module, output in set(re.findall(r"\bmodule\.(\w+)(?:\[[^\]]*\])?\.(\w+)", code)):
        call = directory.modules.get(module)
        if call is None:
            yield f"{name}: module.{module} is not declared"
        elif (target := source(directory, call)) in known_modules and output not in known_modules[target].outputs:
            yield f"{name}: module.{module} has no output {output}"
    there = {(kind, label) for kind, label, _ in directory.resources}
    for kind, label in set(re.findall(r"(?<![\w.])((?:azurerm|azapi)_\w+)\.(\w+)", code)):
        if (kind, label) not in there:
            yield f"{name}: {kind}.{label} is not declared"
    given = {(kind, label) for kind, label, _ in directory.data}
    for kind, label in set(re.findall(r"\bdata\.(\w+)\.(\w+)", code)):
        if (kind, label) not in given:
            yield f"{name}: data.{kind}.{label} is not declared"


def source(directory, call):
    return (directory.path / str(plain(members(call).get("source", "")))).resolve().name


def module_calls(name, directory, known_modules):
    for label, body in directory.modules.items():
        target = source(directory, body)
        if target not in known_modules:
            yield f"{name}: module {label} comes from {plain(members(body).get('source'))}, which is not there"
            continue
        declared = known_modules[target].variables
        given = set(members(body)) - META
        for unknown in sorted(given - set(declared)):
            yield f"{name}: module {label} is given {unknown}, which {target} does not declare"
        for missing in sorted(key for key, variable in declared.items() if "default" not in members(variable) and key not in given):
            yield f"{name}: module {label} is not given {missing}"


def versions(name, directory, wanted):
    blocks = directory.terraform
    if len(blocks) != 1 or "required_version" not in blocks[0]:
        yield f"{name}: must say which Terraform it needs, once"
        return
    for block in blocks[0].get("required_providers", []):
        for provider, body in members(block).items():
            version = str(plain(members(body).get("version", "")))
            if not wanted.fullmatch(version):
                yield f"{name}: the version of {provider} is {version or 'not given'}; {'pin it' if wanted is EXACT else 'give a range with an end'}"
    kinds = {kind.split("_")[0] for kind, _, _ in directory.resources}
    declared = {key for block in blocks[0].get("required_providers", []) for key in members(block)}
    for provider in sorted(kinds - declared):
        yield f"{name}: uses {provider} without naming its version"


def states(all_layers):
    keys = {}
    for name, layer in all_layers.items():
        backends = [body for block in layer.terraform for kind, body in labelled(block.get("backend")) if kind == "azurerm"]
        if len(backends) != 1:
            yield f"live/{name}: must keep its state in a blob (backend azurerm)"
            continue
        backend = members(backends[0])
        if backend.get("use_azuread_auth") is not True:
            yield f"live/{name}: the state must be entered with an identity (use_azuread_auth)"
        key = plain(backend.get("key"))
        if key in keys:
            yield f"live/{name}: keeps its state where {keys[key]} does"
        keys[key] = name
        text = "\n".join(layer.expressions())
        for other, output in set(re.findall(r"\blocal\.(shared|primary)\.(\w+)", text)):
            if output not in all_layers[other].outputs:
                yield f"live/{name}: reads {output} of the layer {other}, which has no such output"


def values(root, all_layers):
    declared = {name for layer in all_layers.values() for name in layer.variables}
    needed = {
        name for layer in all_layers.values() for name, body in layer.variables.items() if "default" not in members(body)
    }
    files = tfvars(root)
    for wanted in ("staging", "production"):
        if f"{wanted}.tfvars" not in {path.name for path in files}:
            yield f"live/env/{wanted}.tfvars is missing"
    for path, given in files.items():
        for unknown in sorted(set(given) - declared):
            yield f"{path}: {unknown} is no variable of any layer"
        for missing in sorted(needed - set(given)):
            yield f"{path}: {missing} is not set"


def tests(root, known_modules):
    files = sorted((root / "tests").glob("*.tftest.hcl"))
    if not files:
        yield f"{root}/tests: there are no tests"
    for file in files:
        parsed = parse(file)
        if "mock_provider" not in parsed:
            yield f"{file}: needs an account; give it a mock_provider"
        for label, body in labelled(parsed.get("run")):
            run = members(body)
            target = next((str(plain(members(block).get("source", ""))) for block in run.get("module", [])), "")
            if Path(target).name not in known_modules:
                yield f"{file}: {label} tests {target or 'nothing'}, which is no module"
                continue
            given = {key for block in run.get("variables", []) for key in members(block)}
            for unknown in sorted(given - set(known_modules[Path(target).name].variables)):
                yield f"{file}: {label} sets {unknown}, which the module does not declare"
            if not run.get("assert") and not run.get("expect_failures"):
                yield f"{file}: {label} asserts nothing"


def main(root):
    root = Path(root)
    faults = [*parse_faults(root)]
    if not faults:
        known, live = modules(root), layers(root)
        faults += [f"modules/{name} is missing" for name in sorted(MODULES - set(known))]
        faults += [f"modules/{name} is in no list of modules" for name in sorted(set(known) - MODULES)]
        for name in sorted({"shared", "primary", "secondary"} - set(live)):
            faults.append(f"live/{name} is missing")
        for name, directory in known.items():
            files = {file.name for file in directory.path.iterdir()}
            if files != FILES:
                faults.append(f"modules/{name}: has {', '.join(sorted(files))}; it must be {', '.join(sorted(FILES))}")
        for prefix, group, wanted in (("modules", known, BOUNDED), ("live", live, EXACT)):
            for label, directory in group.items():
                name = f"{prefix}/{label}"
                faults += [*declarations(name, directory), *references(name, directory, known)]
                faults += [*module_calls(name, directory, known), *versions(name, directory, wanted)]
                faults += [fault for file, parsed in directory.parsed.items() for fault in secrets(file, parsed)]
        faults += versions("the root of the tests", Directory(root), EXACT)
        faults += [*states(live), *values(root, live), *tests(root, known), *facts(known), *calls(live)]
        faults += [fault for path, given in tfvars(root).items() for fault in secrets(path, given)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
