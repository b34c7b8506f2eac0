"""What a drill sees of an address over time.

watch.py run URL FILE SECONDS       asks every SECONDS on a new connection, as a probe does, and notes a line for each answer:
                                    moment (ms since 1970), milliseconds it took, status (000: none), what the body says
                                    (`status` of a health report, or -), who served it (X-Served-By, or -)
watch.py first FILE SINCE FIELD=VALUE   milliseconds from SINCE until the first such answer had come, or -
watch.py last FILE SINCE FIELD=VALUE    the same of the last one
watch.py count FILE SINCE FIELD=VALUE   how many; FIELD!=VALUE counts the others
watch.py p95 FILE SINCE UNTIL           of the answers asked for between two moments
"""

import http.client
import json
import sys
import time
import urllib.parse

FIELDS = ("moment", "took", "status", "says", "by")


def ask(url):
    parts = urllib.parse.urlsplit(url)
    began = time.time()
    status, says, by = "000", "-", "-"
    try:
        connection = http.client.HTTPConnection(parts.netloc, timeout=5)
        connection.request("GET", f"{parts.path}?{parts.query}" if parts.query else parts.path)
        answer = connection.getresponse()
        body = answer.read()
        status, by = str(answer.status), answer.getheader("X-Served-By") or "-"
        if body[:1] == b"{":
            says = str(json.loads(body).get("status", "-"))
        connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        pass
    return f"{began * 1000:.1f} {(time.time() - began) * 1000:.1f} {status} {says} {by}\n"


def run(url, path, every):
    with open(path, "a", encoding="utf-8", buffering=1) as file:
        while True:
            due = time.time() + float(every)
            file.write(ask(url))
            time.sleep(max(0.0, due - time.time()))


def answers(path, since, until="inf"):
    with open(path, encoding="utf-8") as file:
        lines = [dict(zip(FIELDS, line.split())) for line in file if line.endswith("\n")]
    for one in lines:
        one["moment"], one["took"] = float(one["moment"]), float(one["took"])
    return [one for one in lines if float(since) <= one["moment"] <= float(until)]


def matching(path, since, condition):
    field, _, value = condition.partition("=")
    wanted = not field.endswith("!")
    field = field.rstrip("!")
    return [one for one in answers(path, since) if (one[field] == value) == wanted]


def main():
    command, *arguments = sys.argv[1:]
    if command == "run":
        run(*arguments)
    elif command in ("first", "last"):
        path, since, condition = arguments
        found = matching(path, since, condition)
        one = found[0 if command == "first" else -1] if found else None
        print("-" if one is None else f"{one['moment'] + one['took'] - float(since):.0f}")
    elif command == "count":
        print(len(matching(*arguments)))
    elif command == "p95":
        took = sorted(one["took"] for one in answers(*arguments))
        print("-" if not took else f"{took[min(len(took) - 1, int(len(took) * 0.95))]:.1f}")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
