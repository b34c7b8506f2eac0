"""Every setting that the manifests give the program is one that it reads, with a value that it takes: settings_k8s.py RENDERED.

The settings are those of docs/CONFIG.md, which is generated from the program. `settings_k8s.py RENDERED OVERLAY` prints the environment
of an overlay's pods, a variable a line.
"""

import pathlib
import re
import sys

import yaml

IMAGE = "erpacr.azurecr.io/erp-api"
# Not for the program: people who look into a pod find them there (row E6).
FOR_PEOPLE = {"POD_NAME", "NODE_NAME", "NODE_ZONE"}
ROW = re.compile(r"^\| `(?P<key>[^`]+)` \| (?P<value>[^|]*) \| (?P<default>[^|]*) \| (?P<change>[^|]*) \| (?P<meaning>.*) \|$")


class Settings:
    def __init__(self, reference: str):
        self.keys, self.also, self.secret = {}, set(), set()
        for row in filter(None, map(ROW.match, reference.splitlines())):
            key = row["key"].lower()
            self.keys[key] = row["value"]
            if also := re.search(r"Also: ((?:`[^`]+`(?:, )?)+)", row["meaning"]):
                self.also |= {name.lower() for name in re.findall(r"`([^`]+)`", also[1])}
            if "**Secret.**" in row["meaning"]:
                self.secret.add(key)

    def find(self, name: str) -> str | None:
        """The key of that name; one with a star has any part there, one with two any rest."""
        name = re.sub(r"__|--", ":", name).lower()
        for key in self.keys:
            pattern = re.escape(key).replace(r"\*\*", ".+").replace(r"\*", "[^:]+")
            if re.fullmatch(pattern, name):
                return key
        return None

    def fault(self, name: str, value: str | None) -> str | None:
        key = self.find(name)
        if key is None:
            return None if name.lower() in self.also else "is no setting"
        if value is None:
            return None
        told = self.keys[key]
        choices = re.findall(r"`([^`]+)`", told)
        if choices and re.fullmatch(r"(`[^`]+`(, )?)+", told) and value not in choices:
            return f"is {value}, not one of {', '.join(choices)}"
        if bounds := re.search(r", (\d+) to (\d+)$", told):
            if not value.isdigit() or not int(bounds[1]) <= int(value) <= int(bounds[2]):
                return f"is {value}, not from {bounds[1]} to {bounds[2]}"
        if key in self.secret and re.search(r"(?i)(password|pwd|accountkey|sharedaccesskey|secret)\s*=", value):
            return "has a secret in it"
        return None


def templates(thing: dict):
    if thing["kind"] in ("Deployment", "Job"):
        yield thing["spec"]["template"]["spec"]
    elif thing["kind"] == "CronJob":
        yield thing["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def check(name: str, objects: list[dict], settings: Settings) -> tuple[list[str], int]:
    wrong, asked = [], 0
    classes = {one["metadata"]["name"]: one for one in objects if one["kind"] == "SecretProviderClass"}
    for thing in objects:
        for pod in templates(thing):
            mounted = {one["name"]: one["csi"]["volumeAttributes"]["secretProviderClass"] for one in pod.get("volumes", []) if "csi" in one}
            for container in pod["containers"]:
                if container["image"].split("@")[0] != IMAGE:
                    continue
                where = f"{name}: {thing['kind']}/{thing['metadata']['name']}"
                if container.get("envFrom"):
                    wrong.append(f"{where}: envFrom hides which settings there are")
                for variable in container.get("env", []):
                    asked += 1
                    if variable["name"] in FOR_PEOPLE:
                        continue
                    if fault := settings.fault(variable["name"], variable.get("value")):
                        wrong.append(f"{where}: {variable['name']} {fault}")
                for mount in container.get("volumeMounts", []):
                    if mount["name"] not in mounted:
                        continue
                    if mount["mountPath"] != "/app/secrets":
                        wrong.append(f"{where}: secrets are read from /app/secrets, not from {mount['mountPath']}")
                    for file in files_of(classes[mounted[mount["name"]]]):
                        asked += 1
                        if fault := settings.fault(file, None):
                            wrong.append(f"{where}: the file {file} {fault}")
    return wrong, asked


def files_of(secrets: dict) -> list[str]:
    objects = yaml.safe_load(secrets["spec"]["parameters"]["objects"])["array"]
    told = [yaml.safe_load(one) for one in objects]
    return [one.get("objectAlias") or one["objectName"] for one in told]


def main(rendered: pathlib.Path) -> int:
    settings = Settings(pathlib.Path("docs/CONFIG.md").read_text())
    wrong, asked = [], 0
    if len(settings.keys) < 50:
        wrong.append("docs/CONFIG.md was not understood")
    for path in sorted(rendered.glob("*.yaml")):
        objects = [one for one in yaml.safe_load_all(path.read_text()) if one]
        found, count = check(path.stem, objects, settings)
        wrong, asked = wrong + found, asked + count
    if not asked:
        wrong.append("no container of the program was found")
    print(*wrong, f"{asked} settings asked", sep="\n")
    return 1 if wrong else 0


def environment(path: pathlib.Path) -> None:
    for thing in yaml.safe_load_all(path.read_text()):
        if thing and thing["kind"] == "Deployment":
            for variable in thing["spec"]["template"]["spec"]["containers"][0]["env"]:
                if "value" in variable:
                    print(f"{variable['name']}={variable['value']}")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        sys.exit(environment(pathlib.Path(sys.argv[1]) / f"{sys.argv[2]}.yaml"))
    sys.exit(main(pathlib.Path(sys.argv[1])))
