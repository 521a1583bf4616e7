#!/usr/bin/env python3
"""Write charset_tables.c: what the bytes 0x80 to 0xff of each single-byte character set stand for, and the names that files give it."""
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

lines = ["/* Made by charsets.py: single-byte character sets. 0xfffd: the byte stands for nothing. */", '#include "press/charset.h"', "",
         "const struct kite_charset kite_charsets[] = {"]
for codec, name, labels in CHARSETS:
    high = [ord(bytes([b]).decode(codec, "replace")) for b in range(0x80, 0x100)]
    lines.append('    { "%s",' % name)
    lines.append('      "%s",' % labels)
    rows = [", ".join("0x%04x" % c for c in high[i:i + 16]) for i in range(0, 128, 16)]
    lines.append("      { " + ",\n        ".join(rows) + " } },")
lines += ["};", "const size_t kite_charset_count = sizeof kite_charsets / sizeof *kite_charsets;", ""]
pathlib.Path(__file__).with_name("charset_tables.c").write_text("\n".join(lines))
