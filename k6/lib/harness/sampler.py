"""Processor time and memory of the server while a load is offered."""

import threading
import time

EVERY_SECONDS = 0.5
# As long as the alerts and the autoscaler look back.
WINDOW_SECONDS = 60


class Sampler(threading.Thread):
    """Reads the group twice a second until it is ended."""

    def __init__(self, group):
        super().__init__(daemon=True)
        self.group = group
        self.ended = threading.Event()
        self.samples = []

    def run(self):
        while not self.ended.is_set():
            try:
                self.samples.append((time.monotonic(), self.group.usage()))
            except OSError:
                # The server is gone; the run says so itself.
                return
            self.ended.wait(EVERY_SECONDS)

    def end(self):
        self.ended.set()
        self.join()
        return Measured(self.group, self.samples)


class Measured:
    """What the samples say, as parts of what the server may use."""

    def __init__(self, group, samples):
        if len(samples) < 2:
            raise ValueError("the server could not be watched")
        (began, first), (ended, last) = samples[0], samples[-1]
        self.seconds = ended - began
        self.cpu_seconds = last.cpu - first.cpu
        self.cpu_mean = self.cpu_seconds / self.seconds / group.cpus
        self.cpu_worst_minute = self._worst(samples, WINDOW_SECONDS) / group.cpus
        self.cpu_worst_five_seconds = self._worst(samples, 5) / group.cpus
        self.throttled_seconds = last.throttled - first.throttled
        self.memory_peak_bytes = max(usage.memory for _, usage in samples)
        self.memory_peak = self.memory_peak_bytes / group.memory_bytes

    @staticmethod
    def _worst(samples, window):
        """The most processors in use over any stretch of so many seconds, or over the run where that is shorter."""
        worst, start = 0.0, 0
        whole = samples[-1][0] - samples[0][0]
        for now, usage in samples:
            while now - samples[start + 1][0] >= window if start + 1 < len(samples) else False:
                start += 1
            began, before = samples[start]
            if now - began >= min(window, whole) * 0.99:
                worst = max(worst, (usage.cpu - before.cpu) / (now - began))
        return worst
