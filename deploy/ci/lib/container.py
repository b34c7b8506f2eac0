"""Runs an unpacked image with runc: the isolation that Kubernetes asks for, on a machine without any engine.

Own process, mount, host name and network namespaces, no capability, no new privileges, the user of the image, a read-only
root. The network is loopback alone, so the image's own ports are free whatever else the machine does.
"""

import json
import pathlib
import re
import subprocess
import time

MEMORY_BYTES = 512 * 1024 * 1024
KINDS = ("bounding", "effective", "permitted", "inheritable", "ambient")
SYSTEM_MOUNTS = [
    {"destination": "/proc", "type": "proc", "source": "proc"},
    {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
    {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "noexec", "nodev", "mode=1777"]},
]


def temporary(path):
    """A mount that the image's user may write, as an emptyDir is."""
    options = ["nosuid", "nodev", "mode=1777" if path == "/tmp" else "uid=1000,gid=1000,mode=0755"]
    return {"destination": path, "type": "tmpfs", "source": "tmpfs", "options": ",".join(options).split(",")}


class Container:
    """One run of the image's configuration with changes."""

    def __init__(self, state, rootfs, image, name, arguments=None, environment=None, writable=(), directory=None):
        self.state, self.name = pathlib.Path(state), name
        self.bundle = self.state / name
        self.bundle.mkdir(parents=True, exist_ok=True)
        user = re.fullmatch(r"(\d+):(\d+)", image["User"])
        variables = dict(pair.split("=", 1) for pair in image["Env"])
        variables.update(environment or {})
        process = {
            "terminal": False,
            "user": {"uid": int(user[1]), "gid": int(user[2])},
            "args": arguments or image["Entrypoint"] + (image.get("Cmd") or []),
            "env": [f"{key}={value}" for key, value in variables.items()],
            "cwd": directory or image["WorkingDir"],
            "capabilities": {kind: [] for kind in KINDS},
            "noNewPrivileges": True,
        }
        specification = {
            "ociVersion": "1.0.2",
            "process": process,
            "root": {"path": str(rootfs), "readonly": True},
            "hostname": "erp-api",
            "mounts": SYSTEM_MOUNTS + [temporary(path) for path in writable],
            "linux": {
                "namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", "network")],
                "resources": {"memory": {"limit": MEMORY_BYTES}},
            },
        }
        (self.bundle / "config.json").write_text(json.dumps(specification))
        self.log = self.bundle / "output.log"
        self.process = None

    def runc(self, *arguments):
        return ["runc", "--root", str(self.state / "runc"), *arguments]

    def run(self, timeout=30):
        """To the end; what it said and its exit code."""
        command = self.runc("run", "--bundle", str(self.bundle), self.name)
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False
            )
        except subprocess.TimeoutExpired as late:
            return (late.stdout or b"").decode(errors="replace"), None
        finally:
            self.remove()
        return done.stdout, done.returncode

    def start(self):
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                self.runc("run", "--bundle", str(self.bundle), self.name),
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            )

    def execute(self, *arguments, timeout=15):
        """A command inside; its output, exit code and seconds."""
        began = time.monotonic()
        done = subprocess.run(
            self.runc("exec", self.name, *arguments),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, check=False,
        )
        return done.stdout, done.returncode, time.monotonic() - began

    def until(self, *arguments, seconds=60):
        """Seconds until a command inside succeeds, None when it never does."""
        began = time.monotonic()
        while time.monotonic() - began < seconds and self.process.poll() is None:
            if self.execute(*arguments)[1] == 0:
                return time.monotonic() - began
            time.sleep(0.1)
        return None

    def stop(self, signal, seconds=45):
        """Sends the signal; the exit code and the seconds it took, or None."""
        began = time.monotonic()
        subprocess.run(self.runc("kill", self.name, signal), check=False)
        try:
            return self.process.wait(seconds), time.monotonic() - began
        except subprocess.TimeoutExpired:
            return None, seconds

    def remove(self):
        subprocess.run(self.runc("delete", "--force", self.name), stderr=subprocess.DEVNULL, check=False)

    def said(self):
        return self.log.read_text(errors="replace")
