#!/usr/bin/python3
"""Walk through the screens of the reader by a script, and compare the hashes of all frames with golden_frames.txt.

usage: golden_frames.py BUILD FONTS [--update] [--keep DIR] [--only NAME] [--under COMMAND]

BUILD holds the kite-emulator to use, and books/ packed by it. The tour is played on three panels, in Book, Large
and Very large print, in English and Spanish; in Book it is played twice and must give the same frames. --keep leaves the frames as PNG in
DIR/NAME, to be looked at before --update. --under plays one short tour through a command, such as valgrind, and
compares it with the tour played without.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden_frames.txt")
PANELS = {"300": "1072x1448@300", "167": "600x800@167", "220": "480x800@220"}
LOOKS = {"book": (0, "en"), "large": (3, "es"), "very-large": (4, "en")}  # row of the profile, language
LANGUAGES = {"en": 0, "es": 1}
BOOKS = ["guide.en", "guide.es", "prison-imperialism.en", "sampler"]


def keys(name, times):
    return ["key %s %d" % (name, times)] if times else []


def choose(row):
    """Move to a row of the list in front, counted from where the keys stand, and select it."""
    return keys("next", row) + ["key select", "wait 1s"]


BACK = ["key menu", "wait 1s"]
HOME = ["power cut", "wait 3s"]  # also proves that the page comes back


def menu(row):
    return BACK + choose(row)  # the menu key opens the menu on a page


def more(row):
    return menu(7) + choose(row)


def letter(line, column):
    """One cell of the keyboard, from its first line, and back to the first line."""
    return keys("next", line) + ["key select"] + keys("next", column) + ["key select", "key menu"] + keys("previous", line)


def set_up(profile, language):
    steps = ["wait 1s", "expect screen library", "key menu"] + choose(4) + ["expect screen settings"] + choose(0) * language
    steps += BACK + BACK + ["key menu"] + choose(2) + ["expect screen type"] + choose(1)
    steps += choose(profile) if profile else []
    return steps + BACK + BACK + BACK + ["expect screen library"]


def tour():
    library = ["key next", "key previous"] + keys("previous", 1) + ["key select", "expect screen sort", "wait 1s"]
    for field in (1, 1, 1):
        library += choose(field) + ["expect screen choose", "key menu"]
    library += BACK + keys("next", 2) + ["key select", "wait 1s", "expect screen page", "idle"]  # the sampler
    pages = ["key next", "wait 1s"] * 3
    contents = menu(2) + ["expect screen contents", "key next", "key select", "wait 1s", "expect screen page"]
    menus = ["key menu"] + keys("next", 8) + ["key select", "expect screen more", "wait 1s"]
    goto = choose(0) + ["expect screen go to"] + choose(0) + ["expect screen keyboard"] + letter(0, 4) + letter(1, 4)
    goto += keys("next", 2) + ["key select"] + keys("next", 1) + ["key select", "wait 2s", "expect screen page"]
    return library + pages + contents + menus + goto


def finish():
    """Screens that are reached through the second menu, one after another, without leaving it."""
    steps = ["key menu"] + keys("next", 8) + ["key select", "expect screen more"]
    steps += choose(2) + ["expect screen notes", "key menu"]  # notes and links of the page
    steps += choose(1) + ["expect screen card", "wait 1s"] + keys("next", 3) + BACK
    steps += choose(1) + ["expect screen readers"] + choose(0) + ["expect screen reader"] + choose(1)
    steps += ["expect screen sure", "key menu", "wait 1s"] + BACK + BACK
    steps += choose(1) + ["expect screen settings"] + BACK
    steps += choose(2) + ["expect screen about"] + BACK
    return steps + ["key menu", "key menu", "expect screen page"]


def marks():
    steps = ["key menu"] + keys("next", 5) + ["key select", "wait 1s", "expect screen page"]  # a bookmark
    steps += ["key menu"] + keys("next", 8) + ["key select"] + choose(1) + ["expect screen highlight", "key next", "key select",
                                                                         "key next", "wait 1s", "key select"]
    steps += ["expect screen bookmark", "wait 1s"] + BACK + ["expect screen page"]
    steps += ["key menu"] + keys("next", 6) + ["key select", "expect screen bookmarks"] + choose(0) + ["expect screen bookmark"]
    return steps + keys("previous", 2) + ["key select", "expect screen keyboard", "key menu", "key menu", "key menu", "key menu", "expect screen page"]


def looks():
    steps = ["key menu"] + keys("next", 7) + ["key select", "expect screen type", "wait 1s"] + choose(2)
    steps += ["expect screen type value", "key menu", "key menu", "key menu"]
    steps += ["key menu"] + keys("next", 4) + ["key select", "expect screen search"] + choose(0) + letter(2, 5) + letter(0, 4)  # "te"
    steps += ["wait 1s"] + keys("previous", 1) + ["key select"] + keys("next", 2) + ["key select", "wait 3s", "expect screen results"]
    steps += ["key next", "key select", "wait 1s", "expect screen page"]
    return steps + ["battery 9", "wait 1s", "sleep", "wait 3s", "wake", "wait 2s"] + HOME + ["expect screen page"]


def script(profile, language):
    return "\n".join(set_up(profile, language) + tour() + finish() + marks() + looks()) + "\n"


def play(build, fonts, panel, text, folder, under=()):
    """Frames of a script: one line for each, number, screen and hash."""
    path = os.path.join(folder, "script")
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    frames = os.path.join(folder, "frames")
    os.makedirs(frames, exist_ok=True)
    books = os.path.join(folder, "books")
    os.makedirs(books, exist_ok=True)
    for book in BOOKS:
        shutil.copyfile(build + "/books/%s.kite" % book, os.path.join(books, book + ".kite"))
    subprocess.run([*under, build + "/kite-emulator", "--panel", panel, "--script", path, "--frames", frames, "--fonts", fonts,
                    books], check=True)
    with open(os.path.join(frames, "refresh.log"), encoding="utf-8") as log:
        return [line.split("frame ")[1].strip() for line in log if " frame " in line]


def tours(only):
    for panel in PANELS:
        for look, (profile, language) in LOOKS.items():
            name = "-".join((look, panel, language))
            if only in (None, name):
                yield name, PANELS[panel], script(profile, LANGUAGES[language])


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def compare(found):
    with open(GOLDEN, encoding="ascii") as golden:
        expected = golden.read().split("\n")[:-1]
    if option("--only"):
        expected = [line for line in expected if line.startswith(option("--only") + " ")]
    for line in sorted(set(found) ^ set(expected)):
        print("differs:" if line in found else "expected:", line)
    print(len(found), "frames")
    return 0 if found == expected else 1


def main():
    build, fonts = sys.argv[1:3]
    found = []
    with tempfile.TemporaryDirectory() as folder:
        if option("--under"):
            text = "\n".join(set_up(0, 0) + ["key select", "wait 2s"] + ["key next"] * 3) + "\n"
            plain = play(build, fonts, PANELS["220"], text, folder)
            watched = play(build, fonts, PANELS["220"], text, folder, shlex.split(option("--under")))
            print(len(plain), "frames")
            return 0 if plain == watched else 1
        for name, panel, text in tours(option("--only")):
            place = os.path.join(option("--keep") or folder, name)
            os.makedirs(place, exist_ok=True)
            lines = play(build, fonts, panel, text, place)
            if name.startswith("book") and "--keep" not in sys.argv and play(build, fonts, panel, text, place) != lines:
                sys.exit(name + ": played twice, the frames differ")
            found += [name + " " + line for line in lines]
    if "--update" in sys.argv:
        with open(GOLDEN, "w", encoding="ascii") as golden:
            golden.write("\n".join(found) + "\n")
        return 0
    return compare(found)


sys.exit(main())
