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
LOOKS = {"book": ("Book", "en"), "large": ("Large print", "es"), "very-large": ("Very large", "en")}  # profile, language
BOOKS = ["guide.en", "guide.es", "prison-imperialism.en", "sampler"]


def choose(*rows):
    """Rows of the lists that come, each by its words; those of the interface in English in any language."""
    return [step for row in rows for step in ("choose " + row, "wait 1s")]


BACK = ["key menu", "wait 1s"]
HOME = ["power cut", "wait 3s"]  # also proves that the page comes back


def menu(*rows):
    return BACK + choose(*rows)  # the menu key opens the menu on a page


def set_up(profile, language):
    steps = ["wait 1s", "expect screen library"] + menu("Settings") + ["expect screen settings"]
    steps += choose("Language of the menus") if language == "es" else []
    steps += BACK + BACK + menu("Letters and page") + ["expect screen type"] + choose("Made for")
    steps += choose(profile) if profile != "Book" else []
    return steps + BACK + BACK + BACK + ["expect screen library"]


def tour():
    library = ["key next", "key previous"] + choose("Sort and choose") + ["expect screen sort"]
    for field in ("Author", "Language", "Shelf"):
        library += choose(field) + ["expect screen choose", "key menu"]
    library += BACK + choose("A Sampler") + ["expect screen page", "idle"]
    pages = ["key next", "wait 1s"] * 3
    contents = menu("Contents") + ["expect screen contents", "key next", "key select", "wait 1s", "expect screen page"]
    menus = menu("More") + ["expect screen more"]
    goto = choose("Go to") + ["expect screen go to"] + choose("Percent") + ["expect screen keyboard", "type 50"]
    return library + pages + contents + menus + goto + choose("done") + ["wait 1s", "expect screen page"]


def finish():
    """Screens that are reached through the second menu, one after another, without leaving it."""
    steps = menu("More", "Notes and links here") + ["expect screen notes", "key menu"]
    steps += choose("About this text") + ["expect screen card"] + ["key next"] * 3 + BACK
    steps += choose("Who is reading?") + ["expect screen readers", "key select", "wait 1s", "expect screen reader"]
    steps += choose("Forget this reader") + ["expect screen sure", "key menu", "wait 1s"] + BACK + BACK
    steps += choose("Settings") + ["expect screen settings"] + BACK
    steps += choose("About this reader") + ["expect screen about"] + BACK
    return steps + ["key menu", "key menu", "expect screen page"]


def marks():
    steps = menu("Bookmark this page") + ["expect screen page"]
    steps += menu("More", "Highlight on this page") + ["expect screen highlight", "key next", "key select", "key next", "wait 1s",
                                                       "key select", "expect screen bookmark", "wait 1s"]
    steps += BACK + ["expect screen page"]
    steps += menu("Bookmarks and highlights") + ["expect screen bookmarks", "key select", "wait 1s", "expect screen bookmark"]
    return steps + choose("Write a note") + ["expect screen keyboard"] + ["key menu"] * 4 + ["expect screen page"]


def notes(is_late):
    """Notes that pop up: by the select key, and from the menu."""
    steps = menu("Letters and page", "Footnotes", "When asked for") + BACK * 3 + menu("Contents", "Notes") + ["expect screen page"]
    steps += ["key next", "wait 1s"] if is_late else []  # where a page holds few words the marks stand on the next one
    steps += ["key select", "wait 1s"] + BACK + ["expect screen page"]  # one note, or a list of several
    steps += menu("More", "Notes and links here") + ["expect screen notes", "key select", "wait 1s", "expect screen note"]
    return steps + choose("Back to the text") + ["expect screen page"]


def looks():
    steps = menu("Letters and page") + ["expect screen type"] + choose("Letters") + ["expect screen type value"] + ["key menu"] * 3
    steps += menu("Search") + ["expect screen search"] + choose("Search in this text") + ["type te"] + choose("done")
    steps += ["wait 3s", "expect screen results", "key next", "key select", "wait 1s", "expect screen page"]
    return steps + ["battery 9", "wait 1s", "sleep", "wait 3s", "wake", "wait 2s"] + HOME + ["expect screen page"]


def script(profile, language):
    return "\n".join(set_up(profile, language) + tour() + finish() + marks() + notes(profile != "Book") + looks()) + "\n"


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
                yield name, PANELS[panel], script(profile, language)


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
            text = "\n".join(set_up("Book", "en") + ["key select", "wait 2s"] + ["key next"] * 3) + "\n"
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
