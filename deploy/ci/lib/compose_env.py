"""The environment that docker compose would give a service: `compose_env.py SERVICE [--env-file FILE] [--json]`.

Reads docker-compose.yml, merges its anchors and fills in variables from the file, as compose does: ${NAME}, ${NAME:-default},
${NAME:?reason} and $$. Prints NAME=VALUE, each ended by a zero byte, for `env` and `xargs -0`.
"""

import argparse
import json
import pathlib
import re
import sys

import yaml

VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>\w+)(?:(?P<how>:?[-?])(?P<rest>[^}]*))?\}|(?P<bare>\w+))")


class Missing(Exception):
    """A variable that the file has to have."""


def read_env_file(path):
    """NAME=VALUE lines; comments and empty lines do not count."""
    pairs = {}
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            pairs[name.strip()] = value.strip()
    return pairs


def interpolate(text, variables):
    def replaced(match):
        if match["escaped"]:
            return "$"
        name = match["name"] or match["bare"]
        value, how = variables.get(name), match["how"] or ""
        unset = not value if how.startswith(":") else value is None
        if unset and how.endswith("?"):
            raise Missing(f"{name}: {match['rest']}")
        if unset and how.endswith("-"):
            return match["rest"]
        return value or ""

    return VARIABLE.sub(replaced, text)


def load(path="docker-compose.yml"):
    return yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))


def environment(compose, service, variables):
    """The variables of one service, in their order."""
    given = compose["services"][service].get("environment") or {}
    if isinstance(given, list):
        given = dict(pair.split("=", 1) for pair in given)
    return {name: interpolate("" if value is None else str(value), variables) for name, value in given.items()}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("service")
    arguments.add_argument("--env-file", default=".env")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    try:
        pairs = environment(load(), options.service, read_env_file(options.env_file))
    except Missing as missing:
        sys.exit(str(missing))
    if options.json:
        print(json.dumps(pairs, indent=2))
    else:
        sys.stdout.write("".join(f"{name}={value}\0" for name, value in pairs.items()))


if __name__ == "__main__":
    main()
