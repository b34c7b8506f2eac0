"""What the schema of workflows does not say: everything from elsewhere is pinned, rights are few, and scripts exist."""

import json
import pathlib
import re
import sys

import yaml

PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
SCRIPT = re.compile(r"(?:^|[\s;&|(])(?:\./)?((?:deploy|scripts|k6|\.ci)/[\w./-]+)")
# Made by others at the same time as the workflows; they are looked for only where their folder is.
OWN_FOLDERS = ("deploy", "scripts", "k6", ".ci")


def steps_of(name, job):
    for step in job.get("steps") or []:
        yield name, step


def findings(path, known):
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    if workflow.get("permissions") != {"contents": "read"}:
        yield "permissions of the workflow are not `contents: read`"
    for name, job in workflow["jobs"].items():
        local = job.get("uses")
        if local:
            if not local.startswith("./") or not pathlib.Path(local).exists():
                yield f"{name}: {local} is no workflow of this tree"
            continue
        if not job.get("timeout-minutes"):
            yield f"{name}: has no timeout"
        if str(job.get("runs-on", "")).endswith("latest"):
            yield f"{name}: runs on {job['runs-on']}"
        for service, settings in (job.get("services") or {}).items():
            tag, _, digest = settings["image"].partition("@")
            if known.get(tag, {}).get("digest") != digest:
                yield f"{name}: service {service}: {tag} and its digest are not in deploy/ci/image-digests.json"
        for _, step in steps_of(name, job):
            uses = step.get("uses")
            if uses and not PINNED.match(uses):
                yield f"{name}: {uses} is not pinned to a commit"
            elif uses and not re.search(rf"{re.escape(uses)} # v\d+\.\d+\.\d+", text):
                yield f"{name}: {uses} does not say which version that is"
            for script in SCRIPT.findall(step.get("run") or ""):
                folder = script.split("/", 1)[0]
                if folder in OWN_FOLDERS and pathlib.Path(folder).exists() and not pathlib.Path(script).exists():
                    yield f"{name}: runs {script}, which does not exist"
            if re.search(r"\$\{\{ *github\.(event|head_ref)", step.get("run") or ""):
                yield f"{name}: puts text of an event into a script"


def main():
    known = json.loads(pathlib.Path("deploy/ci/image-digests.json").read_text(encoding="utf-8"))["images"]
    found = [f"{path}: {text}" for path in sorted(pathlib.Path(".github/workflows").glob("*.yml")) for text in findings(path, known)]
    wanted = ("scripts/test-cloud", "deploy/ci/validate.sh", "deploy/ci/self-test.sh", "deploy/ci/image.sh", "k6/run.sh ci", ".ci/run")
    ci = pathlib.Path(".github/workflows/ci.yml").read_text(encoding="utf-8")
    found += [f".github/workflows/ci.yml: does not run {name}" for name in wanted if name not in ci]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
