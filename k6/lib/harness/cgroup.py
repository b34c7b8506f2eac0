"""A control group of a run's own, version 1 or 2, where this process may make one; otherwise the figures of /proc."""

import os
from pathlib import Path

PERIOD_US = 100_000
ROOT = Path("/sys/fs/cgroup")


def resident(process):
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Usage:
    """Processor seconds since the start, bytes of memory that cannot be dropped, and seconds of being held back."""

    def __init__(self, cpu, memory, throttled):
        self.cpu = cpu
        self.memory = memory
        self.throttled = throttled


def _field(path, name):
    for line in path.read_text().splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


class Group:
    """Directories of the group, and how they are read."""

    def __init__(self, cpus, memory_mib):
        self.cpus = cpus
        self.memory_bytes = memory_mib << 20
        self.directories = []
        name = f"erp-load-{os.getpid()}"
        quota = int(cpus * PERIOD_US)
        if (ROOT / "cgroup.controllers").is_file():
            self.version = 2
            place = self._make(ROOT / name)
            (place / "memory.max").write_text(str(self.memory_bytes))
            (place / "cpu.max").write_text(f"{quota} {PERIOD_US}")
            self.memory = self.cpu = self.accounting = place
        else:
            self.version = 1
            self.memory = self._make(self._mounted("memory") / name)
            (self.memory / "memory.limit_in_bytes").write_text(str(self.memory_bytes))
            self.cpu = self._make(self._mounted("cpu") / name)
            (self.cpu / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (self.cpu / "cpu.cfs_quota_us").write_text(str(quota))
            # Often the same directory under another name.
            accounting = self._mounted("cpuacct") / name
            self.accounting = accounting if accounting.is_dir() else self._make(accounting)

    def _make(self, directory):
        directory.mkdir()
        self.directories.append(directory)
        return directory

    @staticmethod
    def _mounted(controller):
        """Where this process's own group of a controller of version 1 is."""
        mounted = ROOT / controller
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, below = line.split(":", 2)
            if controller in names.split(","):
                nested = mounted / below.lstrip("/")
                return nested if nested.is_dir() else mounted
        return mounted

    def enter(self, command):
        """The command, which first enters the group."""
        moves = " && ".join(f"echo $$ > '{directory}/cgroup.procs'" for directory in self.directories)
        return ["bash", "-c", f'{moves} && exec "$0" "$@"', *command]

    def usage(self):
        if self.version == 2:
            used = _field(self.accounting / "cpu.stat", "usage_usec") / 1e6
            total = int((self.memory / "memory.current").read_text())
            idle = _field(self.memory / "memory.stat", "inactive_file")
            throttled = _field(self.cpu / "cpu.stat", "throttled_usec") / 1e6
        else:
            used = int((self.accounting / "cpuacct.usage").read_text()) / 1e9
            total = int((self.memory / "memory.usage_in_bytes").read_text())
            idle = _field(self.memory / "memory.stat", "total_inactive_file")
            throttled = _field(self.cpu / "cpu.stat", "throttled_time") / 1e9
        # As a kubelet counts: pages of files that nobody uses go before anything is killed. The program's own pages may be
        # on the account of the group that ran it first, so what the process holds is looked at, too.
        held = sum(resident(process) for process in (self.memory / "cgroup.procs").read_text().split())
        return Usage(used, max(held, total - idle), throttled)

    def killed(self):
        """How often the kernel killed for want of memory."""
        if self.version == 2:
            return _field(self.memory / "memory.events", "oom_kill")
        return _field(self.memory / "memory.oom_control", "oom_kill")

    def remove(self):
        for directory in reversed(self.directories):
            try:
                directory.rmdir()
            except OSError:
                # A process is still ending; the empty group does no harm.
                pass

    def __str__(self):
        return f"{self.cpus:g} CPU and {self.memory_bytes >> 20} MiB (control group, version {self.version})"


class Bare:
    """No limits: the server has the machine, and its figures come from /proc."""

    def __init__(self, reason):
        self.reason = reason
        self.cpus = float(os.cpu_count() or 1)
        self.memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        self.process = None

    def enter(self, command):
        return command

    def usage(self):
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return Usage(used, resident(self.process), 0.0)

    def killed(self):
        return 0

    def remove(self):
        pass

    def __str__(self):
        return f"NOT limited, the whole machine: {self.reason}"


def limits(cpus, memory_mib):
    """The group, or the whole machine with the reason why there is none."""
    try:
        return Group(cpus, memory_mib)
    except OSError as error:
        return Bare(f"no control group could be made ({error.filename or 'cgroup'}: {error.strerror})")
