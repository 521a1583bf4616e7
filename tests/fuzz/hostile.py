#!/usr/bin/python3
"""Feed files made to do harm to `kite pack`: bombs, depths, tricks with names, pictures that say they are huge.

usage: hostile.py BUILD [NAME...]

A row each: the file, whether it is packed or refused, the time, the memory, and what was said. Each must end within 10 s of CPU and 256 MB, with a
bundle or with one message and no bundle, leave nothing else behind (mutate.py says how that is judged), and as the row wants it: packed with
these words in its report, refused with these. Text behind a bomb must still be read where the table says so. Exit code 1 when one isn't so.
"""

import io
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

import mutate

CONTAINER = ("<?xml version='1.0'?><container version='1.0' xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles><rootfile full-path='%s' "
             "media-type='application/oebps-package+xml'/></rootfiles></container>")
PACKAGE = ("<?xml version='1.0'?><package xmlns='http://www.idpf.org/2007/opf' xmlns:dc='http://purl.org/dc/elements/1.1/' version='3.0'><metadata><dc:title>T</dc:title>"
           "<dc:language>en</dc:language></metadata><manifest>%s</manifest><spine>%s</spine></package>")
ITEM = "<item id='a' href='a.xhtml' media-type='application/xhtml+xml'/>"
WORDS = "Words that are there all the same."
PAGE = "<?xml version='1.0'?>%s<html xmlns='http://www.w3.org/1999/xhtml'><head><title>t</title></head><body><h1>One</h1><p>" + WORDS + "</p>%s</body></html>"
MIB = 1 << 20


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def epub(page=None, package=PACKAGE % (ITEM, "<itemref idref='a'/>"), more=(), at="content.opf"):
    page = page if page is not None else PAGE % ("", "")
    return zipped([("mimetype", "application/epub+zip"), ("META-INF/container.xml", CONTAINER % at), (at, package), ("a.xhtml", page), *more])


def docx(body="", more=(), head=""):
    return zipped([("[Content_Types].xml", "<Types/>"),
                   ("_rels/.rels", "<Relationships><Relationship Id='r1' Type='http://x/officeDocument' Target='word/document.xml'/></Relationships>"),
                   ("word/document.xml", f"<?xml version='1.0'?>{head}<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>{body}</w:body></w:document>"), *more])


def odt(body="", head=""):
    return zipped([("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml",
                   f"<?xml version='1.0'?>{head}<office:document-content xmlns:office='o' xmlns:text='t'><office:body><office:text><text:p>{WORDS}</text:p>{body}"
                   "</office:text></office:body></office:document-content>")])


def odt_bytes(body="", head=""):
    """As odt, with its type stored first, as the format demands."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(odt(body, head))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def fb2(body="", head=""):
    return (f"<?xml version='1.0'?>{head}<FictionBook xmlns='http://www.gribuser.ru/xml/fictionbook/2.0'><description/><body><section><p>{WORDS}</p>{body}"
            "</section></body></FictionBook>").encode()


def rtf(body="", head=""):
    return ("{\\rtf1\\ansi\\ansicpg1252" + head + "\\pard\\plain " + WORDS + "\\par " + body + "}").encode()


def web_page(body=""):
    return f"<!DOCTYPE html><html lang=en><body><h1>One</h1><p>{WORDS}</p>{body}</body></html>".encode()


# ---- containers -----------------------------------------------------------------------------------------------------

def fields(data, at):
    return struct.unpack_from("<IHHHHHIIIHH", data, at)


def with_sizes(data, name, packed=None, bytes_=None):
    """The sizes that a ZIP file says a member has, in both places."""
    data = bytearray(data)
    for mark, name_at, sizes_at in ((b"PK\x03\x04", 30, 18), (b"PK\x01\x02", 46, 20)):
        at = data.find(mark)
        while at >= 0 and data[at + name_at:at + name_at + len(name)] != name.encode():
            at = data.find(mark, at + 1)
        if packed is not None:
            struct.pack_into("<I", data, at + sizes_at, packed)
        if bytes_ is not None:
            struct.pack_into("<I", data, at + sizes_at + 4, bytes_)
    return bytes(data)


def overlapping(count):
    """One kernel of zeros that every entry quotes, as Fifield's bombs do: each header is a stored block of the entry before it."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = kernel.compress(bytes(8 * MIB)) + kernel.flush()
    crc = zlib.crc32(bytes(8 * MIB))
    names = [f"f{i}" for i in range(count)]
    local = struct.pack("<IHHHHHIIIHH", 0x04034b50, 20, 0, 8, 0, 0x21, crc, len(body), 8 * MIB, 2, 0) + b"f0" + body
    central = b"".join(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014b50, 20, 20, 0, 8, 0, 0x21, crc, len(body), 8 * MIB, len(n), 0, 0, 0, 0, 0, 0) + n.encode() for n in names)
    return local + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, count, count, len(central), len(local), 0)


def overlapping_epub():
    """An EPUB all of whose texts are the same bytes of the file."""
    count = 4000
    items = "".join(f"<item id='i{i}' href='f{i}' media-type='application/xhtml+xml'/>" for i in range(count))
    whole = epub(package=PACKAGE % (items, "".join(f"<itemref idref='i{i}'/>" for i in range(count))), page=PAGE % ("", "<p>" + "a " * 2 * MIB + "</p>"))
    data = bytearray(whole)
    end = data.rfind(b"PK\x05\x06")
    count_at, size_at, start = struct.unpack_from("<H", data, end + 10)[0], struct.unpack_from("<I", data, end + 12)[0], struct.unpack_from("<I", data, end + 16)[0]
    central = bytes(data[start:start + size_at])
    at = central.rfind(b"PK\x01\x02")
    last = central[at:at + 46]
    extra = b""
    for i in range(count):
        name = f"f{i}".encode()
        entry = bytearray(last)
        struct.pack_into("<HHH", entry, 28, len(name), 0, 0)
        extra += bytes(entry) + name
    central += extra
    total = count_at + count
    return bytes(data[:start]) + central + struct.pack("<IHHHHIIH", 0x06054b50, 0, 0, total, total, len(central), start, 0)


def many_entries():
    return epub(more=[(f"x/{i}", b"") for i in range(65530)])


def many_more_entries():
    data = bytearray(epub())
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 65535, 65535)
    return bytes(data)


def deflate_bomb():
    return epub(page=b"<html><body><p>" + bytes(400 * MIB) + b"</p></body></html>")


def nested_zip():
    data = zipped([("0", bytes(50 * MIB))])
    for _ in range(8):
        data = zipped([(f"{i}.zip", data) for i in range(10)])
    return data


def traps():
    names = ["../../kite-was-here", "/tmp/kite-was-here", "..\\..\\kite-was-here", "C:\\kite-was-here", "a.xhtml\0.png", "x" * 60000, "con", "./../kite-was-here", "\u202egpj.exe"]
    items = "".join(f"<item id='t{i}' href='{n.replace(chr(0), '')}' media-type='application/xhtml+xml'/>" for i, n in enumerate(names) if len(n) < 100)
    links = "".join(f"<img src='{s}' alt='x'/>" for s in ("../../../../etc/passwd", "file:///etc/passwd", "/etc/passwd", "http://127.0.0.1/x.png", "\\\\host\\share\\x.png", "%2e%2e/%2e%2e/etc/passwd"))
    spine = "<itemref idref='a'/>" + "".join(f"<itemref idref='t{i}'/>" for i in range(len(names)))
    return epub(package=PACKAGE % (ITEM + items, spine), page=PAGE % ("", links), more=[(n, PAGE % ("", "")) for n in names])


# ---- markup ---------------------------------------------------------------------------------------------------------

BILLION = "<!DOCTYPE x [<!ENTITY a 'lol lol lol lol lol'>" + "".join(f"<!ENTITY {chr(98 + i)} '{('&' + chr(97 + i) + ';') * 10}'>" for i in range(12)) + "]>"
QUADRATIC = "<!DOCTYPE x [<!ENTITY a '" + "A" * 100000 + "'>]>"
OUTSIDE = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'><!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]>"
LOOP = "<!DOCTYPE x [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>"


def deep(open_, shut, count=10000):
    return open_ * count + "deep" + shut * count


def contents(count, is_nested):
    point = "<navPoint><navLabel><text>A place</text></navLabel><content src='a.xhtml#x'/>"
    points = point * count + "</navPoint>" * count if is_nested else (point + "</navPoint>") * count
    return epub(package=PACKAGE % (ITEM + "<item id='n' href='toc.ncx' media-type='application/x-dtbncx+xml'/>", "<itemref idref='a'/>"),
                more=[("toc.ncx", f"<ncx><navMap>{points}</navMap></ncx>")])


# ---- pictures -------------------------------------------------------------------------------------------------------

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, body=None, depth=8, colour=2, interlace=0):
    body = zlib.compress(bytes(1000)) if body is None else body
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg(width, height):
    table = b"\xff\xdb\0\x43\0" + bytes([1] * 64)
    frame = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
    huffman = b"\xff\xc4\0\x14\0" + bytes([1] + [0] * 15) + b"\0"
    scan = b"\xff\xda\0\x08\x01\x01\0\0\0\0" + b"\0" * 20
    return b"\xff\xd8" + table + frame + huffman + scan * 200 + b"\xff\xd9"


def gif(width, height):
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0\0\0\0\xff\xff\xff" + b"," + struct.pack("<HHHH", 0, 0, width, height) + b"\0\x02\x02\x84\x51\0;"


def webp(width, height):
    """Lossless, with nothing behind its sizes."""
    body = b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14) + bytes(60)
    return b"RIFF" + struct.pack("<I", len(body) + 13) + b"WEBPVP8L" + struct.pack("<I", len(body)) + body + b"\0"


def pictured(data, name):
    return epub(page=PAGE % ("", f"<img src='{name}' alt='words for it'/>"), more=[(name, data)])


def svg(inside, size="width='65535' height='65535'", head=""):
    return epub(page=PAGE % ("", "<img src='x.svg' alt='words for it'/>"), more=[("x.svg", f"<?xml version='1.0'?>{head}<svg xmlns='http://www.w3.org/2000/svg' {size}>{inside}</svg>")])


# ---- fonts ----------------------------------------------------------------------------------------------------------

def with_font(data):
    """A book with three letters that no font of a reader has, and a font."""
    item = "<item id='f' href='f.ttf' media-type='application/vnd.ms-opentype'/>"
    return epub(page=PAGE % ("", "<p>\u0f40\u0f41\u0f42</p>"), package=PACKAGE % (ITEM + item, "<itemref idref='a'/>"), more=[("f.ttf", data)])


def sfnt(**tables):
    """A font of these tables and what every font needs; names with underscores for spaces."""
    count = tables.pop("glyphs", 4)
    whole = {"head": struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5f0f3cf5, 0, 1000, 0, 0, 0, 0, 0, 0, 0, 8, 2, 1, 0), "hhea": struct.pack(">IhhhHhhhhhh8xhH", 0x10000, 800, -200, 0, 600, 0, 0, 0, 1, 0, 0, 0, 1),
             "maxp": struct.pack(">IH26x", 0x10000, count), "hmtx": struct.pack(">Hh", 600, 0) + bytes(2 * (count - 1)), "loca": bytes(4 * (count + 1)), "glyf": bytes(12),
             "cmap": struct.pack(">HHHHIHHIIIIII", 0, 1, 3, 10, 12, 12, 0, 28, 0, 1, 0xf40, 0xf42, 1), **{name.replace("_", " "): data for name, data in tables.items()}}
    out, at, bodies = struct.pack(">IHHHH", 0x10000, len(whole), 0, 0, 0), 12 + 16 * len(whole), b""
    for name in sorted(whole):
        out += name.encode() + struct.pack(">III", 0, at + len(bodies), len(whole[name]))
        bodies += whole[name] + bytes(-len(whole[name]) % 4)
    return out + bodies


def glyphs(*shapes):
    """Outlines in a row, and their places."""
    places, bodies = [0], b""
    for shape in shapes:
        bodies += shape + bytes(-len(shape) % 4)
        places.append(len(bodies))
    return {"glyf": bodies + bytes(4), "loca": b"".join(struct.pack(">I", p) for p in places), "glyphs": len(shapes)}


def parts(*numbers):
    return struct.pack(">hhhhh", -1, 0, 0, 0, 0) + b"".join(struct.pack(">HHbb", 2 | (0x20 if i + 1 < len(numbers) else 0), n, 0, 0) for i, n in enumerate(numbers))


def square(points=4):
    return struct.pack(">hhhhhHH", 1, 0, 0, 100, 100, points - 1, 0) + bytes(points) + bytes(4 * points)


def lookup_bomb():
    """A rule that makes of each letter a hundred, which it is applied to again."""
    many = struct.pack(">HHHHHH", 1, 8, 1, 0, 0, 0)[:6] + struct.pack(">H", 14) + struct.pack(">HHHH", 1, 1, 1, 0)[:6] + struct.pack(">H", 100) + struct.pack(">H", 1) * 100
    script = struct.pack(">HH4sH", 1, 0, b"", 0)[:2] + b"DFLT" + struct.pack(">H", 8) + struct.pack(">HH", 4, 0) + struct.pack(">HHHH", 0, 0xffff, 1, 0)
    feature = struct.pack(">H4sH", 1, b"ccmp", 8) + struct.pack(">HHHH", 0, 1, 0, 0)[:6]
    lookups = struct.pack(">HH", 1, 4) + struct.pack(">HHHH", 2, 0, 1, 8) + many
    return struct.pack(">IHHH", 0x10000, 10, 10 + len(script), 10 + len(script) + len(feature)) + script + feature + lookups


USES = "<defs><g id='a'><rect width='9' height='9'/></g>" + "".join(f"<g id='{chr(98 + i)}'>" + f"<use href='#{chr(97 + i)}'/>" * 10 + "</g>" for i in range(9)) + "</defs><use href='#j'/>"

PACKED, REFUSED, EITHER = "packed", "refused", ""

# name, bytes, how it must end, words of the report
TABLE = [
    ("deflate-bomb.epub", deflate_bomb, REFUSED, ""),
    ("says-4-gib.epub", lambda: with_sizes(epub(), "a.xhtml", bytes_=0xfffffffe), REFUSED, ""),
    ("says-little.epub", lambda: with_sizes(epub(page=PAGE % ("", "<p>x</p>" * 100000)), "a.xhtml", bytes_=100), REFUSED, ""),
    ("packed-beyond-end.epub", lambda: with_sizes(epub(), "a.xhtml", packed=0x7fffffff), REFUSED, ""),
    ("overlapping.zip", lambda: overlapping(65000), REFUSED, "ZIP"),
    ("overlapping.epub", overlapping_epub, EITHER, ""),
    ("65530-entries.epub", many_entries, PACKED, ""),
    ("says-65535-entries.epub", many_more_entries, EITHER, ""),
    ("nested.zip", nested_zip, REFUSED, "ZIP"),
    ("traps.epub", traps, PACKED, ""),
    ("package-outside.epub", lambda: epub(at="../../content.opf"), REFUSED, ""),
    ("fallback-loop.epub", lambda: epub(package=PACKAGE % (ITEM + "<item id='x' href='x.x' media-type='x/x' fallback='y'/><item id='y' href='y.y' media-type='x/x' fallback='x'/>",
                                                             "<itemref idref='a'/><itemref idref='x'/>")), PACKED, "left out"),
    ("spine-of-30000.epub", lambda: epub(package=PACKAGE % (ITEM, "<itemref idref='a'/>" * 30000)), REFUSED, ""),
    ("manifest-of-30000.epub", lambda: epub(package=PACKAGE % (ITEM + "".join(f"<item id='x{i}' href='{i}' media-type='x/x'/>" for i in range(30000)), "<itemref idref='a'/>")), REFUSED, ""),
    ("contents-of-100000.epub", lambda: contents(100000, False), PACKED, ""),
    ("contents-10000-deep.epub", lambda: contents(10000, True), PACKED, ""),
    ("entities.epub", lambda: epub(page=PAGE % (BILLION, "<p>&m;</p>")), EITHER, ""),
    ("entities.docx", lambda: docx("<w:p><w:r><w:t>&m;</w:t></w:r></w:p>", head=BILLION), PACKED, "damaged"),
    ("entities.odt", lambda: odt_bytes("<text:p>&m;</text:p>", BILLION), PACKED, "damaged"),
    ("entities.fb2", lambda: fb2("<p>&m;</p>", BILLION), EITHER, ""),
    ("long-entity.epub", lambda: epub(page=PAGE % (QUADRATIC, "<p>" + "&a;" * 50000 + "</p>")), EITHER, ""),
    ("long-entity.fb2", lambda: fb2("<p>" + "&a;" * 50000 + "</p>", QUADRATIC), EITHER, ""),
    ("entity-loop.epub", lambda: epub(page=PAGE % (LOOP, "<p>&a;</p>")), PACKED, ""),
    ("entity-outside.epub", lambda: epub(page=PAGE % (OUTSIDE, "<p>&a;</p>")), PACKED, ""),
    ("entity-outside.fb2", lambda: fb2("<p>&a;</p>", OUTSIDE), PACKED, ""),
    ("deep.epub", lambda: epub(page=PAGE % ("", deep("<div>", "</div>"))), PACKED, ""),
    ("deep-lists.epub", lambda: epub(page=PAGE % ("", deep("<ul><li>", "</li></ul>"))), PACKED, ""),
    ("deep-tables.html", lambda: web_page(deep("<table><tr><td>", "</td></tr></table>", 5000)), PACKED, ""),
    ("deep-spans.html", lambda: web_page(deep("<b><i><a href=x>", "</a></i></b>")), PACKED, ""),
    ("deep-formula.html", lambda: web_page("<math>" + deep("<mfrac><msup><mi>x</mi>", "</msup></mfrac>") + "</math>"), PACKED, ""),
    ("deep-quotes.html", lambda: web_page(deep("<blockquote>", "</blockquote>")), PACKED, ""),
    ("never-ends.html", lambda: web_page("<b><i><u><a>" * 100000), PACKED, ""),
    ("deep.docx", lambda: docx(deep("<w:tbl><w:tr><w:tc><w:p>", "</w:p></w:tc></w:tr></w:tbl>", 5000)), PACKED, ""),
    ("deep-fields.docx", lambda: docx("<w:p>" + "<w:r><w:fldChar w:fldCharType='begin'/></w:r>" * 10000 + "</w:p>"), PACKED, ""),
    ("deep.odt", lambda: odt_bytes(deep("<text:section><text:list><text:list-item>", "</text:list-item></text:list></text:section>")), PACKED, ""),
    ("deep.fb2", lambda: fb2(deep("<section>", "</section>")), PACKED, ""),
    ("deep.rtf", lambda: rtf(deep("{\\b ", "}", 100000)), PACKED, ""),
    ("never-ends.rtf", lambda: rtf("{\\i " * 100000), PACKED, "cut short"),
    ("ends-often.rtf", lambda: rtf("}" * 100000), PACKED, ""),
    ("deep-notes.rtf", lambda: rtf(deep("{\\footnote x ", "}", 10000)), PACKED, ""),
    ("deep-boxes.rtf", lambda: rtf(deep("{\\shp{\\*\\shpinst{\\shptxt x ", "}}}", 10000)), PACKED, ""),
    ("many-notes.rtf", lambda: rtf("x{\\footnote y}" * 50000), EITHER, ""),
    ("boxes-of-a-paragraph.rtf", lambda: rtf("{\\shp{\\*\\shpinst{\\shptxt x}}}" * 50000), PACKED, ""),
    ("fonts.rtf", lambda: rtf("", "{\\fonttbl" + "".join(f"{{\\f{i * 13 % 70000}\\fcharset128 x;}}" for i in range(100000)) + "}{\\stylesheet" + "".join(f"{{\\s{i * 17 % 70000} x;}}" for i in range(100000)) + "}"), PACKED, ""),
    ("numbers.rtf", lambda: rtf("\\u99999999999999999999?\\s-99999999999\\f4294967296\\uc99999\\lang-1\\ilvl99999\\outlinelevel-5\\li-99999999999x\\par"), PACKED, ""),
    ("bin-beyond-end.rtf", lambda: rtf("{\\pict\\pngblip\\bin2147483647 x}"), PACKED, ""),
    ("cells.rtf", lambda: rtf("\\trowd\\intbl " + "x\\cell " * 200000 + "\\row "), PACKED, ""),
    ("rows-without-cells.rtf", lambda: rtf("\\trowd\\row" * 200000), PACKED, ""),
    ("picture-of-zeros.rtf", lambda: rtf("{\\pict\\pngblip " + "00" * 8 * MIB + "}"), PACKED, "left out"),
    ("65535.rtf", lambda: rtf("{\\pict\\pngblip " + png(65535, 65535).hex() + "}"), PACKED, "left out"),
    ("one-long-word.rtf", lambda: rtf("\\" + "x" * 8 * MIB), PACKED, ""),
    ("looks.rtf", lambda: rtf("{\\b x}{\\i y}" * 200000), EITHER, ""),
    ("million-paragraphs.html", lambda: web_page("<p>x</p>" * 1000000), EITHER, ""),
    ("paragraphs-of-a-note.html", lambda: web_page("<p>a<a href=#n><sup>1</sup></a></p><div><p id=n>1 x</p>" + "<p>x</p>" * 200000 + "</div>"), PACKED, ""),
    ("marks.html", lambda: web_page("<p>" + "<a href=#n><sup>1</sup></a> " * 50000 + "</p><div><p id=n>1 x</p></div>"), PACKED, ""),
    ("links.html", lambda: web_page("".join(f"<a href=#{i}>x</a><p id={i}>y</p>" for i in range(50000))), PACKED, ""),
    ("rows.html", lambda: web_page("<table>" + "<tr><td rowspan=65535 colspan=1000>x<td>y" * 30000 + "</table>"), PACKED, ""),
    ("one-long-word.html", lambda: web_page("<p>" + "x" * 8 * MIB + "</p>"), EITHER, ""),
    ("rules.html", lambda: web_page("<style>" + "".join(f".a{i}{{font-style:italic}}" for i in range(200000)) + "</style>"), PACKED, ""),
    ("65535.png.epub", lambda: pictured(png(65535, 65535), "p.png"), PACKED, "left out"),
    ("65535-interlaced.png.epub", lambda: pictured(png(65535, 65535, interlace=1), "p.png"), PACKED, "left out"),
    ("2147483647.png.epub", lambda: pictured(png(0x7fffffff, 0x7fffffff), "p.png"), PACKED, "left out"),
    ("bomb.png.epub", lambda: pictured(png(60000, 1000, zlib.compress(bytes(200 * MIB), 9)), "p.png"), EITHER, ""),
    ("65535.jpg.epub", lambda: pictured(jpeg(65535, 65535), "p.jpg"), PACKED, "left out"),
    ("65500.jpg.epub", lambda: pictured(jpeg(65500, 1000), "p.jpg"), PACKED, ""),
    ("65535.gif.epub", lambda: pictured(gif(65535, 65535), "p.gif"), PACKED, "left out"),
    ("16383.webp.epub", lambda: pictured(webp(16383, 16383), "p.webp"), PACKED, "left out"),
    ("16383.webp", lambda: webp(16383, 16383), REFUSED, "too large"),
    ("broken.webp", lambda: webp(900, 900), REFUSED, "broken"),
    ("moving.webp", lambda: b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0", REFUSED, "moving"),
    ("font-of-zeros.epub", lambda: with_font(b"\0\1\0\0" + bytes(30 * MIB)), PACKED, "cannot be read"),
    ("font-65535-tables.epub", lambda: with_font(b"\0\1\0\0\xff\xff" + b"cmap\0\0\0\0\0\0\0\0\xff\xff\xff\xff" * 65535), PACKED, ""),
    ("font-of-itself.epub", lambda: with_font(sfnt(**glyphs(square(), parts(1), parts(1, 2, 2), square()))), PACKED, ""),
    ("font-deep.epub", lambda: with_font(sfnt(**glyphs(square(), *[parts(min(i + 2, 2000)) for i in range(2000)]))), PACKED, ""),
    ("font-wide.epub", lambda: with_font(sfnt(**glyphs(square(), parts(*[2] * 500), parts(*[3] * 500), parts(*[4] * 500), square(4000)))), PACKED, ""),
    ("font-65535-glyphs.epub", lambda: with_font(sfnt(glyphs=65535)), PACKED, ""),
    ("font-points.epub", lambda: with_font(sfnt(**glyphs(square(), square(60000), square(), square()))), PACKED, ""),
    ("font-no-end.epub", lambda: with_font(sfnt(**glyphs(square(), square()[:12], square()[:16], square()))), PACKED, ""),
    ("font-cmap-of-all.epub", lambda: with_font(sfnt(cmap=struct.pack(">HHHHIHHIII", 0, 1, 3, 10, 12, 12, 0, 28, 0, 0x7fffffff) + struct.pack(">III", 0, 0xffffffff, 0) * 2000)), PACKED, ""),
    ("font-lookups.epub", lambda: with_font(sfnt(GSUB=lookup_bomb(), **glyphs(square(), square(), square(), square()))), PACKED, ""),
    ("font-layout-of-noise.epub", lambda: with_font(sfnt(GSUB=b"\0\1\0\0" + bytes(range(256)) * 4000, GPOS=b"\0\1\0\0" + bytes(MIB), **glyphs(square(), square(), square(), square()))), PACKED, ""),
    ("16-fonts.epub", lambda: epub(page=PAGE % ("", "<p>\u0f40</p>"), package=PACKAGE % (ITEM + "".join(f"<item id='f{i}' href='{i}.ttf' media-type='font/ttf'/>" for i in range(5000)), "<itemref idref='a'/>"),
                                    more=[(f"{i}.ttf", bytes(MIB)) for i in range(40)]), PACKED, ""),
    ("65535.svg.epub", lambda: svg("<rect width='65535' height='65535'/>"), PACKED, ""),
    ("huge.svg.epub", lambda: svg("<rect width='9' height='9'/>", "width='1e30' height='1e30'"), PACKED, ""),
    ("uses.svg.epub", lambda: svg(USES, "width='99' height='99'"), EITHER, ""),
    ("deep.svg.epub", lambda: svg(deep("<g>", "</g>"), "width='99' height='99'"), PACKED, ""),
    ("uses-itself.svg.epub", lambda: svg("<g id='a'><use href='#a'/></g>", "width='99' height='99'"), PACKED, ""),
    ("entities.svg.epub", lambda: svg("<text>&m;</text>", "width='99' height='99'", BILLION), PACKED, ""),
    ("paths.svg.epub", lambda: svg("<path d='M0 0" + "L9 9L0 5" * 400000 + "' stroke='#000'/>", "width='99' height='99'"), EITHER, ""),
]


def text_of(kite, path):
    return subprocess.run([kite, "text", path], stdout=subprocess.PIPE, check=False).stdout.decode()


def judge(kite, folder, path, wanted, words):
    outcome = kite.feed(path)
    wrong = outcome.wrong
    if not wrong and outcome.has_crashed:
        wrong = "crashed or ran out of time in the sandbox"
    if not wrong and wanted and outcome.is_packed != (wanted == PACKED):
        wrong = f"was not {wanted}"
    if not wrong and words not in outcome.message:
        wrong = f"does not say \"{words}\""
    if not wrong and wanted == PACKED:
        bundle = folder / "out.kite"
        subprocess.run([kite.program, "pack", "--fast", str(path), "-o", str(bundle)], stderr=subprocess.DEVNULL, check=False)
        text = text_of(kite.program, bundle)
        if WORDS not in text:
            wrong = "has lost its text"
        if "root:" in text:
            wrong = "holds what lies outside of it"
    return outcome, wrong


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    kite, is_well = mutate.Kite(sys.argv[1]), True
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for title, make, wanted, words in TABLE:
            if len(sys.argv) > 2 and title not in sys.argv[2:]:
                continue
            path = folder / title
            path.write_bytes(make())
            outcome, wrong = judge(kite, folder, path, wanted, words)
            said = outcome.message.strip().splitlines()[-1].removeprefix("kite pack: ").replace(str(folder) + "/", "") if outcome.message.strip() else ""
            print(f"{title:28} {'packed' if outcome.is_packed else 'refused':8} {outcome.cpu_s:5.1f} s {outcome.mb:4.0f} MB  {'WRONG: ' + wrong + '; ' if wrong else ''}{said[:150]}", flush=True)
            is_well = is_well and not wrong
            path.unlink()
    if pathlib.Path("/tmp/kite-was-here").exists():
        print("WRONG: a file was written outside")
        is_well = False
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
