"""The files of deploy/config: known keys, values of the right type, no secret, and each says the same as the others."""

import json
import pathlib
import re
import sys

import jsonschema

FOLDER = pathlib.Path("deploy/config")
PLACEHOLDER = "[Retrieved from Key Vault]"
CREDENTIAL = re.compile(r"(password|pwd|accountkey|sharedaccesssignature|secret|instrumentationkey)\s*=\s*[^;,\s]", re.IGNORECASE)
FLAG = ".appconfig.featureflag/"
FLAG_TYPE = "application/vnd.microsoft.appconfig.ff+json;charset=utf-8"
REFERENCE_TYPE = "application/vnd.microsoft.appconfig.keyvaultref+json;charset=utf-8"
ROW = re.compile(r"\| `([^`]+)` \| (.*?) \| (.*?) \| (\w+) \| (.*) \|$")


def without_comments(text):
    """JSON without // comments; those inside strings stay."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*', lambda match: match[1] or "", text)


def read(name):
    return json.loads(without_comments((FOLDER / name).read_text(encoding="utf-8")))


def flat(value, prefix=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{prefix}:{key}" if prefix else key)
    else:
        yield prefix, value


def documented():
    """The rows of docs/CONFIG.md by key; and its other names."""
    rows = {}
    for line in pathlib.Path("docs/CONFIG.md").read_text(encoding="utf-8").splitlines():
        match = ROW.match(line)
        if match:
            rows[match[1]] = match
    return rows


def leaf(schema, key):
    """The schema of a setting, or None when there is no such key."""
    for segment in key.split(":"):
        if "properties" in schema:
            schema = next((inner for name, inner in schema["properties"].items() if name.lower() == segment.lower()), None)
        elif "x-secret" in schema and schema.get("type") == ["object", "array", "null"]:
            schema = {**schema.get("additionalProperties", {}), "x-secret": schema["x-secret"]}
        else:
            schema = None
        if schema is None:
            return None
    return schema if "x-secret" in schema else None


def schema_agrees(schema, rows):
    for key, row in rows.items():
        path = key.removesuffix(":**").removesuffix(":*")
        found = schema
        for segment in path.split(":"):
            found = found.get("properties", {}).get(segment, {})
        default = found.get("default")
        default = str(default).lower() if isinstance(default, bool) else default
        same = (
            found.get("x-reload") == row[4]
            and found.get("x-secret") == ("**Secret.**" in row[5])
            and (f"`{default}`" in row[3] if default is not None else row[3].startswith(("–", "Development")))
        )
        if not same:
            yield f"appsettings.schema.json: {key} is not what docs/CONFIG.md says: run `cargo xtask gen`"


def settings_files(schema):
    validator = jsonschema.Draft7Validator(schema)
    for name in ("appsettings.json", *(f"appsettings.{one}.json" for one in ("Development", "Staging", "Production"))):
        content = read(name)
        for error in validator.iter_errors(content):
            yield f"{name}: {':'.join(str(part) for part in error.absolute_path) or 'the file'}: {error.message}"
        for key, value in flat(content):
            known = leaf(schema, key)
            if known and known["x-secret"] and value not in (None, PLACEHOLDER) and CREDENTIAL.search(str(value)):
                yield f"{name}: {key} holds a secret"
            if name == "appsettings.json" and known and "default" in known and known["default"] != value:
                yield f"{name}: {key} is {value}, and the default is {known['default']}"
    for environment in ("Development", "Staging", "Production"):
        if read(f"appsettings.{environment}.json").get("Environment") != environment:
            yield f"appsettings.{environment}.json: says it is for another environment"


def secret_catalogue(schema, rows):
    secrets = json.loads((FOLDER / "keyvault-secrets.json").read_text(encoding="utf-8"))["secrets"]
    names = {}
    for secret in secrets:
        name, setting = secret.get("name", "?"), secret.get("setting", "?")
        where = f"keyvault-secrets.json: {name}"
        if set(secret) != {"name", "setting", "owner", "rotationDays", "environments", "content"}:
            yield f"{where}: has other fields than name, setting, owner, rotationDays, environments and content"
            continue
        if name in names:
            yield f"{where}: is there twice"
        names[name] = secret
        known = leaf(schema, setting)
        if not known or not known["x-secret"]:
            yield f"{where}: {setting} is no secret setting"
        group = re.sub(r":\d+$", ":*", setting)
        if name.replace("--", ":") != setting and f"`{name}`" not in (rows[group][5] if group in rows else ""):
            yield f"{where}: becomes {name.replace('--', ':')}, not {setting}"
        if not isinstance(secret["rotationDays"], int) or not 1 <= secret["rotationDays"] <= 730:
            yield f"{where}: is never rotated"
        if not re.fullmatch(r"[a-z-]+", secret["owner"]):
            yield f"{where}: has no owner"
    for environment in ("Staging", "Production"):
        held = {secret["setting"] for secret in names.values() if environment in secret["environments"]}
        for key, value in flat(read(f"appsettings.{environment}.json")):
            if value == PLACEHOLDER and key not in held:
                yield f"keyvault-secrets.json: lacks {key}, which appsettings.{environment}.json leaves to the vault"


def store_values(schema):
    secrets = {one["name"]: one for one in json.loads((FOLDER / "keyvault-secrets.json").read_text(encoding="utf-8"))["secrets"]}
    for name, label in (("base", None), ("staging", "Staging"), ("production", "Production")):
        where, keys = f"appconfig/{name}.kvset.json", []
        for item in json.loads((FOLDER / where).read_text(encoding="utf-8"))["items"]:
            key, value, kind = item.get("key", "?"), item.get("value"), item.get("content_type")
            keys.append(key)
            if set(item) != {"key", "value", "label", "content_type", "tags"} or item["label"] != label or not isinstance(value, str):
                yield f"{where}: {key}: is no item with the label {label}"
            elif key.startswith(FLAG):
                flag = json.loads(value)
                if kind != FLAG_TYPE or flag.get("id") != key.removeprefix(FLAG) or not isinstance(flag.get("enabled"), bool):
                    yield f"{where}: {key}: is no feature flag"
            elif key == "Sentinel":
                continue
            elif not (known := leaf(schema, key)):
                yield f"{where}: {key}: is no setting"
            elif kind == REFERENCE_TYPE:
                vault = read(f"appsettings.{label}.json")["KeyVault"]["Uri"] if label else ""
                uri = json.loads(value).get("uri", "")
                secret = secrets.get(uri.rsplit("/", 1)[-1])
                if not vault or not uri.startswith(f"{vault}secrets/") or not secret or secret["setting"] != key:
                    yield f"{where}: {key}: refers to {uri}, which the catalogue does not have for {label}"
            elif known["x-secret"]:
                yield f"{where}: {key}: a secret is written here"
            else:
                for error in jsonschema.Draft7Validator(known).iter_errors(value):
                    yield f"{where}: {key}: {error.message}"
        if len(keys) != len(set(keys)) or (label and keys[-1] != "Sentinel"):
            yield f"{where}: a key is there twice, or the sentinel is not last"


def env_template():
    used = set(re.findall(r"\$\{(\w+)", pathlib.Path("docker-compose.yml").read_text(encoding="utf-8")))
    for number, line in enumerate((FOLDER / "env.example").read_text(encoding="utf-8").splitlines(), 1):
        name, equals, value = line.partition("=")
        if line.startswith("#") or not line:
            continue
        if not equals or name not in used:
            yield f"env.example:{number}: {name} is not used by docker-compose.yml"
        if value and re.search("PASSWORD|KEY|SECRET|TOKEN", name):
            yield f"env.example:{number}: {name} has a value"


def main():
    schema = json.loads((FOLDER / "appsettings.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    rows = documented()
    found = [
        *schema_agrees(schema, rows),
        *settings_files(schema),
        *secret_catalogue(schema, rows),
        *store_values(schema),
        *env_template(),
    ]
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
