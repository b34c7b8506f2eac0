"""A tenant with data and users, made over the API before anything is measured."""

import datetime
import http.client
import json
import random
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from server import Failed

# Passwords are hashed two at a time; more callers would only wait.
SIGN_INS_AT_ONCE = 4
IMPORT_ENTRIES = 5_000
IMPORT_MAX_SECONDS = 180


class Client:
    """One connection; a JSON answer, or Failed with what the server said."""

    def __init__(self, url, token=None):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
        self.token = token

    def call(self, method, path, body=None, kind="application/json", headers=None):
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            headers["Content-Type"] = kind
            body = json.dumps(body) if kind == "application/json" else body
        self.connection.request(method, f"/api/v1{path}", body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {text[:400]}")
        return json.loads(text) if text else None


def sign_in(url, email, password):
    form = urllib.parse.urlencode({"grant_type": "password", "username": email, "password": password})
    return Client(url).call("POST", "/auth/token", form, kind="application/x-www-form-urlencoded")


def fill(client, entries, seed=1):
    """Entries of two lines between balance sheet accounts, over the months of this year so far."""
    query = "/accounts?limit=1000&fields=code,isPosting,type,control,requiresParty,currency"
    plain = [
        account["code"]
        for account in client.call("GET", query)["items"]
        if account["isPosting"]
        and account["control"] == "none"
        and not account["requiresParty"]
        and account.get("currency") is None
        and account["type"] in ("asset", "liability", "equity")
    ]
    if len(plain) < 2:
        raise Failed("the chart has no two accounts to post between")
    chance, today = random.Random(seed), datetime.date.today()
    rows = ["entry,date,description,account,debit,credit"]
    for number in range(entries):
        day = datetime.date(today.year, 1, 1) + (today - datetime.date(today.year, 1, 1)) * number // entries
        amount = f"{chance.randrange(100, 100_000) / 100:.2f}"
        debit, credit = chance.sample(plain, 2)
        rows.append(f"L{number},{day},Prepared,{debit},{amount},")
        rows.append(f"L{number},{day},Prepared,{credit},,{amount}")
    path = "/imports?type=journal-entries&post=true&createPeriods=true&allowDuplicate=true"
    answer = client.call("POST", path, "\n".join(rows) + "\n", "text/csv", {"Prefer": "wait=60"})
    began = time.monotonic()
    while answer.get("status") in ("queued", "running"):
        if time.monotonic() - began > IMPORT_MAX_SECONDS:
            raise Failed("the import of the prepared entries did not end")
        time.sleep(0.5)
        answer = client.call("GET", f"/jobs/{answer['id']}")
    if answer.get("status") in ("failed", "cancelled"):
        raise Failed(f"the import of the prepared entries failed: {json.dumps(answer)[:600]}")
    return len(plain)


def users(url, admin_token, count, password):
    """So many people who may do what the journeys do, each signed in."""
    admin = Client(url, admin_token)
    roles = {role["code"]: role["id"] for role in admin.call("GET", "/roles?limit=100&fields=id,code")["items"]}
    role = roles.get("accountant") or roles.get("administrator")
    if role is None:
        raise Failed(f"no role to give to the users: {', '.join(roles)}")
    stamp = int(time.time())

    def one(number):
        email = f"user{number}.{stamp}@load.example"
        body = {"email": email, "name": f"User {number}", "roleIds": [role]}
        invitation = Client(url, admin_token).call("POST", "/invitations", body)
        accepted = {"token": invitation["token"], "password": password}
        Client(url).call("POST", "/auth/invitations/accept", accepted)
        return {"email": email, "password": password}

    with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
        return list(pool.map(one, range(count)))


def sessions(url, people):
    """Tokens of all, as late as possible before the load."""

    def one(person):
        token = sign_in(url, person["email"], person["password"])
        # Exchanged at some moment of its last third, as auth.js does it.
        life = token["expires_in"] * (0.6 + 0.3 * random.random())
        return {**person, "access": token["access_token"], "renewAt": int((time.time() + life) * 1000)}

    with ThreadPoolExecutor(SIGN_INS_AT_ONCE) as pool:
        return list(pool.map(one, people))
