"""Backups and maintenance on one calendar: what deploy/sql/agent-jobs and deploy/k8s/components/backup plan for January and February
2024, a leap year (GV12). Prints a line for each fault and exits with 1.

Not called `calendar`: the scripts beside it would import it in the place of Python's own.
"""

import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import yaml

JOBS = Path("deploy/sql/agent-jobs")
CRONS = Path("deploy/k8s/components/backup")
SCRIPTS = Path("deploy/sql")
FIRST, END = datetime(2024, 1, 1), datetime(2024, 3, 1)
BACKUPS = {"full": 60, "diff": 180, "log": 17280}
MAINTENANCE = ("index-optimize", "statistics", "integrity-check")
# What the rebuilds of a night leave is not sampled over in the same night (X63).
AFTER_REBUILD = timedelta(hours=12)
# Days of the week as the days of datetime.weekday(): SQL Agent's bits begin on Sunday, cron's numbers, too.
SUNDAY_FIRST = [6, 0, 1, 2, 3, 4, 5]
faults = []


@dataclass
class Job:
    source: Path
    minutes: int
    moments: list

    def windows(self):
        return [(moment, moment + timedelta(minutes=self.minutes)) for moment in self.moments]


def fault(source, text):
    faults.append(f"{source}: {text}")


def days():
    day = FIRST
    while day < END:
        yield day
        day += timedelta(days=1)


def agent_job(path):
    text = "\n".join(line.split("-- ", 1)[0] if not line.startswith("--") else line for line in path.read_text().splitlines())

    def number(name):
        found = re.findall(rf"{re.escape(name)}\s*[=:]\s*(\d+)", text)
        if len(found) != 1:
            raise ValueError(f"{name} is there {len(found)} times")
        return int(found[0])

    def clock(name):
        value = number(name)
        return timedelta(hours=value // 10000, minutes=value // 100 % 100, seconds=value % 100)

    kind, interval = number("@freq_type"), number("@freq_interval")
    if kind == 4 and interval == 1:
        wanted = set(range(7))
    elif kind == 8 and number("@freq_recurrence_factor") == 1:
        wanted = {SUNDAY_FIRST[bit] for bit in range(7) if interval >> bit & 1}
    else:
        raise ValueError(f"@freq_type {kind} with @freq_interval {interval} is not understood")
    subday = number("@freq_subday_type")
    unit = {1: None, 4: timedelta(minutes=1), 8: timedelta(hours=1)}[subday]
    moments = []
    for day in days():
        if day.weekday() not in wanted:
            continue
        at, last = day + clock("@active_start_time"), day + clock("@active_end_time")
        while at <= last:
            moments.append(at)
            if unit is None:
                break
            at += unit * number("@freq_subday_interval")
    for script in re.findall(r"\$\(Folder\)/([\w./-]+)", text):
        if not (SCRIPTS / script).is_file():
            fault(path, f"runs {script}, which is not there")
    if "SYSDATETIMEOFFSET()) <> N'+00:00'" not in text:
        fault(path, "does not refuse a server whose clock is not on UTC")
    return Job(path, number("-- Minutes"), moments)


def cron_field(text, low, high):
    values = set()
    for part in text.split(","):
        part, _, step = part.partition("/")
        if part == "*":
            first, last = low, high
        elif "-" in part:
            first, last = map(int, part.split("-"))
        else:
            first = last = int(part)
            if step:
                last = high
        if not low <= first <= last <= high:
            raise ValueError(f"{text} is out of range")
        values.update(range(first, last + 1, int(step or 1)))
    return values


def cron_moments(schedule):
    fields = schedule.split()
    if len(fields) != 5:
        raise ValueError(f"{schedule!r} has not five fields")
    minutes, hours = cron_field(fields[0], 0, 59), cron_field(fields[1], 0, 23)
    if fields[2] != "*" or fields[3] != "*":
        raise ValueError(f"{schedule!r}: days of months are not understood")
    weekdays = {SUNDAY_FIRST[day % 7] for day in cron_field(fields[4], 0, 7)} if fields[4] != "*" else set(range(7))
    return [
        day + timedelta(hours=hour, minutes=minute)
        for day in days()
        if day.weekday() in weekdays
        for hour in sorted(hours)
        for minute in sorted(minutes)
    ]


def cron_jobs():
    found = {}
    for path in sorted(CRONS.glob("cron-*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            if not document or document.get("kind") != "CronJob":
                continue
            spec = document["spec"]
            if spec.get("timeZone") != "Etc/UTC":
                fault(path, f"timeZone is {spec.get('timeZone')}, not Etc/UTC")
            if spec.get("concurrencyPolicy") != "Forbid":
                fault(path, "two runs at once are not forbidden")
            found[path.stem.removeprefix("cron-")] = (path, cron_moments(str(spec["schedule"])))
    return found


def overlap(one, two):
    """The first meeting of two jobs."""
    for begins, ends in one.windows():
        for other, end in two.windows():
            if begins < end and other < ends:
                return max(begins, other)
    return None


def main():
    jobs = {}
    for path in sorted(JOBS.glob("*.sql")):
        try:
            jobs[path.stem] = agent_job(path)
        except (ValueError, KeyError) as error:
            fault(path, error)
    for name in [*BACKUPS, *MAINTENANCE]:
        if name not in jobs:
            fault(JOBS / f"{name}.sql", "there is no such job, or it cannot be read")
    if faults:
        return
    for name, count in BACKUPS.items():
        if len(jobs[name].moments) != count:
            fault(jobs[name].source, f"{len(jobs[name].moments)} runs in January and February 2024, not {count}")
    full = jobs["full"]
    ends = (full.moments[0], full.moments[-1])
    if ends != (datetime(2024, 1, 1, 2), datetime(2024, 2, 29, 2)) or any(moment.hour != 2 for moment in full.moments):
        fault(full.source, f"runs from {ends[0]} to {ends[1]}, not daily at 02:00")
    if {moment.strftime("%H:%M") for moment in jobs["diff"].moments} != {"08:00", "14:00", "20:00"}:
        fault(jobs["diff"].source, "not at 08:00, 14:00 and 20:00")
    beside = ["full", "diff", *MAINTENANCE]
    for index, one in enumerate(beside):
        for two in beside[index + 1 :]:
            if (met := overlap(jobs[one], jobs[two])) is not None:
                fault(jobs[two].source, f"meets {one} on {met:%A %Y-%m-%d %H:%M}")
    for _, rebuilt in jobs["index-optimize"].windows():
        for moment in jobs["statistics"].moments:
            if rebuilt <= moment < rebuilt + AFTER_REBUILD:
                fault(jobs["statistics"].source, f"{moment:%A %Y-%m-%d %H:%M} is right after the rebuild that ends {rebuilt:%H:%M}")
                break
    crons = cron_jobs()
    for name, (path, moments) in crons.items():
        if name in BACKUPS and moments != jobs[name].moments:
            fault(path, f"is not at the times of {jobs[name].source}")
    if crons:
        for name in BACKUPS:
            if name not in crons:
                fault(CRONS, f"there is no cron-{name}.yaml")
        drill = crons.get("restore-drill")
        if drill and {moment.strftime("%a %H:%M") for moment in drill[1]} != {"Sun 05:00"}:
            fault(drill[0], "not on Sunday at 05:00")
        inventory = crons.get("inventory")
        if inventory and len(inventory[1]) != (END - FIRST).days:
            fault(inventory[0], "not once a day")
    print(f"{', '.join(f'{len(jobs[name].moments)} {name}' for name in BACKUPS)}; {len(crons)} schedules of the cluster")


main()
for line in faults:
    print(line)
sys.exit(bool(faults))
