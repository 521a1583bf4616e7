#!/usr/bin/python3
"""Build Kite's font set: subsets of free fonts that Debian ships.

usage: build.py OUT

Writes the files of SET into the folder OUT, with the licence texts beside them, and fails when a source
is missing, when a file lacks a character it promises, or when all files together exceed BUDGET_BYTES.
Same packages, same bytes: nothing of the clock or the machine goes into a file. README.md says why each
font was chosen and which languages it covers.
"""

import os
import shutil
import sys

from fontTools import subset
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

import icons

BUDGET_BYTES = 3 * 1024 * 1024
SOURCES = "/usr/share/fonts"
LICENSES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "licenses")


def span(*ranges):
    """Code points of ranges written "0041-005A" or "00AD"."""
    points = set()
    for text in " ".join(ranges).split():
        first, _, last = text.partition("-")
        points.update(range(int(first, 16), int(last or first, 16) + 1))
    return points


PUNCTUATION = span("2000-200F 2010-2027 202A-202F 2030-203A 203C-203E 2042 2044 2047-2049 2051 205F-2064 FEFF FFFC FFFD")
LATIN = PUNCTUATION | span(
    "0020-007E 00A0-00FF 0100-017F",  # ASCII, Latin-1, Extended-A
    "0181 0186-0187 0189-018A 018E-0194 0196-0199 019D-01A1 01AF-01B4 01B7 01C0-01DD 01E2-01F5 01F8-021B 021E-021F",
    "0226-0233 0237 0243-0244 0246-024F",  # African, Romanian, Sami, Croatian letters; horns of Vietnamese
    "0250-0259 025B 0260 0263 0268-0269 026F 0272 0275 0283 0289-028B 0292 0294",
    "02B0 02B2 02B7-02BF 02C6-02CD 02D8-02DD 02EE",  # spacing modifiers
    "0300-0315 031B 0323-0331 0335-0338 0342 0345 035C-035F 0361",  # combining
    "1E00-1E9B 1E9E 1EA0-1EF9",  # Extended Additional with all of Vietnamese
    "2070-2071 2074-208E 20A0-20BF 2103 2105 2109 2113 2116-2117 211E 2120 2122 2126 212E",
    "2150-215E 2189 2212 2215 FB00-FB04")
CYRILLIC = span("0400-045F 0462-0463 0472-0475 048A-04FF 2116")
GREEK = span("0370-0377 037A-037F 0384-038A 038C 038E-03A1 03A3-03CE 03D0-03D1 03D5-03D7")
ARABIC = PUNCTUATION | span("0020 00A0 00AB 00BB 0600-061C 061E-06FF 0750-077F 25CC FD3E-FD3F FDF2 FDFA-FDFC")
HEBREW = PUNCTUATION | span("0020 00A0 0591-05C7 05D0-05EA 05EF-05F4 20AA 25CC FB1D-FB4F")
DEVANAGARI = PUNCTUATION | span("0020 00A0 0900-097F 1CD0-1CF9 20B9 25CC A830-A839 A8E0-A8FB")
SYMBOLS = span(
    "0020 00A0 2010-2027 2030-205E 2070-208E 20A0-20BF 2100-214F 2150-218F",
    "2190-21FF 2200-22FF 2300-2311 2318-231B 2329-232A 2500-257F 2580-259F 25A0-25FF",
    "2600-266F 2680-2685 2690-2692 26A0-26A1 2701-2704 2706-2709 270C-2727 2729-274B 274D 274F-2752 2756 2758-275E",
    "2761-2794 2798-27AF 27C2 27E6-27EB 27F0-27FF 2B05-2B0D 2B12-2B1A FFFC FFFD")

# Features an engine may ask for: composition, localised forms, ligatures, kerning, marks, figures, fractions; and
# small capitals of the text faces.
COMMON = "kern liga clig ccmp locl mark mkmk onum lnum pnum tnum sups frac numr dnom case calt rlig".split()
CAPITALS = COMMON + ["smcp"]
JOINING = COMMON + "init medi fina isol curs mset".split()
INDIC = COMMON + ("nukt akhn rphf rkrf pref blwf abvf half pstf vatu cjct pres abvs blws psts haln init dist "
                  "abvm blwm rclt").split()

EUROPE = LATIN | CYRILLIC | GREEK
NOTO, ANDIKA = "truetype/noto/", "truetype/andika/"
DYSLEXIC, DEJAVU = "opentype/opendyslexic/", "truetype/dejavu/"

# Output name, source, characters, features, what must not be missing, new family name (licence) or None.
SET = [
    *[(f"KiteSerif-{s}", f"{NOTO}NotoSerif-{s}.ttf", EUROPE, CAPITALS, "AZaz09ÿŐỹЖяΩώ€—…’”−", None)
      for s in ("Regular", "Bold", "Italic", "BoldItalic")],
    *[(f"KiteSans-{s}", f"{NOTO}NotoSans-{s}.ttf", EUROPE, CAPITALS, "AZaz09ÿŐỹЖяΩώ€—…’”−", None)
      for s in ("Regular", "Bold", "Italic", "BoldItalic")],
    *[(f"KiteLiteracy-{s}", f"{ANDIKA}Andika-{s}.ttf", LATIN | CYRILLIC, CAPITALS, "AZaz09ÿŐỹЖя€—…’”", "Kite Literacy")
      for s in ("Regular", "Bold", "Italic")],
    *[(f"KiteDyslexic-{s}", f"{DYSLEXIC}OpenDyslexic-{s}.otf", LATIN, COMMON, "AZaz09ÿŐỹ€—…’”", None)
      for s in ("Regular", "Bold")],
    ("KiteMono-Regular", f"{NOTO}NotoSansMono-Regular.ttf", EUROPE, COMMON, "AZaz09ÿŐỹЖяΩώ€—…’”", None),
    *[(f"KiteArabic-{s}", f"{NOTO}NotoNaskhArabic-{s}.ttf", ARABIC, JOINING, "ابپچڈکگیے،؟٠۹", None)
      for s in ("Regular", "Bold")],
    *[(f"KiteHebrew-{s}", f"{NOTO}NotoSerifHebrew-{s}.ttf", HEBREW, COMMON, "אתםןץ\u05b0\u05bc״", None)
      for s in ("Regular", "Bold")],
    ("KiteDevanagari-Regular", f"{NOTO}NotoSerifDevanagari-Regular.ttf", DEVANAGARI, INDIC, "अकखज्ञ।०९", None),
    ("KiteSymbols-Regular", f"{DEJAVU}DejaVuSans.ttf", SYMBOLS, ["ccmp"], "→−≤●☐☑✓\ufffd", None),
]

NAMES_KEPT = (0, 1, 2, 3, 4, 5, 6, 7, 13, 14)  # among them copyright, trademark and licence
UNUSED_TABLES = ["DSIG", "FFTM", "MATH", "Silt", "kern", "gasp", "PCLT", "BASE", "JSTF"]


def rename(font, family, name):
    """Give a font another family name, as the SIL OFL asks of changed fonts with reserved names."""
    style = name.split("-")[1]
    fresh = {1: family, 2: style, 3: f"{family} {style}", 4: f"{family} {style}", 6: name}
    for record in list(font["name"].names):
        if record.nameID in fresh:
            record.string = fresh[record.nameID]
        elif record.nameID not in (0, 5, 7, 13, 14):
            font["name"].names.remove(record)


def add_minus(font):
    """Give a text face without a minus sign one: the bar of its division sign, as wide and high as its plus."""
    cmap = font.getBestCmap()
    if 0x2212 in cmap or 0xF7 not in cmap or "glyf" not in font:
        return
    divide = font["glyf"][cmap[0xF7]]
    points, ends, _ = divide.getCoordinates(font["glyf"])
    starts = [0] + [end + 1 for end in ends[:-1]]
    bar = max((list(points[a:b + 1]) for a, b in zip(starts, ends)),
              key=lambda contour: max(x for x, _ in contour) - min(x for x, _ in contour))
    pen = TTGlyphPen(None)
    pen.moveTo(bar[0])
    for point in bar[1:]:
        pen.lineTo(point)
    pen.closePath()
    font.setGlyphOrder(font.getGlyphOrder() + ["minus"])
    font["glyf"]["minus"] = pen.glyph()
    font["glyf"]["minus"].recalcBounds(font["glyf"])
    font["hmtx"]["minus"] = (font["hmtx"][cmap[0xF7]][0], min(x for x, _ in bar))
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x2212] = "minus"


def build(name, source, points, features, promised, family, out):
    """Write one font; return its path."""
    path = os.path.join(SOURCES, source)
    options = subset.Options()
    options.layout_features = features
    options.name_IDs = list(NAMES_KEPT)
    options.name_languages = [0x409]
    options.notdef_outline = True
    options.drop_tables += UNUSED_TABLES
    options.glyph_names = False
    # Light mode has FreeType's own hinter for TrueType outlines, but reads the hints of CFF.
    options.hinting = source.endswith(".otf")
    options.recalc_timestamp = False
    options.canonical_order = True
    font = subset.load_font(path, options)
    if "−" in promised:
        add_minus(font)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    if points is SYMBOLS:
        icons.add(font)
    if family is not None:
        rename(font, family, name)
    target = os.path.join(out, name + os.path.splitext(source)[1])
    subset.save_font(font, target, options)

    written = TTFont(target)
    absent = [c for c in promised if ord(c) not in written.getBestCmap()]
    if absent:
        sys.exit(f"{name}: no glyph for {' '.join(absent)}")
    if family is not None and any(
            word in str(record) for record in written["name"].names if record.nameID not in (0, 7, 13, 14)
            for word in ("Andika", "SIL")):
        sys.exit(f"{name}: a reserved name is left in it")
    return target


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    total = 0
    for row in SET:
        if not os.path.exists(os.path.join(SOURCES, row[1])):
            sys.exit(f"{row[1]} is not installed; README.md names the packages")
        target = build(*row, out)
        size = os.path.getsize(target)
        total += size
        print(f"{os.path.basename(target):28} {size:8}")
    os.makedirs(os.path.join(out, "licenses"), exist_ok=True)
    for text in sorted(os.listdir(LICENSES)):
        shutil.copyfile(os.path.join(LICENSES, text), os.path.join(out, "licenses", text))
    print(f"{'all':28} {total:8}  of {BUDGET_BYTES}")
    if total > BUDGET_BYTES:
        sys.exit("the font set is larger than its budget")


if __name__ == "__main__":
    main()
