"""Whether a migration plan (standard input) only adds: the version that still runs has to work on the new schema.

Taking away, renaming and narrowing belong into the release after next. A file that has to do it anyway says so in a comment
`-- contract: why the versions before do not mind`, before the statement.
"""

import re
import sys

TAKES_AWAY = (
    (re.compile(r"^DROP (TABLE|VIEW|SCHEMA|DATABASE)\b", re.I), "removes a {0}"),
    (re.compile(r"^ALTER TABLE .*\bDROP\b(?! CONSTRAINT)", re.I | re.S), "drops a column"),
    (re.compile(r"^ALTER TABLE .*\bRENAME\b", re.I | re.S), "renames"),
    (re.compile(r"^ALTER TABLE .*\bALTER COLUMN\b.*\bNOT NULL\b", re.I | re.S), "makes a column required"),
    (re.compile(r"^ALTER TABLE .*\bADD\b(?! CONSTRAINT)(?!.*\bDEFAULT\b).*\bNOT NULL\b", re.I | re.S), "adds a required column without a default"),
    (re.compile(r"^EXEC(UTE)? +sp_rename\b", re.I), "renames"),
    (re.compile(r"^(DELETE FROM|TRUNCATE TABLE)\b", re.I), "removes rows"),
)
CONTRACT = re.compile(r"--\s*contract:\s*\S")


def statements(text):
    """(text, first line, allowed) of each; comments are dropped, texts in quotes stay whole, BEGIN … END of triggers too."""
    found, current, line, allowed, began, depth = [], "", 1, False, None, 0
    for number, raw in enumerate(text.splitlines(), 1):
        if CONTRACT.search(raw):
            allowed = True
        bare = re.sub(r"('(?:[^']|'')*')|--.*$", lambda match: match[1] or "", raw)
        if bare.strip().upper() == "GO":
            bare = ";"
        if not bare.strip():
            continue
        began = began or number
        current += bare + "\n"
        if re.match(r"\s*CREATE (OR ALTER )?TRIGGER", current, re.I):
            depth += len(re.findall(r"\bBEGIN\b", bare, re.I)) - len(re.findall(r"\bEND\b(?!\s*(IF|CASE))", bare, re.I))
            depth += len(re.findall(r"\bCASE\b", bare, re.I))
        if bare.rstrip().endswith(";") and depth <= 0:
            found.append((current.strip().rstrip(";").strip(), began, allowed))
            current, allowed, began, depth = "", False, None, 0
    if current.strip():
        found.append((current.strip(), began, allowed))
    return [one for one in found if one[0]]


def created(all_statements):
    """Tables that the plan itself makes: nobody uses them yet."""
    names = set()
    for text, *_ in all_statements:
        match = re.match(r"CREATE TABLE (?:IF NOT EXISTS )?(?:dbo\.)?\[?\"?(\w+)", text, re.I)
        renamed = re.match(r"ALTER TABLE (\w+) RENAME TO (\w+)", text, re.I)
        if match:
            names.add(match[1].lower())
        elif renamed and renamed[1].lower() in names:
            names.add(renamed[2].lower())
    return names


def main():
    text = sys.stdin.read()
    all_statements = statements(text)
    own, found = created(all_statements), []
    for statement, line, allowed in all_statements:
        table = re.match(r"(?:ALTER TABLE|DELETE FROM|DROP TABLE(?: IF EXISTS)?|TRUNCATE TABLE) (?:dbo\.)?\[?\"?(\w+)", statement, re.I)
        if allowed or (table and table[1].lower() in own):
            continue
        for pattern, what in TAKES_AWAY:
            match = pattern.match(statement)
            if match:
                found.append(f"line {line}: {what.format(*(match.groups() or ('',))).lower()}: {' '.join(statement.split())[:90]}")
                break
    print("\n".join(found), end="\n" if found else "")
    print(f"{len(all_statements)} statements, {len(found)} of them take something away")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
