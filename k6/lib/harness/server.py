"""The server under test: started by deploy/local/erp.sh, inside its limits or outside them."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
START_MAX_SECONDS = 120
STOP_MAX_SECONDS = 60

# One generator stands for many people behind many addresses.
NO_RATES = {
    f"Limits__{name}": "0"
    for name in (
        "RatePerMinutePerAddress",
        "RatePerMinutePerTenant",
        "RatePerMinutePerUser",
        "SignInsPerMinutePerAddress",
        "SignInsPerMinutePerAccount",
    )
}


class Failed(Exception):
    """What makes a run impossible, in words for whoever started it."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def fetch(url, timeout=5):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return answer.read().decode()


class Server:
    """A running server; `group` is a cgroup.Group, a cgroup.Bare or nothing."""

    def __init__(self, binary, folder, group=None, settings=None):
        self.folder = Path(folder)
        port, admin_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.admin_url = f"http://127.0.0.1:{admin_port}"
        command = [str(ROOT / "deploy/local/erp.sh"), str(self.folder), str(port), str(admin_port)]
        if group:
            command = group.enter(command)
        self.log = self.folder / "server.log"
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {**os.environ, **NO_RATES, **(settings or {}), "ERP_API_BINARY": str(binary)}
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if group and getattr(group, "process", 0) is None:
            group.process = self.process.pid
        self._wait(began)
        self.start_seconds = time.monotonic() - began

    def _wait(self, began):
        while time.monotonic() - began < START_MAX_SECONDS:
            if self.process.poll() is not None:
                last = self.log.read_text(errors="replace")[-1500:]
                raise Failed(f"the server ended with {self.process.returncode} before it was ready:\n{last}")
            try:
                fetch(f"{self.url}/health/ready")
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        self.stop()
        raise Failed(f"the server was not ready within {START_MAX_SECONDS} s")

    def running(self):
        return self.process.poll() is None

    def metrics(self):
        return fetch(f"{self.admin_url}/metrics")

    def password(self):
        return (self.folder / "vault/Bootstrap--AdminPassword").read_text().strip()

    def stop(self):
        if self.running():
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_MAX_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return self.process.returncode
