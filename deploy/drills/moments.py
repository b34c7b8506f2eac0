"""moments.py write URL TOKEN FILE             posts every 50 ms until it is stopped; notes number, before and after in microseconds
moments.py check URL TOKEN FILE MOMENT      compares what is there with what was noted, as JSON: of the postings acknowledged `until`
                                            the moment those that are `missing`, of those begun `after` it those that are there, `extra`
moments.py since URL TOKEN FILE MOMENT      of the postings begun after the moment those that are `missing`; and how many legal numbers
                                            are in the books `twice`
moments.py lines COUNT FILE PART            a file for `erp-api import` with so many lines, four an entry; each part has other entries"""

import json
import sys
import time

from writer import Api, entry


def now():
    return time.time_ns() // 1000


def write(api, path):
    _, page = api.call("GET", "/journal-entries?limit=1&status=posted&sort=-postingDate")
    api.date = page["items"][0]["postingDate"]
    with open(path, "a", encoding="utf-8", buffering=1) as file:
        number = 0
        while True:
            before = now()
            status, answer = api.call("POST", "/journal-entries", entry(api, number))
            if status == 201:
                file.write(f"{answer['id']} {before} {now()}\n")
            number += 1
            time.sleep(0.05)


def check(api, path, moment):
    done = {"until": 0, "missing": 0, "after": 0, "extra": 0}
    with open(path, encoding="utf-8") as file:
        for line in file:
            identity, before, after = line.split()
            if int(after) > moment >= int(before):
                continue
            status, _ = api.call("GET", f"/journal-entries/{identity}")
            if int(after) <= moment:
                done["until"] += 1
                done["missing"] += status != 200
            else:
                done["after"] += 1
                done["extra"] += status != 404
    print(json.dumps(done))


def since(api, path, moment):
    done = {"until": 0, "missing": 0, "twice": 0}
    with open(path, encoding="utf-8") as file:
        for line in file:
            identity, before, _ = line.split()
            if int(before) > moment:
                done["until"] += 1
                done["missing"] += api.call("GET", f"/journal-entries/{identity}")[0] != 200
    numbers, cursor = [], ""
    while cursor is not None:
        _, page = api.call("GET", f"/journal-entries?limit=1000&status=posted&sort=number{cursor}")
        numbers += [(item["journal"]["code"] if isinstance(item.get("journal"), dict) else "", item["number"]) for item in page["items"]]
        cursor = f"&cursor={page['nextCursor']}" if page.get("nextCursor") else None
    done["twice"] = len(numbers) - len(set(numbers))
    print(json.dumps(done))


def lines(count, path, part):
    with open(path, "w", encoding="utf-8") as file:
        file.write("entry,date,account,debit,credit,description\n")
        for number in range(count // 4):
            date = f"2025-{number % 12 + 1:02}-{number % 28 + 1:02}"
            amount = number % 9000 + 1
            for account, debit, credit in (
                ("1113", f"{amount}.50", ""),
                ("1111", "", f"{amount}.25"),
                ("1111", "1.00", ""),
                ("1113", "", "1.25"),
            ):
                file.write(f"D{part}-{number},{date},{account},{debit},{credit},Drill\n")


def main():
    command, *rest = sys.argv[1:]
    if command == "lines":
        return lines(int(rest[0]), rest[1], rest[2])
    api = Api(rest[0], rest[1])
    if command == "write":
        return write(api, rest[2])
    return {"check": check, "since": since}[command](api, rest[2], int(rest[3]))


if __name__ == "__main__":
    main()
