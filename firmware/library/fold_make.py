#!/usr/bin/python3
"""Make the tables by which characters are folded: what utf8proc knows, in a quarter of its room.

usage: fold_make.py        (Debian: libutf8proc-dev)

Writes fold_table.c beside this script. Folding is Unicode's compatibility decomposition and case folding; a row is a
character that it changes, and where in the pool its folded form stands: how many UTF-16 units, then these. Hangul
syllables have no rows, as they are worked out. Kinds are told by runs of characters of one kind.
"""

import ctypes
import os

HERE = os.path.dirname(os.path.abspath(__file__))
COMPAT, DECOMPOSE, CASEFOLD = 1 << 2, 1 << 4, 1 << 10
HANGUL = range(0xAC00, 0xD7A4)
BLOCK = 256
PLANES = 3
# In the order of utf8proc's categories: Cn, letters, marks and numbers, punctuation, symbols, separators and Cc, Cf, Cs and Co.
KINDS = ["KITE_FOLD_NONE"] + ["KITE_FOLD_WORD"] * 11 + ["KITE_FOLD_GAP"] * 15 + ["KITE_FOLD_FORMAT"] + ["KITE_FOLD_GAP"] * 2

utf8proc = ctypes.CDLL("libutf8proc.so.2")


def folded(c):
    out, boundary = (ctypes.c_int32 * 32)(), ctypes.c_int(0)
    count = utf8proc.utf8proc_decompose_char(c, out, 32, COMPAT | DECOMPOSE | CASEFOLD, ctypes.byref(boundary))
    return list(out[:count])


def numbers(values):
    lines, line = [], "   "
    for value in values:
        word = " %s," % value
        if len(line) + len(word) > 120:
            lines.append(line)
            line = "   "
        line += word
    return "\n".join(lines + [line])


def main():
    rows, starts, pool, places = [], [], [], {}
    for c in range(PLANES << 16):
        if c % BLOCK == 0:
            starts.append(len(rows))
        if 0xD800 <= c < 0xE000 or c in HANGUL or folded(c) == [c]:
            continue
        units = "".join(map(chr, folded(c))).encode("utf-16-le")
        units = [units[i] | units[i + 1] << 8 for i in range(0, len(units), 2)]
        key = tuple(units)
        if key not in places:
            places[key] = len(pool)
            pool += [len(units)] + units
        rows.append("{ 0x%x, %d }" % (c & 0xFFFF, places[key]))
    starts.append(len(rows))
    assert len(pool) < 1 << 16 and all(folded(c) == [c] for c in range(PLANES << 16, 0x110000))
    runs, last = [], None
    for c in range(0x110000):
        kind = KINDS[utf8proc.utf8proc_category(c)]
        if kind != last:
            runs.append("0x%xu << 3 | %s" % (c, kind))
            last = kind
    utf8proc.utf8proc_unicode_version.restype = ctypes.c_char_p
    with open(os.path.join(HERE, "fold_table.c"), "w", encoding="ascii") as out:
        out.write("/* Made by fold_make.py from utf8proc's tables of Unicode %s (copyright Unicode, Inc.; see\n"
                  " * https://www.unicode.org/license.txt). */\n" % utf8proc.utf8proc_unicode_version().decode())
        out.write('#include "library/fold_table.h"\n\n')
        for kind, name, values in (
                ("uint16_t", "fold_starts[FOLD_BLOCKS + 1]", starts), ("struct fold_row", "fold_rows[]", rows),
                ("uint16_t", "fold_pool[]", ["0x%x" % unit for unit in pool]), ("uint32_t", "fold_runs[]", runs)):
            out.write("const %s %s = {\n%s\n};\n\n" % (kind, name, numbers(values)))
        out.write("const size_t fold_run_count = sizeof fold_runs / sizeof *fold_runs;\n")
    print(len(rows), "rows,", len(pool), "units,", len(runs), "runs:", 4 * len(rows) + 2 * len(pool) + 4 * len(runs) + 2 * len(starts), "bytes")


main()
