#!/usr/bin/python3
"""Make the tables of line break classes and grapheme breaks from the Unicode Character Database.

usage: make.py UNICODE        (Debian: unicode-data, /usr/share/unicode)

Writes properties.c and properties.h beside this script. A character's kind is a pair of both properties; three stages of
shared blocks lead from a character to its kind.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BLOCK = 16  # characters in a block
PAGE = 32  # blocks in a page
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


def share(values, size):
    """Cut into blocks of a size and keep each once: (number of each block, the blocks in a row)."""
    numbers, seen = [], {}
    for i in range(0, len(values), size):
        numbers.append(seen.setdefault(tuple(values[i:i + size]), len(seen)))
    return numbers, [v for block in seen for v in block]


def rows(numbers, per_line=32):
    return "\n".join("    " + " ".join("%d," % n for n in numbers[i:i + per_line])
                     for i in range(0, len(numbers), per_line))


def write_table(out, name, values, kind):
    limit = {"uint8_t": 256, "uint16_t": 65536}[kind]
    assert max(values) < limit, name
    out.write("const %s kite_%s[] = {\n%s\n};\n" % (kind, name, rows(values)))
    print("%s: %d bytes" % (name, len(values) * (1 if limit == 256 else 2)))


def main():
    ucd = sys.argv[1]
    data = {"line": read(os.path.join(ucd, "LineBreak.txt")),
            "category": read(os.path.join(ucd, "extracted/DerivedGeneralCategory.txt")),
            "width": read(os.path.join(ucd, "EastAsianWidth.txt")),
            "grapheme": read(os.path.join(ucd, "auxiliary/GraphemeBreakProperty.txt")),
            "pictographs": pictographs(os.path.join(ucd, "emoji/emoji-data.txt"))}
    with open(os.path.join(HERE, "properties.h"), "w", encoding="utf-8") as out:
        out.write("/* Unicode 15.0 properties. Made by make.py. Private to the text room. */\n"
                  "#ifndef KITE_TEXT_UNICODE_PROPERTIES_H\n#define KITE_TEXT_UNICODE_PROPERTIES_H\n\n#include <stdint.h>\n\n")
        for title, prefix, names in (("UAX #14", "LB", LINE), ("UAX #29", "GB", GRAPHEME)):
            out.write("enum { /* %s */\n    " % title)
            out.write(",\n    ".join("KITE_%s_%s" % (prefix, n) for n in names) + "\n};\n\n")
        out.write(LOOKUP % {"page": BLOCK * PAGE, "block": BLOCK, "blocks": PAGE})
    pairs = [(line_class(c, data), grapheme_class(c, data)) for c in range(0x110000)]
    kinds = {pair: i for i, pair in enumerate(sorted(set(pairs)))}
    blocks, characters = share([kinds[pair] for pair in pairs], BLOCK)
    pages, blocks = share(blocks, PAGE)
    with open(os.path.join(HERE, "properties.c"), "w", encoding="utf-8") as out:
        out.write('/* Made by make.py. */\n#include "text/unicode/properties.h"\n\n')
        for name, values, kind in (("kind_pages", pages, "uint8_t"), ("kind_blocks", blocks, "uint16_t"),
                                   ("kinds", characters, "uint8_t"), ("kind_line", [p[0] for p in kinds], "uint8_t"),
                                   ("kind_grapheme", [p[1] for p in kinds], "uint8_t")):
            write_table(out, name, values, kind)


LOOKUP = """extern const uint8_t kite_kind_pages[], kite_kinds[], kite_kind_line[], kite_kind_grapheme[];
extern const uint16_t kite_kind_blocks[];

static inline uint8_t kite_kind(uint32_t c)
{
    if (c >= 0x110000)
        return 0;

    uint32_t block = kite_kind_blocks[kite_kind_pages[c / %(page)d] * %(blocks)d + c / %(block)d %% %(blocks)d];

    return kite_kinds[block * %(block)d + c %% %(block)d];
}

static inline uint8_t kite_line_class(uint32_t c)
{
    return kite_kind_line[kite_kind(c)];
}

static inline uint8_t kite_grapheme_class(uint32_t c)
{
    return kite_kind_grapheme[kite_kind(c)];
}

#endif
"""


main()
