"""Looks at an unpacked image and runs it: user, labels, size, locale, parts, health check, stop. Prints a table, writes JSON."""

import argparse
import json
import os
import pathlib
import re
import struct
import sys
import zlib

from container import Container

SIZE_OVER_BASE_MAX = 60 * 1000 * 1000
HEALTH_SECONDS_MAX = 3.0
STOP_SECONDS_MAX = 40.0
COMPILERS = re.compile(r"^(cc|c\+\+|c99|gcc(-\d+)?|g\+\+|clang|ld(\.(bfd|gold|lld))?|as|make|rustc|rustup|cargo|python3?(\.\d+)?|curl|wget)$")
LABELS = ("title", "description", "version", "revision", "source", "licenses", "base.name")
# Embedded, so that nothing else has to run; an empty database is enough.
SETTINGS = {"ASPNETCORE_ENVIRONMENT": "Development", "Bootstrap__Template": "empty", "HOME": "/app"}


class Report:
    def __init__(self):
        self.rows = []

    def add(self, name, passed, seen):
        self.rows.append({"check": name, "pass": bool(passed), "seen": str(seen)})
        print(f"{'ok ' if passed else 'BAD'}  {name:<39} {seen}", flush=True)


def audited(binary):
    """The crates that `cargo auditable` left in the ELF section .dep-v0, or None."""
    data = binary.read_bytes()
    offset, size, count, names = (*struct.unpack_from("<Q", data, 0x28), *struct.unpack_from("<HHH", data, 0x3A))
    headers = [struct.unpack_from("<IIQQQQ", data, offset + index * size) for index in range(count)]
    table = headers[names][4]
    for name, _, _, _, at, length in headers:
        end = data.index(b"\0", table + name)
        if data[table + name : end] == b".dep-v0":
            return json.loads(zlib.decompress(data[at : at + length]))["packages"]
    return None


def configuration(report, image, options):
    report.add("user is a number", image["User"] == "1000:1000", image["User"])
    report.add("entry point is the binary", image["Entrypoint"] == ["/app/erp-api"], image["Entrypoint"])
    report.add("ports", sorted(image["ExposedPorts"]) == ["8080/tcp", "9090/tcp"], sorted(image["ExposedPorts"]))
    report.add("stop signal", image.get("StopSignal") == "SIGTERM", image.get("StopSignal"))
    health = image.get("Healthcheck") or {}
    nano = 10**9
    wanted = ["CMD", "/app/erp-api", "healthcheck", "--path", "/health/live"]
    timings = [health.get(key) for key in ("Interval", "Timeout", "StartPeriod", "Retries")]
    report.add("health check is the binary's own", health.get("Test") == wanted, health.get("Test"))
    report.add("health check 30s/3s/5s/3", timings == [30 * nano, 3 * nano, 5 * nano, 3], timings)
    variables = dict(pair.split("=", 1) for pair in image["Env"])
    languages = [variables.get(key) for key in ("LANG", "LANGUAGE", "LC_ALL")]
    report.add("LANG, LANGUAGE and no LC_ALL", languages == ["ar_SA.UTF-8", "ar_SA:ar", None], languages)
    labels = image.get("Labels") or {}
    missing = [name for name in LABELS if not labels.get(f"org.opencontainers.image.{name}")]
    report.add("OCI labels", not missing, f"missing {missing}" if missing else f"{len(LABELS)} of {len(LABELS)}")
    seen = [labels.get(f"org.opencontainers.image.{name}") for name in ("version", "revision")]
    report.add("version and revision", seen == [options.version, options.revision], seen)
    over = options.size - options.base_size
    report.add("size over the base", 0 < over < SIZE_OVER_BASE_MAX, f"{over / 1e6:.1f} MB of {options.size / 1e6:.1f} MB")


def contents(report, root):
    owners = {path: (os.stat(root / path).st_uid, os.stat(root / path).st_gid) for path in ("app", "app/data", "app/logs", "app/secrets")}
    report.add("/app, data, logs, secrets of 1000", set(owners.values()) == {(1000, 1000)}, owners)
    binary = root / "app/erp-api"
    state = binary.stat()
    report.add("the binary is root's", state.st_uid == 0 and not state.st_mode & 0o022, f"uid {state.st_uid}, {state.st_size / 1e6:.1f} MB")
    tools = [
        str(path.relative_to(root))
        for folder in ("usr/bin", "usr/sbin", "usr/local/bin", "usr/local/cargo/bin")
        if (root / folder).is_dir()
        for path in (root / folder).iterdir()
        if COMPILERS.match(path.name)
    ]
    report.add("no compiler, no curl", not tools, tools or "none")
    setuid = [str(path) for path in (root / "app").rglob("*") if path.is_file() and path.stat().st_mode & 0o6000]
    report.add("no set-user-id file in /app", not setuid, setuid or "none")
    for name, path in (("time zones", "usr/share/zoneinfo/Asia/Riyadh"), ("authorities", "etc/ssl/certs/ca-certificates.crt")):
        report.add(name, (root / path).exists(), path)
    settings = sorted(path.name for path in (root / "app").glob("appsettings*.json"))
    report.add("settings files", len(settings) == 4, settings)
    lists = list((root / "var/lib/apt/lists").glob("*_Packages*"))
    report.add("no package lists", not lists, f"{len(lists)} files")
    papers = root / "usr/share/doc/erp-api"
    bill = json.loads((papers / "sbom.cdx.json").read_text())
    listed = {(part["name"], part["version"]) for part in bill["components"]} | {("erp-api", bill["metadata"]["component"]["version"].split("+")[0])}
    packages = audited(binary)
    inside = {(one["name"], one["version"]) for one in packages or [] if one.get("kind", "runtime") == "runtime"}
    report.add("list of crates in the binary", packages, f"{len(inside)} at run time, {len(packages or [])} in all")
    absent = sorted(inside - listed)
    report.add("SBOM names each of them", packages and not absent, f"{len(bill['components'])} parts" if not absent else f"missing {absent[:5]}")
    licences = papers / "THIRD-PARTY-LICENSES.txt"
    report.add("licences of others", licences.stat().st_size > 100_000, f"{licences.stat().st_size // 1000} kB")


def behaviour(report, state, root, image):
    def container(name, arguments=None, environment=None, writable=("/tmp",), directory=None):
        one = Container(state, root, image, name, arguments, environment, writable, directory)
        one.remove()
        return one

    locales, _ = container("erp-locale", ["locale", "-a"]).run()
    report.add("locale -a", "ar_SA.utf8" in locales.split(), " ".join(locales.split()))
    dates = [container("erp-date", ["date", "-d", "2024-01-15"], {"LC_ALL": name}).run()[0].strip() for name in ("C.UTF-8", "ar_SA.UTF-8")]
    report.add("dates are Arabic under LC_ALL", dates[0] != dates[1] and not dates[1].isascii(), " | ".join(dates))
    said, code = container("erp-version", image["Entrypoint"] + ["--version"]).run()
    report.add("--version", code == 0 and said.startswith("erp-api "), said.strip())
    empty = {"ASPNETCORE_ENVIRONMENT": "Production", "KeyVault__Uri": "file:///app/secrets"}
    said, code = container("erp-unset", environment=empty).run()
    report.add("Production without secrets ends with 78", code == 78, f"exit {code}, {said.count('  - ')} settings named")
    said, code = container("erp-dead", image["Healthcheck"]["Test"][1:]).run(timeout=HEALTH_SECONDS_MAX + 2)
    report.add("health check without a server", code == 1, f"exit {code}")

    server = container("erp-server", environment=SETTINGS, writable=("/tmp", "/app/logs", "/app/data"))
    server.start()
    try:
        probe = image["Healthcheck"]["Test"][1:]
        ready = server.until(*image["Entrypoint"], "healthcheck", "--path", "/health/ready")
        report.add("ready on a read-only root", ready is not None, f"{ready:.2f} s" if ready else server.said()[-400:])
        _, code, seconds = server.execute(*probe)
        report.add("the image's health check", code == 0 and seconds < HEALTH_SECONDS_MAX, f"exit {code} in {seconds:.2f} s")
        status = server.execute("cat", "/proc/1/status")[0]
        fields = dict.fromkeys(("Uid", "CapEff", "NoNewPrivs", "VmRSS"), ["0"])
        fields |= {line.split(":")[0]: line.split(":")[1].split() for line in status.splitlines() if ":" in line}
        privileges = fields["Uid"][0] == "1000" and fields["CapEff"] == ["0" * 16] and fields["NoNewPrivs"] == ["1"]
        report.add("process 1 without privileges", privileges, f"uid {fields['Uid'][0]}, RSS {int(fields['VmRSS'][0]) // 1024} MiB")
        _, code, _ = server.execute("touch", "/app/erp-api")
        report.add("it cannot change itself", code != 0, f"touch exits with {code}")
        logs = server.execute("ls", "/app/logs")[0].split()
        report.add("log file in /app/logs", any(name.startswith("erp-") for name in logs), logs)
        code, seconds = server.stop(image["StopSignal"])
        report.add(f"{image['StopSignal']} ends it with 0", code == 0 and seconds < STOP_SECONDS_MAX, f"exit {code} in {seconds:.2f} s")
    finally:
        server.remove()

    # C4: a working directory that nobody can write and that has no logs directory.
    bare = container("erp-bare", environment=SETTINGS | {"Data__Directory": "/tmp/data"}, directory="/usr")
    bare.start()
    try:
        ready = bare.until(*image["Entrypoint"], "healthcheck", "--path", "/health/ready")
        warned = [line for line in bare.said().splitlines() if " WRN]" in line and "log" in line.lower()]
        report.add("read-only cwd without logs/", ready and warned, (warned or [bare.said()[-400:]])[0][:110])
        code, _ = bare.stop(image["StopSignal"])
        report.add("and it still stops with 0", code == 0, f"exit {code}")
    finally:
        bare.remove()


def main():
    arguments = argparse.ArgumentParser()
    for name in ("rootfs", "config", "state", "out"):
        arguments.add_argument(f"--{name}", type=pathlib.Path, required=True)
    for name in ("size", "base-size"):
        arguments.add_argument(f"--{name}", type=int, required=True)
    for name in ("version", "revision"):
        arguments.add_argument(f"--{name}", required=True)
    options = arguments.parse_args()
    image = json.loads(options.config.read_text())
    report = Report()
    configuration(report, image, options)
    contents(report, options.rootfs)
    behaviour(report, options.state, options.rootfs, image)
    failed = [row for row in report.rows if not row["pass"]]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"pass": not failed, "checks": report.rows}, indent=2, ensure_ascii=False) + "\n")
    print(f"{len(report.rows)} checks, {len(failed)} failed; {options.out}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
