#!/usr/bin/env python3
"""Write charset_tables.c, what the bytes 0x80 to 0xff of each single-byte character set stand for and the names that files give it, and charset_wide_tables.c,
the same of sets of East Asia: two bytes to a character. Where the characters of a lead byte ascend, as in the parts of these sets that were added
later, only the steps between them are kept."""
import pathlib

# Python's codec, the name that a report shows, further labels (of the WHATWG Encoding Standard and of uchardet), in small letters.
# ISO-8859-1 and -9 are read as the Windows sets that hold them, as the standard demands; KOI8-R as KOI8-U, which has letters where
# KOI8-R has frames of boxes.
CHARSETS = [
    ("cp1252", "Windows-1252", "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 latin1 l1 us-ascii ascii"),
    ("cp1250", "Windows-1250", "windows-1250 cp1250 x-cp1250"),
    ("cp1251", "Windows-1251", "windows-1251 cp1251 x-cp1251 win-1251"),
    ("cp1253", "Windows-1253", "windows-1253 cp1253"),
    ("cp1254", "Windows-1254", "windows-1254 cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5"),
    ("cp1255", "Windows-1255", "windows-1255 cp1255"),
    ("cp1256", "Windows-1256", "windows-1256 cp1256"),
    ("cp1257", "Windows-1257", "windows-1257 cp1257"),
    ("cp1258", "Windows-1258", "windows-1258 cp1258"),
    ("cp874", "Windows-874", "windows-874 cp874 tis-620 iso-8859-11"),
    ("iso8859-2", "ISO-8859-2", "iso-8859-2 iso8859-2 iso_8859-2 latin2 l2"),
    ("iso8859-3", "ISO-8859-3", "iso-8859-3 iso8859-3 latin3"),
    ("iso8859-4", "ISO-8859-4", "iso-8859-4 iso8859-4 latin4"),
    ("iso8859-5", "ISO-8859-5", "iso-8859-5 iso8859-5 cyrillic"),
    ("iso8859-6", "ISO-8859-6", "iso-8859-6 iso8859-6 arabic"),
    ("iso8859-7", "ISO-8859-7", "iso-8859-7 iso8859-7 greek"),
    ("iso8859-8", "ISO-8859-8", "iso-8859-8 iso8859-8 iso-8859-8-i hebrew"),
    ("iso8859-10", "ISO-8859-10", "iso-8859-10 iso8859-10 latin6"),
    ("iso8859-13", "ISO-8859-13", "iso-8859-13 iso8859-13"),
    ("iso8859-14", "ISO-8859-14", "iso-8859-14 iso8859-14"),
    ("iso8859-15", "ISO-8859-15", "iso-8859-15 iso8859-15 latin9 latin-9"),
    ("iso8859-16", "ISO-8859-16", "iso-8859-16 iso8859-16"),
    ("koi8-u", "KOI8-U", "koi8-u koi8-r koi8 koi"),
    ("mac_roman", "Mac Roman", "macintosh mac x-mac-roman macroman mac-roman"),
    ("mac_cyrillic", "Mac Cyrillic", "x-mac-cyrillic mac-cyrillic x-mac-ukrainian"),
    ("mac_latin2", "Mac Central Europe", "x-mac-ce mac-centraleurope mac-ce"),
    ("cp850", "IBM 850", "ibm850 cp850 850"),
    ("cp852", "IBM 852", "ibm852 cp852 852"),
    ("cp866", "IBM 866", "ibm866 cp866 866"),
]

# Codec, the name that a report shows, labels, how it is read (enum kite_charset_kind), name of its table, bytes of the lead, of the trail.
WIDE = [
    ("gb18030", "GB18030", "gb18030 gbk gb2312 gb_2312 gb_2312-80 x-gbk cp936 ms936 windows-936 euc-cn chinese", "GB18030", "gb", range(0x81, 0xff), range(0x40, 0xff)),
    ("cp950", "Big5", "big5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950 windows-950", "PAIRS", "big5", range(0x81, 0xff), range(0x40, 0xff)),
    ("cp949", "EUC-KR", "euc-kr euckr ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 korean windows-949 cp949 ms949 uhc cseuckr", "PAIRS", "korean", range(0x81, 0xff),
     range(0x40, 0xff)),
    ("cp932", "Shift-JIS", "shift_jis shift-jis sjis x-sjis ms_kanji ms932 windows-31j windows-932 cp932 csshiftjis", "SHIFT_JIS", "japanese", range(0x81, 0xfd), range(0x40, 0xfd)),
    ("euc_jp", "EUC-JP", "euc-jp eucjp x-euc-jp x-eucjp cseucpkdfmtjapanese", "EUC_JP", "japanese", None, None),
]

lines = ["/* Made by charsets.py: single-byte character sets. 0xfffd: the byte stands for nothing. */", '#include "press/charset.h"', "",
         "const struct kite_charset kite_charsets[] = {"]
for codec, name, labels in CHARSETS:
    high = [ord(bytes([b]).decode(codec, "replace")) for b in range(0x80, 0x100)]
    lines.append('    { "%s",' % name)
    lines.append('      "%s",' % labels)
    rows = [", ".join("0x%04x" % c for c in high[i:i + 16]) for i in range(0, 128, 16)]
    lines.append("      { " + ",\n        ".join(rows) + " }, KITE_CHARSET_BYTES, NULL },")
for codec, name, labels, kind, table, lead, trail in WIDE:
    lines += ['    { "%s",' % name, '      "%s",' % labels, "      { 0 }, KITE_CHARSET_%s, &kite_wide_%s }," % (kind, table)]
lines += ["};", "const size_t kite_charset_count = sizeof kite_charsets / sizeof *kite_charsets;", ""]
pathlib.Path(__file__).with_name("charset_tables.c").write_text("\n".join(lines))


# ---- two bytes to a character -------------------------------------------------------------------------------------------


# GB18030 as it is since 2005; Python has these in private use.
GB18030_2005 = {0xa6d9: 0xfe10, 0xa6da: 0xfe12, 0xa6db: 0xfe11, 0xa6dc: 0xfe13, 0xa6dd: 0xfe14, 0xa6de: 0xfe15, 0xa6df: 0xfe16, 0xa6ec: 0xfe17, 0xa6ed: 0xfe18, 0xa6f3: 0xfe19, 0xa8bc: 0x1e3f,
                0xfe59: 0x9fb4, 0xfe61: 0x9fb5, 0xfe66: 0x9fb6, 0xfe67: 0x9fb7, 0xfe6d: 0x9fb8, 0xfe7e: 0x9fb9, 0xfe90: 0x9fba, 0xfea0: 0x9fbb}


def character(codec, data):
    if codec == "gb18030" and len(data) == 2 and int.from_bytes(data, "big") in GB18030_2005:
        return GB18030_2005[int.from_bytes(data, "big")]
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return 0
    return ord(text) if len(text) == 1 and ord(text) < 0x10000 and not 0xe000 <= ord(text) < 0xf900 else 0


def rows_of(codec, lead, trail):
    """For each lead byte, two stretches of trail bytes."""
    for first in lead:
        for part in (range(trail[0], 0xa1), range(0xa1, trail[-1] + 1)):
            yield [character(codec, bytes((first, second))) for second in part]


def steps_of(row):
    """(what the first step is from, steps); None when the characters do not ascend by less than 256, or that saves nothing."""
    last, steps, start = None, [], 0
    for c in row:
        if c and last is None:
            start, last = c - 1, c - 1
        if c and not 0 < c - last < 256:
            return None
        steps.append(c - last if c else 0)
        last = c or last
    return start, steps


def table_lines(codec, table, lead, trail):
    words, steps, rows = [], [], []
    for row in rows_of(codec, lead, trail):
        while row and not row[-1]:
            row.pop()
        found = steps_of(row)
        if not row:
            rows.append((0, 0, 0))
        elif found:
            rows.append((len(steps), len(row), found[0]))
            steps += found[1]
        else:
            rows.append((len(words), len(row), 0))
            words += row
    out = []
    for kind, name, values, per_line in (("uint16_t", "words", words, 16), ("uint8_t", "steps", steps, 32)):
        cells = [("0x%04x" if kind == "uint16_t" else "%d") % v for v in values] or ["0"]
        out.append("static const %s %s_%s[] = {" % (kind, table, name))
        out += ["    " + ", ".join(cells[i:i + per_line]) + "," for i in range(0, len(cells), per_line)] + ["};"]
    out.append("static const struct kite_wide_row %s_rows[] = {" % table)
    cells = ["{ %d, %d, 0x%x }" % row for row in rows]
    out += ["    " + ", ".join(cells[i:i + 6]) + "," for i in range(0, len(cells), 6)] + ["};"]
    return out + ["const struct kite_wide kite_wide_%s = { %s_words, %s_steps, %s_rows, 0x%x, 0x%x, 0x%x };" % (table, table, table, table, lead[0], lead[-1], trail[0]), ""]


def four_byte_lines():
    """Characters of four bytes by their number among these, of the Basic Multilingual Plane: where both go on by ones."""
    out, last = [], None
    for number in range(39420):
        data = bytes((0x81 + number // 12600, 0x30 + number // 1260 % 10, 0x81 + number // 10 % 126, 0x30 + number % 10))
        c = character("gb18030", data)
        if c and (last is None or c != last + 1):
            out.append("{ %d, 0x%x }" % (number, c))
        last = c or None
        if not c and out and not out[-1].endswith("0x0 }"):
            out.append("{ %d, 0x0 }" % number)
    return (["const struct kite_wide_range kite_gb18030_ranges[] = {"] + ["    " + ", ".join(out[i:i + 10]) + "," for i in range(0, len(out), 10)]
            + ["};", "const size_t kite_gb18030_range_count = sizeof kite_gb18030_ranges / sizeof *kite_gb18030_ranges;", ""])


lines = ["/* Made by charsets.py: character sets of East Asia. 0: the bytes stand for nothing. */", '#include "press/charset.h"', ""]
for codec, name, labels, kind, table, lead, trail in WIDE:
    lines += table_lines(codec, table, lead, trail) if lead else []
lines += four_byte_lines()
pathlib.Path(__file__).with_name("charset_wide_tables.c").write_text("\n".join(lines))
