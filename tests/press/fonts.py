#!/usr/bin/python3
"""A book in a script that no font of a reader has brings its own font, and is set in it.

usage: fonts.py BUILD [KEEP_DIR]

The font is made here: letters of the Tibetan block as plain shapes, a vowel sign that a layout rule puts into place, and a composite; with
programs, a table of another kind, and every right to be embedded unless said otherwise. Each row packs a book and says what must come of it.
"""
import array
import base64
import hashlib
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables.ttProgram import Program

IDENTIFIER = "urn:uuid:0f8c1d5e-7a3b-4c2d-9e1f-2a3b4c5d6e7f"
LETTERS = [0xf40, 0xf41, 0xf42, 0xf44, 0xf45, 0xf46, 0xf47, 0xf49, 0xf4a, 0xf4b, 0xf4c, 0xf4e, 0xf4f, 0xf50]  # fourteen, none made of others
VOWEL = 0xf72
WORDS = "".join(map(chr, LETTERS)) + " " + chr(0xf40) + chr(VOWEL) + chr(0xf41) + " ཀཁག"


def box(x0, y0, x1, y1, notch):
    """A shape that differs from letter to letter: a frame with a foot."""
    pen = TTGlyphPen(None)
    for points in ([(x0, y0), (x0, y1), (x1, y1), (x1, y0)], [(x0 + 80, y0 + 80), (x1 - 80, y0 + 80), (x1 - 80, y1 - 80 - notch), (x0 + 80, y1 - 80 - notch)]):
        pen.moveTo(points[0])
        for point in points[1:]:
            pen.lineTo(point)
        pen.closePath()
    return pen.glyph()


def font(rights=0, characters=LETTERS, extra=()):
    names = [".notdef", "space"] + [f"letter{c:x}" for c in characters] + ["vowel", "vowel.low", "double"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space", VOWEL: "vowel", 0xf69: "double", **{c: f"letter{c:x}" for c in characters}, **dict(extra)})
    glyphs = {".notdef": box(50, 0, 450, 700, 0), "space": TTGlyphPen(None).glyph(), "vowel": box(-350, 750, -150, 900, 0), "vowel.low": box(-350, -250, -150, -100, 0)}
    glyphs.update({f"letter{c:x}": box(60, 0, 460 + 10 * (i % 5), 700, 20 * i) for i, c in enumerate(characters)})
    pen = TTGlyphPen(glyphs)
    pen.addComponent(f"letter{characters[0]:x}", (0.5, 0, 0, 0.5, 0, 0))
    pen.addComponent(f"letter{characters[-1]:x}", (0.5, 0, 0, 0.5, 250, 0))
    glyphs["double"] = pen.glyph()
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics({name: (0 if name.startswith("vowel") else 250 if name == "space" else 560, 0) for name in names})
    builder.setupHorizontalHeader(ascent=950, descent=-300)
    builder.setupNameTable({"familyName": "Made for a test", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=950, sTypoDescender=-300, fsType=rights)
    builder.setupPost()
    first = f"letter{characters[0]:x}"
    addOpenTypeFeaturesFromString(builder.font, f"languagesystem DFLT dflt; languagesystem tibt dflt; feature abvs {{ sub {first} vowel' by vowel.low; }} abvs;")
    for name in ("fpgm", "prep"):
        builder.font[name] = newTable(name)
        builder.font[name].program = Program()
        builder.font[name].program.fromBytecode(b"\xb0\x00\x21")  # PUSHB[] 0 POP
    builder.font["cvt "] = newTable("cvt ")
    builder.font["cvt "].values = array.array("h", [0] * 8)
    letter = builder.font["glyf"][first]
    letter.program = Program()
    letter.program.fromBytecode(b"\xb0\x00\x21")
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def postscript_font():
    """The same letters as rings of PostScript's curves."""
    names = [".notdef", "space"] + [f"letter{c:x}" for c in LETTERS] + ["vowel"]

    def ring(middle, radius, width):
        pen = T2CharStringPen(width, None)
        for r, way in ((radius, 1), (radius - 80, -1)):
            k = round(r * 0.5523)
            pen.moveTo((middle + r, 350))
            for x, y in ((0, way), (-1, 0), (0, -way), (1, 0)):
                before = (y * way, -x * way)
                pen.curveTo((middle + before[0] * r + x * k, 350 + before[1] * r + y * k), (middle + x * r + before[0] * k, 350 + y * r + before[1] * k), (middle + x * r, 350 + y * r))
            pen.closePath()
        return pen.getCharString()

    empty = T2CharStringPen(250, None).getCharString()
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({0x20: "space", VOWEL: "vowel", **{c: f"letter{c:x}" for c in LETTERS}})
    strings = {".notdef": ring(280, 200, 560), "space": empty, "vowel": ring(-250, 120, 0), **{f"letter{c:x}": ring(280, 150 + 9 * i, 560) for i, c in enumerate(LETTERS)}}
    builder.setupCFF("Made", {"FullName": "Made"}, strings, {})
    builder.setupHorizontalMetrics({name: (0 if name == "vowel" else 250 if name == "space" else 560, 0) for name in names})
    builder.setupHorizontalHeader(ascent=950, descent=-300)
    builder.setupNameTable({"familyName": "Made for a test", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=950, sTypoDescender=-300)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def woff(data):
    font = TTFont(io.BytesIO(data))
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def idpf(data):
    key = hashlib.sha1(IDENTIFIER.encode()).digest()
    return bytes(b ^ key[i % 20] for i, b in enumerate(data[:1040])) + data[1040:]


def adobe(data):
    key = bytes.fromhex(IDENTIFIER.removeprefix("urn:uuid:").replace("-", ""))
    return bytes(b ^ key[i % 16] for i, b in enumerate(data[:1024])) + data[1024:]


def office(data):
    key = bytes.fromhex(IDENTIFIER.removeprefix("urn:uuid:").replace("-", ""))[::-1]
    return bytes(b ^ key[i % 16] for i, b in enumerate(data[:32])) + data[32:]


def docx(path, data):
    relation = lambda i, kind, target: f'<Relationship Id="{i}" Type="http://x/{kind}" Target="{target}"/>'
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("_rels/.rels", "<Relationships>" + relation("a", "officeDocument", "word/document.xml") + "</Relationships>")
        z.writestr("word/document.xml", "<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>A letter</w:t></w:r></w:p><w:p><w:r><w:t>These are letters of another script: "
                   f"{WORDS}. Nobody here has a font for them.</w:t></w:r></w:p></w:body></w:document>")
        z.writestr("word/_rels/document.xml.rels", "<Relationships>" + relation("f", "fontTable", "fontTable.xml") + "</Relationships>")
        z.writestr("word/fontTable.xml", '<w:fonts xmlns:w="w" xmlns:r="r"><w:font w:name="Arial"/><w:font w:name="Made for a test"><w:embedRegular r:id="f1" '
                   f'w:fontKey="{{{IDENTIFIER.removeprefix("urn:uuid:").upper()}}}"/></w:font></w:fonts>')
        z.writestr("word/_rels/fontTable.xml.rels", "<Relationships>" + relation("f1", "font", "fonts/font1.odttf") + "</Relationships>")
        z.writestr("word/fonts/font1.odttf", office(data))


def epub(path, fonts, words=WORDS):
    items = "".join(f'<item id="f{i}" href="{name}" media-type="application/vnd.ms-opentype"/>' for i, name in enumerate(fonts))
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("mimetype", "application/epub+zip")
        z.writestr("META-INF/container.xml", '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
                   '<rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')
        z.writestr("p.opf", '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
                   f'<dc:identifier id="i">{IDENTIFIER}</dc:identifier><dc:title>A book of letters</dc:title><dc:language>en</dc:language></metadata><manifest>'
                   f'<item id="t" href="t.xhtml" media-type="application/xhtml+xml"/>{items}</manifest><spine><itemref idref="t"/></spine></package>')
        z.writestr("t.xhtml", f'<html xmlns="http://www.w3.org/1999/xhtml" lang="en"><head><title>x</title></head><body><h1>A book of letters</h1><p>These are letters of another script: {words}. '
                   'Nobody here has a font for them, but the book has one.</p></body></html>')
        for name, data in fonts.items():
            z.writestr(name, data)


BROUGHT = "15 characters of Tibetan are set in the font that the document brought, f.ttf"
LACKING = "no font of a reader has 15 characters of Tibetan"


def rows():
    """name, fonts of the book, what is given by --font, words of the report, is there a font in the bundle."""
    plain = font()
    yield "plain", {"f.ttf": plain}, None, BROUGHT, True
    yield "idpf", {"f.ttf": idpf(plain)}, None, BROUGHT, True
    yield "adobe", {"f.ttf": adobe(plain)}, None, BROUGHT, True
    yield "given", {}, plain, "15 characters of Tibetan are set in the font that was given", True
    yield "none", {}, None, LACKING, False
    yield "restricted", {"f.ttf": font(rights=2)}, None, "says that it must not be put into documents", False
    yield "print and preview", {"f.ttf": font(rights=4)}, None, BROUGHT, True
    yield "whole only", {"f.ttf": font(rights=0x100)}, None, BROUGHT, True
    yield "of another script", {"f.ttf": font(characters=list(range(0x1200, 0x120e)))}, None, "", True
    yield "two", {"a.ttf": font(characters=LETTERS[:5]), "f.ttf": plain}, None, BROUGHT, True
    yield "postscript", {"f.ttf": postscript_font()}, None, BROUGHT, True
    yield "postscript, cut", {"f.ttf": postscript_font()[:1500]}, None, LACKING, False
    yield "cut", {"f.ttf": plain[:len(plain) // 2]}, None, LACKING, False
    yield "not a font", {"f.ttf": b"\0\1\0\0" + bytes(3000)}, None, "the font f.ttf cannot be read", False
    yield "woff", {"f.ttf": woff(plain)}, None, BROUGHT, True
    yield "woff, cut", {"f.ttf": woff(plain)[:900]}, None, "the font f.ttf is packed as WOFF 2, or damaged", False
    yield "woff 2", {"f.ttf": b"wOF2" + plain[4:]}, None, "the font f.ttf is packed as WOFF 2", False


def chunk_of(bundle):
    """The fonts in a bundle, by FORMAT.md."""
    import zlib
    data = pathlib.Path(bundle).read_bytes()
    at, offset = 66, 66 + 8 * data[64]
    for i in range(data[64]):
        kind, size = data[at + 8 * i:at + 8 * i + 4], struct.unpack_from("<I", data, at + 8 * i + 4)[0]
        if kind == b"font":
            plain = zlib.decompress(data[offset + 4:offset + size], -15)
            assert len(plain) == struct.unpack_from("<I", data, offset)[0]
            fonts, where = [], 1
            for _ in range(plain[0]):
                size, shift = 0, 0
                while True:
                    byte = plain[where]
                    where += 1
                    size |= (byte & 127) << shift
                    shift += 7
                    if byte < 128:
                        break
                fonts.append(plain[where:where + size])
                where += size
            return fonts
        offset += size
    return []


def check_font(data):
    """What is stored is small and plain: no programs, no names, the vowel that the rule makes still there."""
    stored = TTFont(io.BytesIO(data))
    tables = set(stored.keys()) - {"GlyphOrder"}
    assert tables <= {"GDEF", "GPOS", "GSUB", "OS/2", "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp"}, tables
    assert "GSUB" in tables
    assert all(not hasattr(stored["glyf"][name], "program") or not stored["glyf"][name].program.getBytecode() for name in stored.getGlyphOrder())
    assert VOWEL in stored.getBestCmap()


def check_rings(data):
    """Each ring is where it was, to a unit."""
    stored = TTFont(io.BytesIO(data))
    for i, c in enumerate(LETTERS):
        glyph = stored["glyf"][stored.getBestCmap()[c]]
        r = 150 + 9 * i
        glyph.recalcBounds(stored["glyf"])
        wanted = (280 - r, 350 - r, 280 + r, 350 + r)
        assert glyph.numberOfContours == 2 and all(abs(a - b) <= 2 for a, b in zip((glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax), wanted)), (glyph.xMin, wanted)
        points, _, flags = glyph.getCoordinates(stored["glyf"])
        outer = [((x - 280) ** 2 + (y - 350) ** 2) ** 0.5 for (x, y), on in zip(points, flags) if on][:glyph.endPtsOfContours[0] // 2]
        assert all(abs(distance - r) <= 1.5 for distance in outer), outer


def main():
    build = pathlib.Path(sys.argv[1]).absolute()
    wrong = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(exist_ok=True)
        run = lambda *arguments: subprocess.run([build / "kite", *arguments], capture_output=True, text=True)
        for name, fonts, given, words, has_font in rows():
            book, bundle = folder / f"{name}.epub", folder / f"{name}.kite"
            epub(book, fonts, WORDS if name != "of another script" else "".join(map(chr, range(0x1200, 0x120e))))
            (folder / "given.ttf").write_bytes(given or b"")
            said = run("pack", "--fast", book, *(["--font", folder / "given.ttf"] if given else []), "-o", bundle).stderr
            stored = chunk_of(bundle)
            findings = map(json.loads, run("lint", "--fonts", build / "fonts", "--json", bundle).stdout.splitlines())
            kinds = [finding.get("kind") for finding in findings]
            if words not in said or bool(stored) != has_font or ("glyph" in kinds) == has_font or ("font" in kinds) != has_font:
                wrong.append(name)
                print(f"{name}: {said}\n{kinds} {[len(f) for f in stored]}")
            if name == "postscript":
                check_rings(stored[0])
            if name in ("plain", "given", "whole only"):
                for data in stored:
                    check_font(data)
                run("render", "--fonts", build / "fonts", bundle, "-o", folder / f"{name}.png")
                run("verify", "--decode", bundle).check_returncode()
        docx(folder / "letter.docx", font())
        said = run("pack", "--fast", folder / "letter.docx", "-o", folder / "letter.kite").stderr
        if "15 characters of Tibetan are set in the font that the document brought, Made for a test" not in said or not chunk_of(folder / "letter.kite"):
            wrong.append("DOCX")
            print(said)
        for name, address in (("in it", "data:font/ttf;base64," + base64.b64encode(font()).decode()), ("beside it", "given.ttf")):
            (folder / "given.ttf").write_bytes(font())
            (folder / "page.html").write_text(f"<!DOCTYPE html><html lang=en><meta charset=utf-8><style>@font-face{{font-family:x; src: url(none.woff2) format('woff2'), url(\"{address}\")}}</style>"
                                              f"<h1>A page</h1><p>These are letters of another script: {WORDS}. Nobody here has a font for them.</p></html>")
            said = run("pack", "--fast", folder / "page.html", "-o", folder / "page.kite").stderr
            if "15 characters of Tibetan are set in the font that the document brought" not in said or not chunk_of(folder / "page.kite"):
                wrong.append(f"HTML, font {name}")
                print(said)
        pictures = [(folder / f"{name}.png").read_bytes() for name in ("plain", "given", "whole only")]
        if len(set(pictures)) != 1:
            wrong.append("the same letters are drawn in two ways")
    print("fonts: all well" if not wrong else f"fonts: wrong: {', '.join(wrong)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
