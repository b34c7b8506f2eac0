"""Licences and parts of a binary, from the output of `cargo metadata` on standard input.

A crate belongs to the binary when it is reached over normal dependencies, without passing a procedural macro: those run in
the compiler only, and are listed with the scope `excluded`, because the list inside the binary has them. Runs in the image's builder, so nothing but Python's own library is used.
"""

import argparse
import hashlib
import json
import pathlib
import re
import sys

LICENCE_FILE = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
INDENT = 2


def reached(metadata, root_name, macros=False):
    """The packages of the binary, by id, the root first; with those of procedural macros, too, if they are asked for."""
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = next(package["id"] for package in packages.values() if package["name"] == root_name)
    found, waiting = {}, [root]
    while waiting:
        one = waiting.pop()
        kinds = {kind for target in packages[one]["targets"] for kind in target["kind"]}
        if one in found or ("proc-macro" in kinds and not macros):
            continue
        edges = [
            dependency["pkg"]
            for dependency in nodes[one]["deps"]
            if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        ]
        found[one] = edges
        waiting.extend(edges)
    return packages, root, {one: [edge for edge in edges if edge in found] for one, edges in found.items()}


def licence_texts(package):
    """The licence files beside a crate's manifest, by name."""
    folder = pathlib.Path(package["manifest_path"]).parent
    files = sorted(path for path in folder.iterdir() if path.is_file() and LICENCE_FILE.match(path.name))
    named = package.get("license_file")
    if named and (folder / named).is_file() and folder / named not in files:
        files.append(folder / named)
    return [(path.name, path.read_text(encoding="utf-8", errors="replace").strip()) for path in files]


def checksums(lock):
    """SHA-256 of each crate archive, from Cargo.lock."""
    pattern = re.compile(r'name = "([^"]+)"\nversion = "([^"]+)"\nsource = "[^"]+"\nchecksum = "([0-9a-f]{64})"')
    return {(name, version): checksum for name, version, checksum in pattern.findall(lock)}


def papers(crates):
    """One text: the crates with their terms, then every different licence text once."""
    lines, texts = ["Third-party software in erp-api", ""], {}
    for crate in crates:
        terms = crate["license"] or "see its licence file"
        lines.append(f"{crate['name']} {crate['version']}: {terms}")
        if crate.get("repository"):
            lines.append(f"    {crate['repository']}")
        for _, text in licence_texts(crate):
            texts.setdefault(text, []).append(f"{crate['name']} {crate['version']}")
    for text, owners in sorted(texts.items(), key=lambda item: item[1]):
        lines += ["", "=" * 80, ", ".join(owners), "=" * 80, "", text]
    return "\n".join(lines) + "\n"


def reference(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def bill_of_materials(packages, root, edges, linked, sums, revision):
    """CycloneDX 1.5; without times and random numbers, so that the same tree gives the same bytes."""
    components = []
    for one in sorted((one for one in edges if one != root), key=lambda one: reference(packages[one])):
        package = packages[one]
        component = {
            "type": "library",
            "bom-ref": reference(package),
            "name": package["name"],
            "version": package["version"],
            "purl": reference(package),
            "scope": "required" if one in linked else "excluded",
        }
        if package["license"]:
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        checksum = sums.get((package["name"], package["version"]))
        if checksum:
            component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        components.append(component)
    main = packages[root]
    version = main["version"] + (f"+{revision}" if revision else "")
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": reference(main),
                "name": main["name"],
                "version": version,
                "licenses": [{"expression": main["license"]}],
            }
        },
        "components": components,
        "dependencies": sorted(
            (
                {"ref": reference(packages[one]), "dependsOn": sorted(reference(packages[to]) for to in to_all)}
                for one, to_all in edges.items()
            ),
            key=lambda item: item["ref"],
        ),
    }


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--package", required=True)
    arguments.add_argument("--revision", default="")
    arguments.add_argument("out", type=pathlib.Path)
    options = arguments.parse_args()
    metadata = json.load(sys.stdin)
    packages, root, edges = reached(metadata, options.package)
    foreign = sorted(
        (packages[one] for one in edges if packages[one]["source"]), key=lambda package: (package["name"], package["version"])
    )
    silent = [reference(package) for package in foreign if not package["license"] and not licence_texts(package)]
    if silent:
        sys.exit(f"no licence is known of {', '.join(silent)}")
    (options.out / "THIRD-PARTY-LICENSES.txt").write_text(papers(foreign), encoding="utf-8")
    lock = (pathlib.Path(metadata["workspace_root"]) / "Cargo.lock").read_text(encoding="utf-8")
    _, _, everything = reached(metadata, options.package, macros=True)
    bill = bill_of_materials(packages, root, everything, edges, checksums(lock), options.revision)
    text = json.dumps(bill, indent=INDENT, ensure_ascii=False) + "\n"
    (options.out / "sbom.cdx.json").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    print(f"{len(foreign)} crates of others, {len(edges) - len(foreign)} of this tree; sbom sha256 {digest}")


if __name__ == "__main__":
    main()
