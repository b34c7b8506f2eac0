"""What an instance's configuration says of some keys over time, each look at all of them at once.

values.py run URL FILE KEY…         looks at /debug/config twenty times a second; a line for each: moment and the values
values.py first FILE SINCE VALUE…   milliseconds from SINCE until the first look that has all these values, or -
values.py count FILE SINCE VALUE    looks since then whose first value is this
values.py half FILE DISTANCE        looks whose second value is not DISTANCE above the first: of two different sets
"""

import re
import sys
import time
import urllib.request

PAUSE_SECONDS = 0.05


def run(url, path, *keys):
    patterns = [re.compile(rf"^{re.escape(key)}=(\S+)", re.MULTILINE | re.IGNORECASE) for key in keys]
    with open(path, "a", encoding="utf-8", buffering=1) as file:
        while True:
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    text = answer.read().decode()
                found = [pattern.search(text) for pattern in patterns]
                file.write(" ".join([str(int(time.time() * 1000)), *(one[1] if one else "-" for one in found)]) + "\n")
            except OSError:
                pass
            time.sleep(PAUSE_SECONDS)


def looks(path, since=0):
    with open(path, encoding="utf-8") as file:
        lines = [line.split() for line in file if line.endswith("\n")]
    return [(int(moment), values) for moment, *values in lines if int(moment) >= int(since)]


def main():
    command, path, *rest = sys.argv[1:]
    if command == "run":
        run(path, *rest)
    elif command == "first":
        since, *wanted = rest
        found = [moment for moment, values in looks(path, since) if values == wanted]
        print(found[0] - int(since) if found else "-")
    elif command == "count":
        print(sum(values[0] == rest[1] for _, values in looks(path, rest[0])))
    elif command == "half":
        print(sum(int(values[1]) - int(values[0]) != int(rest[0]) for _, values in looks(path)))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
