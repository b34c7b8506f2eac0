"""What linters do not see of docker-compose.yml: the defects X17–X24 of the specification's own, and the requirements D1–D10."""

import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from compose_env import Missing, VARIABLE, environment, load, read_env_file  # noqa: E402
from config_files import leaf  # noqa: E402

REQUIRED = {"api", "sqlserver", "redis", "azurite", "seq"}
OPTIONAL = {"otel-collector": "otel", "api-blue": "bluegreen", "api-green": "bluegreen", "haproxy": "bluegreen"}
# Run once and end, or have nothing inside that could ask.
UNASKED = {"migrate", "database", "otel-collector"}
DIGEST = re.compile(r"^(.+)@(sha256:[0-9a-f]{64})$")
PASSWORD = re.compile(r"(password|pwd|secret|signingkeys\w*|apikey|accountkey|jwt.?key)s?['\"]?\s*[=:]\s*['\"]?(?P<value>[^;,\s'\"]+)", re.IGNORECASE)


def images(name, service, known):
    image = service.get("image", "")
    if image.startswith("erp-api:"):
        return
    match = DIGEST.match(image)
    if not match:
        yield f"X17: {name}: {image} has no digest"
    elif known.get(match[1], {}).get("digest") != match[2]:
        yield f"X17: {name}: {match[1]} and its digest are not in deploy/ci/image-digests.json"
    if re.search(r":(latest|[^:@]*-latest|\d+(-alpine)?)(@|$)", image):
        yield f"X17: {name}: {image} is a floating tag"


def ports(name, service):
    for port in service.get("ports") or []:
        if not str(port).startswith("127.0.0.1:"):
            yield f"X22: {name}: port {port} is published on every interface"


def running(name, service):
    health = service.get("healthcheck") or {}
    if name in UNASKED:
        if not health.get("disable"):
            yield f"X24: {name}: says nothing about its health check"
    elif not health.get("test"):
        yield f"X24: {name}: has no health check"
    if not service.get("restart"):
        yield f"X24: {name}: has no restart policy"
    if not service.get("mem_limit") or not service.get("cpus"):
        yield f"X24: {name}: has no limits of memory and processors"
    if service.get("networks") != ["erp-network"]:
        yield f"D9: {name}: is not in erp-network alone"


def literals(value, path=""):
    """Every text of the file with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from literals(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from literals(inner, path)
    elif value is not None:
        yield path, str(value)


def passwords(compose):
    for path, text in literals(compose["services"]):
        name, text = path.rsplit(".", 1)[-1], VARIABLE.sub("$", text)
        for match in PASSWORD.finditer(f"{name}={text}" if ";" not in text else text):
            if not match["value"].startswith(("true", "false", "$")):
                yield f"X05: {path[1:]}: a password is written here"


def waits(name, service, services):
    for other, how in (service.get("depends_on") or {}).items():
        wanted = "service_completed_successfully" if other in ("migrate", "database") else "service_healthy"
        if how.get("condition") != wanted:
            yield f"X21: {name}: waits for {other} only until {how.get('condition')}"
        if other not in services:
            yield f"X21: {name}: waits for {other}, which does not exist"


def product(compose, variables):
    """The product's own settings, filled in with the template's variables."""
    services = compose["services"]
    schema = json.loads(pathlib.Path("deploy/config/appsettings.schema.json").read_text(encoding="utf-8"))
    hosts = set(services)
    for name in ("api", "migrate", "api-blue", "api-green"):
        try:
            pairs = environment(compose, name, variables)
        except Missing as missing:
            yield f"D3: {name}: deploy/config/env.example lacks {missing}"
            continue
        for key in pairs:
            if not key.startswith("ASPNETCORE_") and not leaf(schema, key.replace("__", ":")):
                yield f"D3: {name}: {key} is no setting of the product"
        database = pairs.get("ConnectionStrings__DefaultConnection", "")
        if pairs.get("ASPNETCORE_ENVIRONMENT") != "Development":
            yield f"D3: {name}: is not Development"
        if "TrustServerCertificate=true" not in database:
            yield f"X19: {name}: the database's own certificate is not trusted"
        if re.search(r"User Id=sa;", database, re.IGNORECASE):
            yield f"X05: {name}: signs in as sa"
        if "password=" not in pairs.get("ConnectionStrings__Redis", ""):
            yield f"X22: {name}: Redis is entered without a password"
        for key, pattern in (
            ("ConnectionStrings__DefaultConnection", r"Server=([\w-]+)"),
            ("ConnectionStrings__Redis", r"^([\w-]+):"),
            ("AzureStorage__ConnectionString", r"https?://([\w-]+)"),
            ("Seq__ServerUrl", r"https?://([\w-]+)"),
        ):
            match = re.search(pattern, pairs.get(key, ""))
            if not match or match[1] not in hosts:
                yield f"X20: {name}: the host of {key} is no service: {match[1] if match else 'none'}"
    if services["migrate"].get("command") != ["migrate"] or "migrate" not in services["api"].get("depends_on", {}):
        yield "E14: api does not wait for the migration"


def single(services):
    def flat(value):
        return " ".join(value) if isinstance(value, list) else str(value or "")

    sql, redis = services["sqlserver"], services["redis"]
    if "/opt/mssql-tools18/bin/sqlcmd -C" not in flat(sql.get("healthcheck", {}).get("test")):
        yield "D5: sqlserver: the health check is not sqlcmd -C of /opt/mssql-tools18"
    if "SA_PASSWORD" in sql["environment"] or not sql["environment"].get("MSSQL_SA_PASSWORD"):
        yield "X24: sqlserver: SA_PASSWORD is the old name of MSSQL_SA_PASSWORD"
    for option in ("--appendonly yes", "--maxmemory 256mb", "--maxmemory-policy allkeys-lru", "--requirepass"):
        if option not in flat(redis.get("command")):
            yield f"D6: redis: lacks {option}"
    if not services["seq"]["environment"].get("SEQ_FIRSTRUN_ADMINPASSWORD"):
        yield "X23: seq: has no first password"
    if "127.0.0.1:5000:8080" not in services["api"].get("ports", []):
        yield "D2: api is not at 127.0.0.1:5000"
    for name in ("api", "api-blue", "api-green"):
        if not services[name].get("read_only") or services[name].get("cap_drop") != ["ALL"]:
            yield f"C4: {name}: has a writable root or capabilities"


def findings():
    compose = load()
    services = compose["services"]
    variables = {name: value or "x" * 40 for name, value in read_env_file("deploy/config/env.example").items()}
    known = json.loads(pathlib.Path("deploy/ci/image-digests.json").read_text(encoding="utf-8"))["images"]
    if "version" in compose:
        yield "X24: version is obsolete"
    for name in REQUIRED:
        if name not in services or services[name].get("profiles"):
            yield f"D: {name} is not started by default"
    for name, profile in OPTIONAL.items():
        if services.get(name, {}).get("profiles") != [profile]:
            yield f"D: {name} is not in the profile {profile}"
    if set(compose["volumes"]) != {"sqldata", "redisdata", "seqdata", "azuritedata"}:
        yield f"D8: volumes are {sorted(compose['volumes'])}"
    if compose["networks"].get("erp-network", {}).get("driver") != "bridge":
        yield "D9: erp-network is no bridge"
    for name, service in services.items():
        yield from images(name, service, known)
        yield from ports(name, service)
        yield from running(name, service)
        yield from waits(name, service, services)
    yield from passwords(compose)
    yield from product(compose, variables)
    yield from single(services)
    used = set(re.findall(r"\$\{(\w+):\?", pathlib.Path("docker-compose.yml").read_text(encoding="utf-8")))
    for name in sorted(used - set(variables)):
        yield f"D3: deploy/config/env.example lacks {name}"


def main():
    found = list(findings())
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
