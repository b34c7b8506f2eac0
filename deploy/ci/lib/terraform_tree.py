"""The Terraform of deploy/infra as data: files, blocks, references."""

import re
from functools import cache
from pathlib import Path

import hcl2

META = {"for_each", "count", "depends_on", "providers", "source", "version", "lifecycle", "provider"}


def plain(value):
    """A literal without its quotes."""
    if isinstance(value, str) and len(value) >= 2 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            if key != "__comments__":
                yield from strings(key)
                yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


def expressions(value):
    """What is evaluated: whole expressions, and what stands in ${} of a text."""
    for text in strings(value):
        if text.startswith("${"):
            yield text
        else:
            yield from re.findall(r"\$\{[^}]*\}+", text)


def labelled(blocks, labels=1):
    """Blocks as (label…, body)."""
    for block in blocks or []:
        for label, body in block.items():
            if label.startswith("__"):
                continue
            if labels == 1:
                yield plain(label), body
            else:
                for second, inner in body.items():
                    if not second.startswith("__"):
                        yield plain(label), plain(second), inner


def members(body):
    return {plain(key): value for key, value in body.items() if not key.startswith("__")}


class Directory:
    """One module or layer: its blocks, whichever of its files they stand in."""

    def __init__(self, path):
        self.path = path
        self.files = sorted(path.glob("*.tf"))
        self.parsed = {file: parse(file) for file in self.files}

    def blocks(self, kind):
        for parsed in self.parsed.values():
            yield from parsed.get(kind, [])

    @property
    def variables(self):
        return dict(labelled(self.blocks("variable")))

    @property
    def outputs(self):
        return dict(labelled(self.blocks("output")))

    @property
    def locals(self):
        return {key for block in self.blocks("locals") for key in members(block)}

    @property
    def modules(self):
        return dict(labelled(self.blocks("module")))

    @property
    def resources(self):
        return [(kind, name, body) for kind, name, body in labelled(self.blocks("resource"), 2)]

    @property
    def data(self):
        return [(kind, name, body) for kind, name, body in labelled(self.blocks("data"), 2)]

    @property
    def terraform(self):
        return [members(block) for block in self.blocks("terraform")]

    def expressions(self):
        for parsed in self.parsed.values():
            yield from expressions(parsed)


@cache
def parse(file):
    with file.open(encoding="utf-8") as text:
        return hcl2.load(text)


def parse_faults(root):
    for file in sorted([*root.rglob("*.tf"), *root.rglob("*.tfvars"), *root.rglob("*.hcl")]):
        try:
            parse(file)
        except Exception as error:  # The parser raises whatever its grammar does.
            yield f"{file}: cannot be parsed: {str(error).splitlines()[0]}"


def value_at(body, path):
    """Values at a path such as blob_properties.versioning_enabled, through blocks, dynamic ones included."""
    head, _, rest = path.partition(".")
    body = members(body)
    found = []
    if head in body:
        found = body[head] if isinstance(body[head], list) and body[head] and isinstance(body[head][0], dict) else [body[head]]
    for name, block in labelled(body.get("dynamic")):
        if name == head:
            found += [content for content in members(block).get("content", [])]
    if not rest:
        return [plain(value) for value in found]
    return [value for block in found if isinstance(block, dict) for value in value_at(block, rest)]


def layers(root):
    return {name: Directory(root / "live" / name) for name in ("shared", "primary", "secondary") if (root / "live" / name).is_dir()}


def modules(root):
    return {path.name: Directory(path) for path in sorted((root / "modules").iterdir()) if path.is_dir()}


def tfvars(root):
    return {path: members(parse(path)) for path in sorted(Path(root, "live", "env").glob("*.tfvars"))}
