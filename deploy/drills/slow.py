"""slow.py URL TOKEN SECONDS: an import, checked only, whose body takes so long to come. Prints its status and milliseconds."""

import http.client
import sys
import time
import urllib.parse

PIECES = 40


def main():
    url, token, seconds = sys.argv[1:]
    rows = [f"D{number:03},Drill {number},asset\n" for number in range(PIECES)]
    body = ["code,name,type\n", *rows]
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)
    began = time.monotonic()
    connection.putrequest("POST", "/api/v1/imports?type=accounts&dryRun=true")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader("Content-Type", "text/csv")
    connection.putheader("Content-Length", str(sum(map(len, body))))
    connection.endheaders()
    for piece in body:
        connection.send(piece.encode())
        time.sleep(float(seconds) / len(body))
    answer = connection.getresponse()
    answer.read()
    print(f"{answer.status} after {(time.monotonic() - began) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
