"""Links of the Markdown files that lead nowhere: to files that are not there and headings that no file has."""

import pathlib
import re
import subprocess
import sys
import urllib.parse

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")


def anchors(text):
    """As GitHub makes them of headings."""
    found = set()
    for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE):
        plain = re.sub(r"[`*_]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], capture_output=True, text=True, check=True).stdout
    broken, count = [], 0
    for name in filter(None, listed.split("\0")):
        path = pathlib.Path(name)
        if not path.exists():
            continue
        text = re.sub(r"^( {4}|```)[^\n]*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for target in LINK.findall(text):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            file, _, anchor = urllib.parse.unquote(target).partition("#")
            aim = path.parent / file if file else path
            if not aim.exists():
                broken.append(f"{name}: {target} leads nowhere")
            elif anchor and aim.suffix == ".md" and anchor not in anchors(aim.read_text(encoding="utf-8")):
                broken.append(f"{name}: {file} has no heading #{anchor}")
    print("\n".join(broken), end="\n" if broken else "")
    print(f"{count} links, {len(broken)} broken")
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
