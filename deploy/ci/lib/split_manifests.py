"""Splits rendered manifests for their validators: split_manifests.py RENDERED OUT.

Writes OUT/core/NAME.yaml with the objects of Kubernetes itself, OUT/crd/KIND/NAME-N.json with those of the kinds that have a schema in
deploy/k8s/crd-schemas, and the Job of an AnalysisTemplate as one of Kubernetes. What several overlays have in common is written once.
Fails on a kind that is neither.
"""

import json
import pathlib
import sys

import yaml

CORE = {"v1", "apps", "batch", "autoscaling", "policy", "networking.k8s.io"}
SCHEMAS = pathlib.Path("deploy/k8s/crd-schemas")


def main(rendered: pathlib.Path, out: pathlib.Path) -> int:
    wrong = 0
    seen = set()
    (out / "core").mkdir(parents=True)
    for path in sorted(rendered.glob("*.yaml")):
        core = []
        for number, thing in enumerate(yaml.safe_load_all(path.read_text())):
            text = json.dumps(thing, sort_keys=True)
            if not thing or text in seen:
                continue
            seen.add(text)
            kind = thing["kind"].lower()
            if thing["apiVersion"].split("/")[0] in CORE:
                core.append(thing)
                continue
            if not (SCHEMAS / f"{kind}.json").exists():
                print(f"{path.stem}: no schema for {thing['apiVersion']} {thing['kind']}")
                wrong = 1
                continue
            folder = out / "crd" / kind
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{path.stem}-{thing['metadata']['name']}-{number}.json").write_text(text)
            if thing["kind"] == "AnalysisTemplate":
                core.extend(jobs_of(thing))
        if core:
            (out / "core" / path.name).write_text(yaml.safe_dump_all(core))
    return wrong


def jobs_of(template: dict) -> list[dict]:
    """The Jobs that an analysis starts, as Kubernetes will see them."""
    return [
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": f"{template['metadata']['name']}-{metric['name']}", "namespace": template["metadata"]["namespace"]},
            "spec": metric["provider"]["job"]["spec"],
        }
        for metric in template["spec"]["metrics"]
        if "job" in metric["provider"]
    ]


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
