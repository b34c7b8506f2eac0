"""Asks the rules of deploy/policy about rendered overlays: policies.py RENDERED [--release | --faults].

`--release` is for manifests that are about to be applied: placeholders of digests are refused then. `--faults` shows that every rule
sees what it is for, by the faults of deploy/policy/faults.yaml.
"""

import copy
import pathlib
import re
import sys

import yaml
from regopy import Interpreter

POLICY = pathlib.Path("deploy/policy")


class Rules:
    def __init__(self) -> None:
        self.book = yaml.safe_load((POLICY / "rules.yaml").read_text())
        self.sources = {path: path.read_text() for path in sorted(POLICY.glob("*.rego"))}
        self.packages = {
            path.stem: re.findall(r'"rule": "([a-z0-9-]+)"', text) for path, text in self.sources.items() if path.stem != "common"
        }

    def contradictions(self) -> list[str]:
        written = {name for names in self.packages.values() for name in names}
        told = set(self.book["rules"])
        found = [f"rules.yaml does not know {name}" for name in sorted(written - told)]
        found += [f"rules.yaml has {name}, which no policy has" for name in sorted(told - written)]
        for name, rule in self.book["rules"].items():
            found += [f"{name}: an exception has no reason" for one in rule.get("except", []) if not one.get("reason")]
        return found

    def faults(self, name: str, objects: list[dict], release: bool, wanted: str | None = None) -> list[dict]:
        """What the rules say of an overlay (production+backup), or those of the file that has the one that is wanted."""
        overlay, *components = name.split("+")
        found = []
        for package in [one for one, names in self.packages.items() if wanted is None or wanted in names]:
            rego = Interpreter()
            for source in (POLICY / "common.rego", POLICY / f"{package}.rego"):
                rego.add_module(str(source), self.sources[source])
            rego.add_data({"overlays": self.book["overlays"]})
            rego.set_input({"overlay": name, "base": overlay, "objects": objects})
            output = rego.query(f"data.erp.{package}.deny")
            if not output.ok() or not output.results or not output.results[0].expressions:
                raise SystemExit(f"{package}.rego could not be evaluated: {output}")
            for fault in map(dict, output.results[0].expressions[0]):
                rule = self.book["rules"].get(fault["rule"], {})
                if rule.get("when") == "release" and not release:
                    continue
                if not any(one.get("overlay") == overlay or one.get("component") in components for one in rule.get("except", [])):
                    found.append(fault)
        return found


def load(rendered: pathlib.Path) -> dict[str, list[dict]]:
    files = sorted(path for path in rendered.glob("*.yaml") if path.stem != "base")
    return {path.stem: [thing for thing in yaml.safe_load_all(path.read_text()) if thing] for path in files}


def check(rules: Rules, overlays: dict[str, list[dict]], release: bool) -> list[str]:
    # Answers of an engine that was asked nothing are no answers.
    wrong = rules.contradictions() + ([] if overlays else ["no overlay was rendered"])
    for name, objects in overlays.items():
        if name.split("+")[0] not in rules.book["overlays"]:
            wrong.append(f"rules.yaml does not know the overlay {name}")
            continue
        wrong += [f"{name}: {one['object']}: {one['message']} [{one['rule']}]" for one in rules.faults(name, objects, release)]
    return wrong


def apply(fault: dict, objects: list[dict]) -> list[dict]:
    objects = copy.deepcopy(objects)
    thing = next(one for one in objects if f"{one['kind']}/{one['metadata']['name']}" == fault["object"])
    if "copy" in fault:
        second = copy.deepcopy(thing)
        second["metadata"]["name"] = fault["copy"]
        return [*objects, second]
    # A dot within a name is written as %.
    *way, last = [int(part) if part.isdigit() else part.replace("%", ".") for part in fault["path"].split(".")]
    for part in way:
        thing = thing[part]
    if "remove" in fault:
        del thing[last]
    elif isinstance(thing, list) and last == len(thing):
        thing.append(fault["set"])
    else:
        thing[last] = fault["set"]
    return objects


def try_faults(rules: Rules, overlays: dict[str, list[dict]]) -> list[str]:
    faults = yaml.safe_load((POLICY / "faults.yaml").read_text())
    wrong = [f"no fault for {name} in faults.yaml" for name in sorted(set(rules.book["rules"]) - {one["rule"] for one in faults})]
    for fault in faults:
        overlay = fault.get("overlay", "production")
        objects = apply(fault, overlays[overlay])
        seen = {one["rule"] for one in rules.faults(fault.get("as", overlay), objects, True, fault["rule"])}
        if fault["rule"] not in seen:
            wrong.append(f"{fault['rule']} does not see {fault['object']} {fault.get('path', 'twice')}")
    return wrong


def main(rendered: pathlib.Path, how: list[str]) -> int:
    rules, overlays = Rules(), load(rendered)
    wrong = try_faults(rules, overlays) if "--faults" in how else check(rules, overlays, "--release" in how)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
