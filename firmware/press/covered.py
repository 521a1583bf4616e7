#!/usr/bin/python3
"""Write covered_table.c: the characters that the reader's own fonts have, of those that a text may have, as ranges.

usage: covered.py FONTS     the folder that fonts/build.py has filled

Characters for private use are other signs in each font, and left out. What is never drawn, or part of the character before it, counts as covered, as for the reader (firmware/text/fonts.c). tests/whole/test_covered.c
compares the two.
"""
import pathlib
import sys
from fontTools.ttLib import TTFont

# As is_no_reason in firmware/text/fonts.c.
NO_REASON = [(0, 0x20), (0x7f, 0xa0), (0xad, 0xad), (0x300, 0x36f), (0x61c, 0x61c), (0x1ab0, 0x1aff), (0x1dc0, 0x1dff), (0x2000, 0x200f), (0x2028, 0x202f),
             (0x205f, 0x2069), (0x20d0, 0x20ff), (0x3000, 0x3000), (0xfe00, 0xfe0f), (0xfe20, 0xfe2f), (0xfeff, 0xfeff), (0xfffc, 0xfffc), (0xe0000, 0xe0fff)]
# Faces that are asked for any character; those of other families only for their own text.
FACES = ["KiteSerif-Regular", "KiteSans-Regular", "KiteSymbols-Regular"]
# Faces of a script, and the blocks for which they are asked: as script_of there.
SCRIPTS = {"KiteHebrew-Regular": [(0x590, 0x5ff), (0xfb1d, 0xfb4f)],
           "KiteArabic-Regular": [(0x600, 0x6ff), (0x750, 0x77f), (0x8a0, 0x8ff), (0xfb50, 0xfdff), (0xfe70, 0xfeff)],
           "KiteDevanagari-Regular": [(0x900, 0x97f), (0x1cd0, 0x1cff), (0xa830, 0xa83f), (0xa8e0, 0xa8ff)]}

folder = pathlib.Path(sys.argv[1])
cmap = lambda name: set(TTFont(folder / (name + ".ttf")).getBestCmap())
covered = {c for first, last in NO_REASON for c in range(first, last + 1)}
for name in FACES:
    covered |= cmap(name)
for name, blocks in SCRIPTS.items():
    covered |= {c for c in cmap(name) if any(first <= c <= last for first, last in blocks)}
covered -= set(range(0xe000, 0xf900))
ranges = []
for c in sorted(covered):
    if ranges and ranges[-1][1] == c - 1:
        ranges[-1][1] = c
    else:
        ranges.append([c, c])
cells = ["{ 0x%x, 0x%x }," % (a, b) for a, b in ranges]
lines = ["/* Made by covered.py: the characters that the reader's own fonts have. */", '#include "press/fonts.h"', "", "const uint32_t kite_covered_ranges[][2] = {"]
line = "   "
for cell in cells:
    if len(line) + 1 + len(cell) > 120:
        lines.append(line)
        line = "   "
    line += " " + cell
lines += [line, "};", "const size_t kite_covered_count = sizeof kite_covered_ranges / sizeof *kite_covered_ranges;", ""]
pathlib.Path(__file__).with_name("covered_table.c").write_text("\n".join(lines))
print(len(ranges), "ranges,", len(covered), "characters")
