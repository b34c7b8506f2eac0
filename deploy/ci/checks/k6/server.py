"""server.py PORT good|failing|slow|wrong: answers as the API does, as far as the load test asks; then it fails 2 of 10 requests,
takes 300 ms, or says something else in its bodies."""

import http.server
import json
import sys
import time

ID = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11"
ACCOUNT = {"id": ID, "code": "6210", "name": {"en": "Rent"}, "type": "expense", "isPosting": True, "control": "none"}
BANK = {**ACCOUNT, "code": "1113", "name": {"en": "Bank"}, "type": "asset"}
ENTRY = {
    "id": ID, "status": "posted", "number": "GJ-2026-000001", "postingDate": "2026-01-31", "version": 1,
    "lineCount": 2, "lines": [{}, {}], "hash": "a1",
}
STATEMENT = {"scope": {"currency": "SAR"}, "sections": [], "results": []}
# By the end of the path, the longest first.
ANSWERS = {
    "/auth/token": {"access_token": "t", "token_type": "Bearer", "expires_in": 900, "refresh_token": "r"},
    "/accounts": {"items": [ACCOUNT, BANK], "nextCursor": None},
    f"/accounts/{ID}": ACCOUNT,
    f"/accounts/{ID}/ledger": {"openingBalance": "0.00", "closingBalance": "1.00", "items": []},
    "/journal-entries": {"items": [ENTRY], "nextCursor": None},
    f"/journal-entries/{ID}": ENTRY,
    "/dimensions": {"items": [], "nextCursor": None},
    "/reports/trial-balance": {"lines": [{}], "balanced": True},
    "/reports/income-statement": STATEMENT,
    "/me": {"user": {"id": ID}, "tenant": {"id": ID}, "permissions": []},
    "/health": {"status": "Healthy", "totalDuration": "00:00:00"},
}
# Requests before the load: signing in and looking up what it names.
BEFORE = 4


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    count = 0

    def answer(self):
        Handler.count += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = ANSWERS[self.path.removeprefix("/api/v1").partition("?")[0]]
        status = 200
        if self.command == "POST" and self.path.endswith("/journal-entries"):
            status, body = 201, ENTRY
        if Handler.count > BEFORE:
            if self.server.mode == "failing" and Handler.count % 5 == 0:
                status, body = 503, {}
            elif self.server.mode == "slow":
                time.sleep(0.3)
            elif self.server.mode == "wrong":
                body = {"items": [{}]}
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.mode = sys.argv[2]
    server.serve_forever()


if __name__ == "__main__":
    main()
