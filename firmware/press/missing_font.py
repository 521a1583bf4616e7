#!/usr/bin/python3
"""Write missing_font.c: a font of one glyph, an empty box one em wide, that stands for each letter of a font that is not there.

usage: missing_font.py > missing_font.c
"""

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

EM = 1000


def box(pen, left, low, right, high):
    pen.moveTo((left, low))
    pen.lineTo((left, high))
    pen.lineTo((right, high))
    pen.lineTo((right, low))
    pen.closePath()


def glyph():
    pen = TTGlyphPen(None)
    box(pen, 100, -60, 900, 820)
    box(pen, 850, -10, 150, 770)  # the other way round
    return pen.glyph()


def font():
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef"])
    builder.setupCharacterMap({0xFFFD: ".notdef"})
    builder.setupGlyf({".notdef": glyph()})
    builder.setupHorizontalMetrics({".notdef": (EM, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupPost(keepGlyphNames=False)
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def main():
    data = font()
    print("/* A font of one glyph, an empty box, written by missing_font.py. */\n#include \"press/mupdf.h\"\n")
    print("const uint8_t kite_missing_font[] = {")
    for at in range(0, len(data), 20):
        print("    " + " ".join(f"0x{byte:02x}," for byte in data[at:at + 20]))
    print("};\nconst int kite_missing_font_bytes = sizeof kite_missing_font;")


if __name__ == "__main__":
    main()
