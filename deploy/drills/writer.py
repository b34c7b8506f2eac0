"""writer.py write URL TOKEN FILE    posts entries one after the other until it is stopped; notes each acknowledged one
writer.py check URL TOKEN FILE    "LOST, GAPS of COUNT": acknowledged entries that are not there as acknowledged, and numbers
                                  that are missing between the first and the last of the ledger"""

import http.client
import json
import re
import sys
import time
import urllib.parse

PAUSE_SECONDS = 0.02


class Api:
    def __init__(self, url, token):
        self.place, self.token = urllib.parse.urlsplit(url).netloc, token
        self.connection = None

    def call(self, method, path, body=None, key=None):
        """Status and JSON; 0 when nobody answered."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.place, timeout=40)
            self.connection.request(method, f"/api/v1{path}", body and json.dumps(body), headers)
            answer = self.connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException, ValueError):
            self.connection = None
            return 0, None


def entry(api, number):
    accounts = ("1113", "1111")
    return {
        "postingDate": api.date,
        "description": "Drill",
        "reference": f"D-{number}",
        "post": True,
        "lines": [
            {"accountCode": accounts[number % 2], "debit": "1.00"},
            {"accountCode": accounts[1 - number % 2], "credit": "1.00"},
        ],
    }


def write(api, path):
    _, page = api.call("GET", "/journal-entries?limit=1&status=posted&sort=-postingDate")
    api.date = page["items"][0]["postingDate"]
    stamp = int(time.time())
    with open(path, "a", encoding="utf-8", buffering=1) as file:
        number = 0
        while True:
            # What was not answered is asked for again under its key, as a client does.
            status, answer = api.call("POST", "/journal-entries", entry(api, number), f"drill-{stamp}-{number}")
            if status == 201:
                file.write(f"{answer['id']} {answer['number']}\n")
                number += 1
                time.sleep(PAUSE_SECONDS)
            elif status in (0, 408, 429, 500, 503, 504):
                time.sleep(0.3)
            else:
                sys.exit(f"{status} {answer}")


def check(api, path):
    with open(path, encoding="utf-8") as file:
        acknowledged = [line.split() for line in file]
    lost = 0
    for identity, number in acknowledged:
        status, found = api.call("GET", f"/journal-entries/{identity}")
        lost += status != 200 or found["number"] != number or found["status"] != "posted"
    numbers = sorted(int(re.search(r"(\d+)$", number)[1]) for _, number in acknowledged)
    gaps = numbers[-1] - numbers[0] + 1 - len(set(numbers)) if numbers else 0
    print(f"{lost}, {gaps} of {len(acknowledged)}")


def main():
    command, url, token, path = sys.argv[1:]
    {"write": write, "check": check}[command](Api(url, token), path)


if __name__ == "__main__":
    main()
