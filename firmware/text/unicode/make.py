#!/usr/bin/python3
"""Make the tables of line break classes and grapheme breaks from the Unicode Character Database.

usage: make.py UNICODE        (Debian: unicode-data, /usr/share/unicode)

Writes properties.c and properties.h beside this script: two-stage tables of one byte a character,
blocks of 128 characters, equal blocks shared.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK = 128
# Plain classes of UAX #14 in Kite's order, then those that rules LB30, LB30b and SA's resolution need apart.
LINE = ("AL BA BB B2 BK CB CL CM CP CR EB EM EX GL H2 H3 HL HY ID IN IS JL JT JV LF NL NS NU OP PO PR QU RI SA SP SY "
        "WJ ZW ZWJ OP_WIDE CP_WIDE PICTOGRAPH").split()
GRAPHEME = "OTHER CR LF CONTROL EXTEND ZWJ RI PREPEND SPACING_MARK L V T LV LVT PICTOGRAPH".split()


def read(path):
    """{code point: value} of a UCD file with one property."""
    out = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*(\w+)", line)
            if found:
                first, last = int(found[1], 16), int(found[2] or found[1], 16)
                for c in range(first, last + 1):
                    out[c] = found[3]
    return out


def pictographs(path):
    out = set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            found = re.match(r"([0-9A-F]+)(?:\.\.([0-9A-F]+))?\s*;\s*Extended_Pictographic", line)
            if found:
                out.update(range(int(found[1], 16), int(found[2] or found[1], 16) + 1))
    return out


def line_class(c, data):
    name = data["line"].get(c, "XX")
    category = data["category"].get(c, "Cn")
    if name in ("XX", "AI", "SG"):
        # Unassigned pictographs are ID by default (UAX #14, table 1).
        name = "ID" if name == "XX" and (c in data["pictographs"] or is_ideographic_range(c)) else "AL"
    if name == "CJ":
        name = "NS"
    if name == "SA" and category in ("Mn", "Mc"):
        name = "CM"
    if name in ("OP", "CP") and data["width"].get(c, "N") in ("F", "W", "H"):
        name += "_WIDE"
    if name == "ID" and c in data["pictographs"] and category == "Cn":
        name = "PICTOGRAPH"
    return LINE.index(name)


def is_ideographic_range(c):
    return (0x3400 <= c <= 0x4DBF or 0x4E00 <= c <= 0x9FFF or 0xF900 <= c <= 0xFAFF or 0x20000 <= c <= 0x2FFFD
            or 0x30000 <= c <= 0x3FFFD or 0x1F000 <= c <= 0x1FAFF or 0x1FC00 <= c <= 0x1FFFD)


def grapheme_class(c, data):
    name = {"Regional_Indicator": "RI", "SpacingMark": "SPACING_MARK"}.get(data["grapheme"].get(c),
                                                                          data["grapheme"].get(c, "Other").upper())
    if name == "OTHER" and c in data["pictographs"]:
        name = "PICTOGRAPH"
    return GRAPHEME.index(name)


def stages(values):
    first, blocks, seen = [], [], {}
    for i in range(0, len(values), BLOCK):
        block = tuple(values[i:i + BLOCK])
        if block not in seen:
            seen[block] = len(blocks)
            blocks.append(block)
        first.append(seen[block])
    return first, [v for block in blocks for v in block]


def rows(numbers, per_line=32):
    return "\n".join("    " + " ".join("%d," % n for n in numbers[i:i + per_line])
                     for i in range(0, len(numbers), per_line))


def write_table(out, name, values):
    first, second = stages(values)
    kind = "uint8_t" if max(first) < 256 else "uint16_t"
    assert kind == "uint8_t", name
    out.write("const uint8_t kite_%s_blocks[] = {\n%s\n};\n\n" % (name, rows(first)))
    out.write("const uint8_t kite_%s_classes[] = {\n%s\n};\n" % (name, rows(second)))
    print(name, len(first) + len(second), "bytes")


def main():
    ucd = sys.argv[1]
    data = {"line": read(os.path.join(ucd, "LineBreak.txt")),
            "category": read(os.path.join(ucd, "extracted/DerivedGeneralCategory.txt")),
            "width": read(os.path.join(ucd, "EastAsianWidth.txt")),
            "grapheme": read(os.path.join(ucd, "auxiliary/GraphemeBreakProperty.txt")),
            "pictographs": pictographs(os.path.join(ucd, "emoji/emoji-data.txt"))}
    with open(os.path.join(HERE, "properties.h"), "w", encoding="utf-8") as out:
        out.write("/* Unicode 15.0 properties, one byte a character. Made by make.py. Private to the text room. */\n"
                  "#ifndef KITE_TEXT_UNICODE_PROPERTIES_H\n#define KITE_TEXT_UNICODE_PROPERTIES_H\n\n#include <stdint.h>\n\n")
        for title, prefix, names in (("UAX #14", "LB", LINE), ("UAX #29", "GB", GRAPHEME)):
            out.write("enum { /* %s */\n    " % title)
            out.write(",\n    ".join("KITE_%s_%s" % (prefix, n) for n in names) + "\n};\n\n")
        for name in ("line", "grapheme"):
            out.write("extern const uint8_t kite_%s_blocks[], kite_%s_classes[];\n" % (name, name))
            out.write("static inline uint8_t kite_%s_class(uint32_t c)\n{\n    return c < 0x110000 ? "
                      "kite_%s_classes[kite_%s_blocks[c / %d] * %d + c %% %d] : 0;\n}\n\n"
                      % (name, name, name, BLOCK, BLOCK, BLOCK))
        out.write("#endif\n")
    with open(os.path.join(HERE, "properties.c"), "w", encoding="utf-8") as out:
        out.write('/* Made by make.py. */\n#include "text/unicode/properties.h"\n\n')
        write_table(out, "line", [line_class(c, data) for c in range(0x110000)])
        out.write("\n")
        write_table(out, "grapheme", [grapheme_class(c, data) for c in range(0x110000)])


main()
