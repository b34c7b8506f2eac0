"""detect-secrets over every file of the tree. What operators write (deploy, docs, scripts, workflows, the root) is searched for whatever looks
like a secret; code, whose tests are full of made-up ones, for what has the exact form of one. Prints a line for each fault.

`python deploy/ci/lib/credentials.py --list` prints what the allow list would have to hold, for whoever has looked at each of it."""

import json
import subprocess
import sys
from pathlib import Path

from detect_secrets.core import scan
from detect_secrets.settings import transient_settings

ALLOWED = Path("deploy/ci/lib/credentials-allowed.json")
# What has a form of its own, with a text that every such secret has in it: code without any of them need not be searched.
EXACT = {
    "AWSKeyDetector": ("AKIA", "ASIA"),
    "AzureStorageKeyDetector": ("AccountKey",),
    "GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "JwtTokenDetector": ("eyJ",),
    "NpmDetector": ("_authToken",),
    "PrivateKeyDetector": ("PRIVATE KEY",),
    "SendGridDetector": ("SG.",),
    "SlackDetector": ("xox", "hooks.slack.com"),
    "StripeDetector": ("k_live_",),
}
HINTS = tuple(hint for hints in EXACT.values() for hint in hints)
SHAPES = [{"name": name} for name in EXACT]
GUESSES = [
    *SHAPES,
    {"name": "BasicAuthDetector"},
    {"name": "KeywordDetector"},
    {"name": "Base64HighEntropyString", "limit": 4.5},
    {"name": "HexHighEntropyString", "limit": 3.0},
]
FILTERS = [
    {"path": "detect_secrets.filters.heuristic.is_potential_uuid"},
    {"path": "detect_secrets.filters.heuristic.is_likely_id_string"},
    {"path": "detect_secrets.filters.heuristic.is_templated_secret"},
    {"path": "detect_secrets.filters.heuristic.is_sequential_string"},
    {"path": "detect_secrets.filters.heuristic.is_indirect_reference"},
    # Digests of images and files are no secrets.
    {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": [r"sha(256|384|512)[:-][0-9A-Za-z+/]{32}"]},
]
CODE = ("crates/", "xtask/", "docs/openapi.json", "Cargo.lock")
# Not text, or made of others' data.
LEFT_OUT = (".snap", ".png", ".ico", ".woff2", ".pdf", ".xlsx", ".gz")


def found(plugins, files):
    with transient_settings({"plugins_used": plugins, "filters_used": FILTERS}):
        return [
            (secret.filename, secret.type, secret.secret_hash, secret.line_number)
            for name in files
            for secret in scan.scan_file(name)
        ]


def hinted(name):
    text = Path(name).read_text(errors="replace")
    return any(hint in text for hint in HINTS)


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, text=True, check=True)
    files = [name for name in listed.stdout.split("\0") if name and not name.endswith(LEFT_OUT) and Path(name).is_file()]
    files = [name for name in files if name != str(ALLOWED)]
    code = [name for name in files if name.startswith(CODE)]
    seen = sorted({*found(GUESSES, sorted(set(files) - set(code))), *found(SHAPES, [name for name in code if hinted(name)])})
    if "--list" in sys.argv:
        print(json.dumps([{"file": file, "type": kind, "hash": code, "reason": f"line {line}"} for file, kind, code, line in seen], indent=2))
        return 0
    allowed = {(one["file"], one["hash"]): one for one in json.loads(ALLOWED.read_text())["allowed"]}
    faults = [
        f"{file}:{line}: {kind}; if it is none, {ALLOWED} takes the hash {code} with a reason"
        for file, kind, code, line in seen
        if (file, code) not in allowed
    ]
    there = {(file, code) for file, _, code, _ in seen}
    for (file, code), one in allowed.items():
        if not one.get("reason") or len(one["reason"]) < 10:
            faults.append(f"{ALLOWED}: {file} has no reason")
        # What stands in files of others' branches is not missed.
        if (file, code) not in there and Path(file).is_file():
            faults.append(f"{ALLOWED}: {file} no longer has {code}")
    print("\n".join(faults) if faults else f"{len(files)} files, {len(allowed)} exceptions")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
