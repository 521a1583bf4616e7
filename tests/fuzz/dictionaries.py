#!/usr/bin/python3
"""Dictionaries of the fuzz targets: the words that their parsers compare with, out of the parsers' own sources.

usage: dictionaries.py FOLDER

Writes FOLDER/TARGET.dict, in the form that libFuzzer and AFL++ both read. A word is a string literal of one to 24 characters without a blank in
front, in a file that the target's table below names; formats of numbers and sentences for people are left out. Markup also gets its words as tags.
"""

import glob
import os
import re
import sys

MARKUP = ["press/html.c", "press/markup*.c", "press/css.c", "press/tree*.c", "press/roles.c", "press/drawing.c", "press/letter.c"]

# Sources by target, below firmware/; and whether words stand in tags.
SOURCES = {
    "bundle": (["bundle/format.h", "bundle/meta.c"], False),
    "bundle_index": (["bundle/meta.c", "bundle/bundle.h"], False),
    "container": (["press/epub.c", "press/docx.c", "press/odt.c"], False),
    "device": (["device/board.c", "device/boards.c", "device/uevent.c", "device/fat.c"], False),
    "epub": (["press/epub*.c", "press/package.c"] + MARKUP, True),
    "html": (MARKUP, True),
    "kernel": (["device/power.c", "device/gadget.c", "device/framebuffer.c", "device/display_mxcfb.c"], False),
    "manual": (["cli/pack_manual.c", "bundle/ask.c"], False),
    "office": (["press/docx*.c", "press/odt*.c", "press/fb2.c", "press/markup_math.c", "press/package.c"], True),
    "press": (["press/markdown*.c", "press/text_*.c", "press/plain*.c", "press/front_matter.c", "press/letter.c", "press/transcript.c", "press/typography.c",
               "press/links.c"], False),
    "provision": (["sideload/provision.c"], False),
    "raster": (["press/raster*.c"], False),
    "release": (["boot/release.c"], False),
    "rtf": (["press/rtf*.c"], False),
    "script": (["emulator/script.c", "machine/keys.c"], False),
    "stick": (["sideload/kinds.c", "sideload/names.c", "sideload/walk.c", "sideload/provision.c", "trust/news.c", "boot/release.c"], False),
    "trust": (["trust/*.c"], False),
}

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SIMPLE = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11, "a": 7, "b": 8, "0": 0}


def bytes_of(literal):
    """A C literal's bytes."""
    out, at = bytearray(), 0
    while at < len(literal):
        c = literal[at]
        if c != "\\":
            out += c.encode("utf-8")
            at += 1
            continue
        number = re.match(r"x([0-9A-Fa-f]+)|([0-7]{1,3})", literal[at + 1:])
        if number:
            out.append((int(number.group(1), 16) if number.group(1) else int(number.group(2), 8)) & 255)
            at += 1 + number.end()
        else:
            out.append(SIMPLE.get(literal[at + 1], ord(literal[at + 1])))
            at += 2
    return bytes(out)


def words(patterns):
    found = set()
    for pattern in patterns:
        for path in glob.glob(os.path.join("firmware", pattern)):
            with open(path, encoding="utf-8") as source:
                for line in source:
                    if line.startswith("#include") or "kite_fail(" in line:
                        continue
                    found.update(bytes_of(m) for m in LITERAL.findall(line))
    return sorted(w for w in found if 0 < len(w) <= 24 and b"%" not in w and not w.startswith(b" ") and w.count(b" ") < 3)


def entry(word):
    return '"%s"\n' % "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else "\\x%02x" % b for b in word)


def write(folder):
    os.makedirs(folder, exist_ok=True)
    for target, (patterns, has_tags) in SOURCES.items():
        own = words(patterns)
        tags = [form % w for w in own if re.fullmatch(rb"[A-Za-z][A-Za-z0-9:-]*", w) for form in (b"<%s>", b"</%s>", b" %s='")] if has_tags else []
        with open(os.path.join(folder, target + ".dict"), "w", encoding="ascii") as out:
            out.writelines(entry(w) for w in own + tags)


if __name__ == "__main__":
    write(sys.argv[1])
