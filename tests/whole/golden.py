#!/usr/bin/python3
"""Draw pages of the books and compare their hashes with golden.txt.

usage: golden.py BUILD FONTS [--update] [--under COMMAND]

BUILD holds the kite program to use. The hashes are of the pixels (PGM), so any compiler and any flags must give the
same. A page that changes on purpose is looked at before --update. --under starts kite by a command, such as an emulator's.
"""

import hashlib
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden.txt")
BOOKS = ["guide.en", "guide.es", "prison-imperialism.en", "sampler"]
SETTINGS = {
    "book-300": ["--panel", "1072x1448@300"],
    "book-167": ["--panel", "600x800@167"],
    "large-220": ["--panel", "480x800@220", "--profile", "large"],
    "dyslexia-night": ["--panel", "600x800@167x4", "--profile", "dyslexia", "--night", "--rotate", "90"],
    "justified": ["--panel", "758x1024@212", "--align", "justified", "--chars", "55"],
}


def draw(kite, fonts, book, setting, folder):
    bundle = os.path.join(folder, book + ".kite")
    if not os.path.exists(bundle):
        subprocess.run(kite + ["pack", "--fast", "books/%s.md" % book, "-o", bundle], check=True,
                       stderr=subprocess.DEVNULL)
    out = os.path.join(folder, book + "-" + setting)
    os.mkdir(out)
    subprocess.run(kite + ["render", bundle, "--all", "--format", "pgm", "-o", out, "--fonts", fonts]
                   + SETTINGS[setting], check=True)
    lines = []
    for name in sorted(os.listdir(out)):
        with open(os.path.join(out, name), "rb") as page:
            lines.append("%s %s %s %s" % (book, setting, name.split(".")[0], hashlib.sha256(page.read()).hexdigest()[:32]))
    return lines


def main():
    build, fonts = sys.argv[1:3]
    under = sys.argv[sys.argv.index("--under") + 1].split() if "--under" in sys.argv else []
    kite = under + [build + "/kite"]
    with tempfile.TemporaryDirectory() as folder:
        found = [line for book in BOOKS for setting in SETTINGS for line in draw(kite, fonts, book, setting, folder)]
    if "--update" in sys.argv:
        with open(GOLDEN, "w", encoding="ascii") as golden:
            golden.write("\n".join(found) + "\n")
        return 0
    with open(GOLDEN, encoding="ascii") as golden:
        expected = golden.read().split("\n")[:-1]
    for line in sorted(set(found) ^ set(expected)):
        print("differs:" if line in found else "expected:", line)
    print(len(found), "pages")
    return 0 if found == expected else 1


sys.exit(main())
