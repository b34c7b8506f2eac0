"""Asks the tables of deploy/policy/flows: which flows of rendered overlays have to pass, and which must not."""

import pathlib
import re

import yaml

from flows import Endpoint, Network


def redis_port(objects: list[dict]) -> int:
    """The port that the program will dial: that of its Redis string, or the default of one without."""
    deployment = next(one for one in objects if one["kind"] == "Deployment")
    env = {one["name"]: one.get("value") for one in deployment["spec"]["template"]["spec"]["containers"][0]["env"]}
    first, *options = env["ConnectionStrings__Redis"].split(",")
    if match := re.search(r":(\d+)$", first):
        return int(match.group(1))
    return 6380 if "ssl=true" in [one.strip().lower() for one in options] else 6379


def pods_of(objects: list[dict]) -> dict[str, Endpoint]:
    """The pods of the manifests by the value of their label `app`."""
    found = {}
    for one in objects:
        templates = []
        if one["kind"] in ("Deployment", "Job"):
            templates = [one["spec"]["template"]]
        elif one["kind"] == "CronJob":
            templates = [one["spec"]["jobTemplate"]["spec"]["template"]]
        elif one["kind"] == "AnalysisTemplate":
            metrics = one["spec"]["metrics"]
            templates = [metric["provider"]["job"]["spec"]["template"] for metric in metrics if "job" in metric["provider"]]
        for template in templates:
            labels = template["metadata"]["labels"]
            ports = {
                port["name"]: port["containerPort"]
                for container in template["spec"]["containers"]
                for port in container.get("ports") or []
                if "name" in port
            }
            found[labels["app"]] = Endpoint(one["metadata"]["namespace"], labels, ports)
    return found


def ports_of(value, redis: int) -> list[int]:
    """`redis`, one port, several, or both ends and the middle of a range."""
    if value == "redis":
        return [redis]
    if isinstance(value, str):
        first, last = map(int, value.split("-"))
        return [first, (first + last) // 2, last]
    return value if isinstance(value, list) else [value]


def actors_of(name: str, book: dict, objects: list[dict]) -> dict[str, Endpoint]:
    overlay, *components = name.split("+")
    actors = pods_of(objects)
    places = book["overlays"][overlay]
    for actor, told in book["actors"].items():
        told = dict(told)
        if "place" in told:
            told["ip"] = places[told.pop("place")]
        component = told.pop("with", None)
        without = told.pop("without", None)
        if (component and component not in components) or (without and without in components):
            continue
        actors[actor] = Endpoint(**told)
    return actors


def main(rendered: pathlib.Path, tables: pathlib.Path) -> int:
    book = yaml.safe_load((tables / "allow.yaml").read_text())
    book["deny"] = yaml.safe_load((tables / "deny.yaml").read_text())["flows"]
    asked = {id(flow): 0 for flow in book["flows"] + book["deny"]}
    wrong = []
    for path in sorted(rendered.glob("*.yaml")):
        if path.stem == "base":
            continue
        objects = [one for one in yaml.safe_load_all(path.read_text()) if one]
        actors, redis = actors_of(path.stem, book, objects), redis_port(objects)
        network = Network(objects, book["namespaces"])
        for flow, expected in [(one, True) for one in book["flows"]] + [(one, False) for one in book["deny"]]:
            if flow["from"] not in actors or flow["to"] not in actors:
                continue
            for port in ports_of(flow["port"], redis):
                # The port of Redis is no port of another cache.
                if flow.get("unless") == "redis" and port == redis:
                    continue
                for protocol in [flow.get("protocol", "TCP")] if isinstance(flow.get("protocol"), (str, type(None))) else flow["protocol"]:
                    asked[id(flow)] += 1
                    if network.passes(actors[flow["from"]], actors[flow["to"]], port, protocol) != expected:
                        verdict = "does not pass" if expected else "passes"
                        wrong.append(f"{path.stem}: {flow['from']} to {flow['to']}:{port}/{protocol} {verdict} [{flow['rows']}]")
    for flow in book["flows"] + book["deny"]:
        if not asked[id(flow)]:
            wrong.append(f"no overlay has {flow['from']} and {flow['to']} of a flow")
    print(*wrong, f"{sum(asked.values())} flows asked", sep="\n")
    return 1 if wrong else 0
