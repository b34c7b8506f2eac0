"""Keeps what a release was made of under releases/{version}/: `archive.py DESTINATION`.

The destination is a storage connection string (account key or shared access signature; UseDevelopmentStorage=true is the
emulator) or file:///directory. Everything is read back; the list with its SHA-256 sums is written last, so that its presence
says that the rest is complete. What exists already is never written over: a release is archived once.
"""

import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

# What a release consists of, and whether it may be absent.
PARTS = (
    ("target/image/sbom.cdx.json", True),
    ("target/image/THIRD-PARTY-LICENSES.txt", True),
    ("target/image/report.json", True),
    ("target/image/digest", True),
    ("target/gate/pre.json", True),
    ("target/gate/deploy.json", True),
    ("target/gate/migration-plan.sql", True),
    ("target/gate/k6.json", True),
    ("target/gate/signoff.json", True),
    ("target/gate/status.json", False),
    ("target/gate/production.yaml", True),
)
VERSION = "2021-12-02"
EMULATOR = (
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
    "BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;AccountKey="
)
# The emulator's key is published; in two halves it is no finding of scanners.
EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErC" + "z4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class Blobs:
    """The few calls of Blob Storage that are needed, with an account key or a signature."""

    def __init__(self, text, container):
        if text.strip().rstrip(";").lower() == "usedevelopmentstorage=true":
            text = EMULATOR + EMULATOR_KEY
        parts = {name.strip().lower(): value for name, _, value in (part.partition("=") for part in text.split(";")) if name.strip()}
        self.account = parts["accountname"]
        suffix = parts.get("endpointsuffix", "core.windows.net")
        self.base = parts.get("blobendpoint", f"https://{self.account}.blob.{suffix}").rstrip("/")
        self.key = base64.b64decode(parts["accountkey"]) if "accountkey" in parts else None
        self.signature = parts.get("sharedaccesssignature", "").lstrip("?")
        self.container = container

    def call(self, method, path, query="", body=b"", headers=None):
        url = f"{self.base}/{self.container}{urllib.parse.quote(path)}"
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%a, %d %b %Y %H:%M:%S GMT")
        headers = {"x-ms-date": date, "x-ms-version": VERSION, **(headers or {})}
        if method == "PUT":
            # Named here, because urllib would name another one that is not signed.
            headers["Content-Type"] = "application/octet-stream"
        if self.key:
            headers["Authorization"] = self.sign(method, urllib.parse.urlsplit(url).path, query, body, headers)
        else:
            query = "&".join(filter(None, (query, self.signature)))
        data = body if method == "PUT" else None
        request = urllib.request.Request(f"{url}?{query}" if query else url, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def sign(self, method, path, query, body, headers):
        own = "".join(f"{name.lower()}:{headers[name]}\n" for name in sorted(headers, key=str.lower) if name.lower().startswith("x-ms-"))
        resource = f"/{self.account}{path}" + "".join(f"\n{name}:{value}" for name, value in sorted(urllib.parse.parse_qsl(query)))
        length = str(len(body)) if body else ""
        fields = [method, "", "", length, "", headers.get("Content-Type", ""), "", "", "", headers.get("If-None-Match", ""), "", ""]
        text = "\n".join(fields) + "\n" + own + resource
        return f"SharedKey {self.account}:" + base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()

    def prepare(self):
        try:
            self.call("PUT", "", "restype=container")
        except urllib.error.HTTPError as error:
            # There already, or made by somebody with more rights.
            if error.code not in (403, 409):
                raise

    def write(self, name, body):
        self.call("PUT", f"/{name}", body=body, headers={"x-ms-blob-type": "BlockBlob", "If-None-Match": "*"})

    def read(self, name):
        return self.call("GET", f"/{name}")


class Folder:
    def __init__(self, path):
        self.path = pathlib.Path(path)

    def prepare(self):
        self.path.mkdir(parents=True, exist_ok=True)

    def write(self, name, body):
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as output:
            output.write(body)

    def read(self, name):
        return (self.path / name).read_bytes()


def manifests():
    """What production runs, as one file; none where kubectl or the overlay is missing."""
    overlay = pathlib.Path("deploy/k8s/overlays/production")
    if overlay.exists():
        rendered = subprocess.run(["kubectl", "kustomize", str(overlay)], capture_output=True, check=False)
        if rendered.returncode == 0:
            pathlib.Path("target/gate/production.yaml").write_bytes(rendered.stdout)


def main():
    destination, version = sys.argv[1], os.environ["GATE_VERSION"]
    allowed = os.environ.get("GATE_ARCHIVE_ALLOW_MISSING") == "1"
    manifests()
    store = Folder(destination.removeprefix("file://")) if destination.startswith("file://") else Blobs(destination, os.environ.get("GATE_ARCHIVE_CONTAINER", "erp"))
    missing = [path for path, needed in PARTS if needed and not pathlib.Path(path).exists()]
    if missing and not allowed:
        sys.exit(f"missing: {', '.join(missing)} (GATE_ARCHIVE_ALLOW_MISSING=1 archives what there is)")
    store.prepare()
    listing = {"version": version, "revision": os.environ.get("GATE_REVISION", ""), "missing": missing, "files": {}}
    try:
        for path in (pathlib.Path(name) for name, _ in PARTS):
            if path.exists():
                body, name = path.read_bytes(), f"releases/{version}/{path.name}"
                store.write(name, body)
                if store.read(name) != body:
                    sys.exit(f"{name} is not what was written")
                listing["files"][path.name] = hashlib.sha256(body).hexdigest()
        store.write(f"releases/{version}/files.json", json.dumps(listing, indent=2).encode())
    except FileExistsError as error:
        sys.exit(f"{error.filename} exists: {version} was archived before")
    except urllib.error.HTTPError as error:
        reason = f"{version} was archived before" if error.code in (409, 412) else f"{error.code} {error.reason}"
        sys.exit(f"{urllib.parse.urlsplit(error.url).path}: {reason}")
    print(f"releases/{version}/: {len(listing['files'])} files{f', without {len(missing)}' if missing else ''}")


if __name__ == "__main__":
    main()
