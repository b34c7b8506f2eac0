"""What of a /metrics page the table needs: counters and histograms between two moments."""

import re

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Page:
    """The samples of a page: (name, labels) -> value."""

    def __init__(self, text):
        self.samples = {}
        for line in text.splitlines():
            found = SAMPLE.match(line)
            if found:
                labels = frozenset(LABEL.findall(found[2] or ""))
                self.samples[found[1], labels] = float(found[3])

    def sum(self, name, **wanted):
        """All samples of a name with these labels together."""
        total = 0.0
        for (sample, labels), value in self.samples.items():
            if sample == name and wanted.items() <= dict(labels).items():
                total += value
        return total

    def values(self, name, label):
        """The values that a label of a metric has."""
        return sorted(
            {dict(labels)[label] for (sample, labels) in self.samples if sample == name and label in dict(labels)}
        )

    def buckets(self, name):
        """Bounds with what has been counted up to each, over all labels."""
        found = {}
        for (sample, labels), value in self.samples.items():
            if sample == f"{name}_bucket":
                bound = float(dict(labels)["le"])
                found[bound] = found.get(bound, 0.0) + value
        return found


def increase(before, after, name, **labels):
    return after.sum(name, **labels) - before.sum(name, **labels)


def quantile(before, after, name, part):
    """As PromQL's histogram_quantile over the increase; None without a sample."""
    earlier = before.buckets(name)
    bounds = sorted((bound, count - earlier.get(bound, 0.0)) for bound, count in after.buckets(name).items())
    if not bounds or bounds[-1][1] <= 0:
        return None
    rank, low, below = part * bounds[-1][1], 0.0, 0.0
    for bound, count in bounds:
        if count >= rank:
            if bound == float("inf"):
                return low
            width = count - below
            return bound if width == 0 else low + (bound - low) * (rank - below) / width
        low, below = bound, count
    return low


def hit_rates(before, after):
    """Of each class of the cache in this process: hits as a part of look-ups, with their number."""
    rates = {}
    for name in after.values("cache_hits_total", "class"):
        hits = increase(before, after, "cache_hits_total", **{"class": name, "level": "memory"})
        misses = increase(before, after, "cache_misses_total", **{"class": name, "level": "memory"})
        if hits + misses > 0:
            rates[name] = {"hits": hits, "lookUps": hits + misses, "ratio": hits / (hits + misses)}
    return rates
