"""What linters do not see of the Dockerfile: the defects X11–X18 of the specification's own, and the requirements C1–C10.

Reads instructions, not lines: continuations are joined, comments dropped, ARG defaults of the head filled in.
"""

import pathlib
import re
import sys

import json

FLOATING = re.compile(r":(latest|stable|slim|\d+)$")
DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def instructions(text):
    """(keyword, rest, line number) of each instruction; heredocs are not used here."""
    found, pending, began = [], "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or (not pending and not line.strip()):
            continue
        began = began or number
        pending += line.rstrip()
        if pending.endswith("\\"):
            pending = pending[:-1] + " "
            continue
        keyword, _, rest = pending.strip().partition(" ")
        found.append((keyword.upper(), re.sub(r"\s+", " ", rest.strip()), began))
        pending, began = "", 0
    return found


def stages(all_instructions):
    """The head's ARG defaults, and (name, base, instructions) of each stage."""
    head, result = {}, []
    for keyword, rest, line in all_instructions:
        if keyword == "FROM":
            match = re.fullmatch(r"(\S+)(?: AS (\S+))?", rest, re.IGNORECASE)
            result.append((match[2] or str(len(result)), match[1], [], line))
        elif not result:
            if keyword == "ARG":
                name, _, value = rest.partition("=")
                head[name] = value
        else:
            result[-1][2].append((keyword, rest, line))
    return head, result


class Findings:
    def __init__(self):
        self.texts = []

    def need(self, condition, line, text):
        if not condition:
            self.texts.append(f"Dockerfile:{line}: {text}")


def bases(head, all_stages, find):
    names = {name for name, *_ in all_stages}
    for _, base, _, line in all_stages:
        image = re.sub(r"\$\{(\w+)\}", lambda match: head.get(match[1], ""), base)
        if image in names:
            continue
        find.need(DIGEST.search(image), line, f"X17: {image or base} has no digest")
        tag = image.split("@")[0]
        find.need(":" in tag.rsplit("/", 1)[-1] and not FLOATING.search(tag), line, f"X17: {tag} is a floating tag")


def compilers_agree(head, find):
    wanted = re.search(r'^channel = "(.+)"', pathlib.Path("rust-toolchain.toml").read_text(encoding="utf-8"), re.MULTILINE)[1]
    find.need(f"rust:{wanted}-" in head.get("RUST_IMAGE", ""), 1, f"C1: RUST_IMAGE is not Rust {wanted}, as rust-toolchain.toml says")


def digests_are_recorded(head, find):
    known = json.loads(pathlib.Path("deploy/ci/image-digests.json").read_text(encoding="utf-8"))["images"]
    for name in ("RUST_IMAGE", "RUNTIME_IMAGE"):
        tag, _, digest = head.get(name, "").partition("@")
        find.need(known.get(tag, {}).get("digest") == digest, 1, f"C3: {tag} and its digest are not in deploy/ci/image-digests.json")


def builder(body, line, find):
    order = [(keyword, rest, at) for keyword, rest, at in body if keyword in ("COPY", "RUN")]
    cook = next((index for index, (_, rest, _) in enumerate(order) if "cargo chef cook" in rest), None)
    find.need(cook is not None, line, "C2: dependencies are not cooked")
    for keyword, rest, at in order[: cook or 0]:
        early = keyword == "COPY" and re.search(r"(^|\s)\. ", rest + " ")
        find.need(not early, at, "X18: sources are copied before dependencies are cooked, so each change builds everything")
    for _, rest, at in order:
        if re.search(r"cargo (chef cook|auditable build|build)\b", rest):
            find.need("--locked" in rest, at, "X18: a build without --locked")
            find.need("--mount=type=cache" in rest, at, "C2: a build without a cache mount")
    compiles = [rest for _, rest, _ in order if re.search(r"cargo (auditable )?build\b", rest)]
    find.need(len(compiles) == 1, line, f"X18: the product is compiled {len(compiles)} times")
    find.need(compiles and "cargo auditable build" in compiles[0], line, "C1: the binary does not carry the list of its crates")
    find.need(any("licenses.sh" in rest for _, rest, _ in order), line, "C1: no SBOM and no licences are written")


def packages(all_stages, find):
    for _, _, body, _ in all_stages:
        for keyword, rest, at in body:
            if keyword == "RUN" and "apt-get install" in rest:
                find.need("--no-install-recommends" in rest, at, "X18: apt-get install without --no-install-recommends")
                find.need("rm -rf /var/lib/apt/lists" in rest, at, "X18: package lists stay in the layer")


def locale(all_stages, find):
    """X12: locale-gen reads /etc/locale.gen; the archive has to reach the last stage."""
    last = all_stages[-1]
    made = None
    for name, _, body, _ in all_stages:
        for keyword, rest, at in body:
            if keyword != "RUN":
                continue
            written, generated = rest.find("/etc/locale.gen"), rest.find("locale-gen ")
            generated = rest.find("locale-gen") if generated < 0 else generated
            if re.search(r"localedef [^&]*-i ar_SA", rest):
                made = name
            elif generated >= 0:
                right = 0 <= written < generated and "ar_SA.UTF-8 UTF-8" in rest[: written + 1]
                find.need(right, at, "X12: locale-gen ignores its arguments; ar_SA.UTF-8 has to be in /etc/locale.gen first")
                made = name if right else made
    find.need(made, last[3], "X12: the locale ar_SA.UTF-8 is not generated")
    copied = made == last[0] or any(
        keyword == "COPY" and f"--from={made}" in rest and "/usr/lib/locale" in rest for keyword, rest, _ in last[2]
    )
    find.need(not made or copied, last[3], "X12: the generated locale does not reach the last stage")


def runtime(stage, find):
    _, _, body, line = stage
    last = {}
    for keyword, rest, at in body:
        last[keyword] = (rest, at)
    text = " ".join(rest for keyword, rest, _ in body if keyword == "RUN")
    user, at = last.get("USER", ("", line))
    find.need(user == "1000:1000", at, f"X15: USER is '{user}', not 1000:1000")
    find.need(last.get("WORKDIR", ("",))[0] == "/app", line, "C4: WORKDIR is not /app")
    owned = re.search(r"install -d -o 1000 -g 1000 [^&]*", text)
    for path in ("/app", "/app/logs", "/app/secrets"):
        find.need(owned and re.search(rf"{path}(\s|$)", owned[0]), line, f"X14: {path} is not made for 1000")
    health, at = last.get("HEALTHCHECK", ("", line))
    find.need("curl" not in health and "wget" not in health, at, "X11: the image has no HTTP client")
    find.need('CMD ["/app/erp-api", "healthcheck", "--path", "/health/live"]' in health, at, "X16: the health check is not the binary's own, in exec form, on /health/live")
    for option in ("--interval=30s", "--timeout=3s", "--start-period=5s", "--retries=3"):
        find.need(option in health, at, f"C8: the health check has no {option}")
    find.need(last.get("ENTRYPOINT", ("",))[0] == '["/app/erp-api"]', line, "C9: ENTRYPOINT is not the binary in exec form")
    find.need(last.get("STOPSIGNAL", ("",))[0] == "SIGTERM", line, "C10: STOPSIGNAL is not SIGTERM")
    ports = {port for keyword, rest, _ in body if keyword == "EXPOSE" for port in rest.split()}
    find.need(ports == {"8080", "9090"}, line, f"C9: EXPOSE is {sorted(ports)}, not 8080 and 9090")
    variables = " ".join(rest for keyword, rest, _ in body if keyword == "ENV")
    find.need("LANG=ar_SA.UTF-8" in variables and "LANGUAGE=ar_SA:ar" in variables, line, "C6: LANG and LANGUAGE are not Arabic")
    find.need("LC_ALL" not in variables, line, "X13: LC_ALL is set, which nothing can override")
    for package in ("ca-certificates", "tzdata"):
        find.need(package in text, line, f"C5: {package} is not installed")
    find.need(not re.search(r"install [^&]*\b(gcc|build-essential|curl|wget|python3)\b", text), line, "C1: tools of the build are in the image")
    labels = " ".join(rest for keyword, rest, _ in body if keyword == "LABEL")
    for label in ("version=\"${VERSION}\"", "revision=\"${REVISION}\""):
        find.need(f"org.opencontainers.image.{label}" in labels, line, f"no label org.opencontainers.image.{label}")


def main():
    head, all_stages = stages(instructions(pathlib.Path("Dockerfile").read_text(encoding="utf-8")))
    find = Findings()
    names = [name for name, *_ in all_stages]
    for name in ("chef", "planner", "builder", "runtime"):
        find.need(name in names, 1, f"C1: there is no stage {name}")
    find.need(names[-1] == "runtime", all_stages[-1][3], "C1: the last stage is not the runtime")
    bases(head, all_stages, find)
    compilers_agree(head, find)
    digests_are_recorded(head, find)
    for name, _, body, line in all_stages:
        if name == "builder":
            builder(body, line, find)
    packages(all_stages, find)
    locale(all_stages, find)
    runtime(all_stages[-1], find)
    ignored = pathlib.Path(".dockerignore").read_text(encoding="utf-8").splitlines()
    find.need("*" in ignored or {"target/", ".git/", ".env"} <= set(ignored), 0, "X18: .dockerignore lets target/, .git/ or .env into the build")
    print("\n".join(find.texts), end="\n" if find.texts else "")
    sys.exit(1 if find.texts else 0)


if __name__ == "__main__":
    main()
