#!/usr/bin/python3
"""Documents of pages made to take all memory or all time: `kite pack` must refuse each, or pack what can be packed of it, as tests/fuzz/mutate.py says.

usage: bombs.py BUILD [NAME...]

A row for each: whether it was packed, seconds of CPU, peak MB, what was said last. Exit code 1 when one did harm.
"""
import io
import pathlib
import struct
import sys
import tempfile
import zipfile
import zlib

from mutate import Kite

HUGE = 65535
MB_MOST = 128  # of 64 that what reads pages may take, and what is read of it and written


def pdf(objects, root=1):
    """Bodies of objects 1, 2 ... as a file."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj ".encode() + (body if isinstance(body, bytes) else body.encode()) + b" endobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(b"%010d 00000 n \n" % at for at in places)
    return bytes(out) + f"trailer <</Size {len(objects) + 1}/Root {root} 0 R>>\nstartxref\n{table}\n%%EOF\n".encode()


def stream(data, more=""):
    return f"<<{more}/Length {len(data)}>> stream\n".encode() + data + b"\nendstream"


def page_of(content, resources="", more=()):
    """A document of one page; further objects are 5, 6 ..."""
    return pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
                f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<{resources}>>>>", content, *more])


def png(width, height, rows=b""):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows, 9))
            + chunk(b"IEND", b""))


def cbz(member):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("page.png", member)
    return out.getvalue()


def deflated(byte, count):
    pack = zlib.compressobj(9)
    piece = byte * (1 << 20)
    return b"".join(pack.compress(piece) for _ in range(count >> 20)) + pack.flush()


FONT = "/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>"

BOMBS = {
    "picture-png.png": lambda: png(HUGE, HUGE),
    "picture-png-filled.png": lambda: png(HUGE, 4000, b"\0" * (4000 * (HUGE + 1))),
    "picture-gif.gif": lambda: b"GIF89a" + struct.pack("<HHBBB", HUGE, HUGE, 0xf7, 0, 0) + bytes(768) + b"," + struct.pack("<HHHHBB", 0, 0, HUGE, HUGE, 0, 8) + b"\2\0\1\1\0;",
    "picture-bmp.bmp": lambda: b"BM" + struct.pack("<IHHI", 2000, 0, 0, 1078) + struct.pack("<IiiHHIIiiII", 40, HUGE, HUGE, 1, 8, 0, 0, 0, 0, 256, 0) + bytes(1100),
    "picture-tiff.tif": lambda: b"II*\0" + struct.pack("<IH", 8, 6) + b"".join(struct.pack("<HHII", t, k, 1, v) for t, k, v in ((256, 4, HUGE), (257, 4, HUGE), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8))) + b"\0\0\0\0",
    "picture-jpeg.jpg": lambda: b"\xff\xd8\xff\xc0\0\x0b\x08" + struct.pack(">HH", HUGE, HUGE) + b"\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0" + bytes(100) + b"\xff\xd9",
    "picture-jpeg-2000.jp2": lambda: b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">IIIIIIIIH", HUGE, HUGE, 0, 0, HUGE, HUGE, 0, 0, 1) + b"\7\1\1\xff\x52\0\x0c\0\0\0\1\0\1\4\4\0\0\xff\x5c\0\4\x40\x40\xff\x90\0\x0a\0\0\0\0\0\0\0\1\xff\x93\xff\xd9",
    "picture-in-comic.cbz": lambda: cbz(png(HUGE, HUGE)),
    "picture-in-pdf.pdf": lambda: page_of(stream(b"q 600 0 0 700 0 0 cm /P Do Q"), "/XObject<</P 5 0 R>>",
                                          [stream(deflated(b"\0", 64 << 20), f"/Type/XObject/Subtype/Image/Width {HUGE}/Height {HUGE}/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode")]),
    "picture-svg.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="65535000" height="65535000"><rect width="65535000" height="65535000"/></svg>',
    "svg-of-itself.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"><g id="a"><use xlink:href="#a"/><use xlink:href="#a"/></g></svg>',
    "svg-deep.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + b"<g>" * 50000 + b"</g>" * 50000 + b"</svg>",
    "svg-doubling.svg": lambda: (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="99" height="99"><g id="a0"><rect width="9" height="9"/></g>'
                                 + b"".join(b'<g id="a%d"><use xlink:href="#a%d"/><use xlink:href="#a%d"/></g>' % (i + 1, i, i) for i in range(40)) + b"</svg>"),
    "pages-claimed.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 2147483647/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]),
    "pages-many.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 100000/Kids[" + "3 0 R " * 100000 + "]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"]),
    "pages-of-themselves.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 9/Kids[2 0 R 2 0 R 3 0 R]>>", "<</Type/Pages/Parent 2 0 R/Count 3/Kids[2 0 R 3 0 R]>>"]),
    "pages-deep.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>"] + [f"<</Type/Pages/Count 1/Kids[{n} 0 R]>>" for n in range(3, 20003)] + ["<</Type/Page/MediaBox[0 0 9 9]>>"]),
    "pages-doubling.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>"] + [f"<</Type/Pages/Count {2**(42 - n)}/Kids[{n} 0 R {n} 0 R]>>" for n in range(3, 42)] + ["<</Type/Page/MediaBox[0 0 9 9]>>"]),
    "arrays-deep.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R/X " + "[" * 200000 + "]" * 200000 + ">>", "<</Type/Pages/Count 0/Kids[]>>"]),
    "states-deep.pdf": lambda: page_of(stream(b"q " * 300000 + b"BT /F 12 Tf 72 700 Td (text) Tj ET"), FONT),
    "form-of-itself.pdf": lambda: page_of(stream(b"/A Do"), "/XObject<</A 5 0 R>>", [stream(b"/A Do /A Do", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A 5 0 R>>>>")]),
    "forms-doubling.pdf": lambda: page_of(stream(b"/A Do"), "/XObject<</A 5 0 R>>",
                                          [stream(b"/A Do /A Do", f"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</A {n} 0 R>>>>") for n in range(6, 46)] + [stream(b"0 0 9 9 re f", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]")]),
    "content-inflates.pdf": lambda: page_of(stream(deflated(b" ", 1 << 30), "/Filter/FlateDecode")),
    "content-inflates-twice.pdf": lambda: page_of(stream(zlib.compress(deflated(b" ", 1 << 30)), "/Filter[/FlateDecode/FlateDecode]")),
    "text-endless.pdf": lambda: page_of(stream(zlib.compress(b"BT /F 12 Tf 72 700 Td " + b"(word word word word) Tj T* " * 400000 + b"ET"), "/Filter/FlateDecode"), FONT),
    "lines-everywhere.pdf": lambda: page_of(stream(zlib.compress(b"BT /F 1 Tf " + b"".join(b"1 0 0 1 %d %d Tm (w) Tj " % (i * 7919 % 612, i * 104729 % 792) for i in range(60000)) + b"ET"), "/Filter/FlateDecode"), FONT),
    "page-vast.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[-1e30 -1e30 1e30 1e30]/Contents 4 0 R>>", stream(b"0 0 1e30 1e30 re f")]),
    "pattern-tiny.pdf": lambda: page_of(stream(b"/Pattern cs /P scn 0 0 612 792 re f"), "/Pattern<</P 5 0 R>>",
                                        [stream(b"0 0 1 1 re f", "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>")]),
    "outline-of-itself.pdf": lambda: pdf(["<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 6 0 R/Resources<<" + FONT + ">>>>",
                                          "<</First 5 0 R/Last 5 0 R>>", "<</Title(x)/Next 5 0 R/First 4 0 R/Parent 4 0 R>>", stream(b"BT /F 12 Tf 9 9 Td (A word.) Tj ET")]),
    "function-deep.pdf": lambda: page_of(stream(b"/C cs 0.5 scn 0 0 99 99 re f"), "/ColorSpace<</C[/Separation/x/DeviceGray 5 0 R]>>",
                                         [stream(b"{" * 20000 + b"}" * 20000, "/FunctionType 4/Domain[0 1]/Range[0 1]")]),
    "length-of-itself.pdf": lambda: page_of(b"<</Length 4 0 R>> stream\nq Q\nendstream"),
    "mobi-records-outside.mobi": lambda: b"x".ljust(60, b"\0") + b"BOOKMOBI" + struct.pack(">IIHIIIIII", 0, 0, 3, 102, 0, 0x70000000, 0, 0xfffffff0, 0)
                                         + struct.pack(">HHIHHHH", 1, 0, 4, 1, 4096, 0, 0) + b"MOBI" + bytes(220),
    "mobi-claims.mobi": lambda: b"x".ljust(60, b"\0") + b"BOOKMOBI" + struct.pack(">IIH", 0, 0, 65535) + bytes(65535 * 8) + struct.pack(">HHIHHHH", 2, 0, 0xffffffff, 65535, 65535, 0, 0) + b"MOBI" + bytes(220),
}


def main():
    kite, wanted, is_well = Kite(sys.argv[1]), sys.argv[2:], True
    with tempfile.TemporaryDirectory() as folder:
        for name, make in BOMBS.items():
            if wanted and name not in wanted:
                continue
            path = pathlib.Path(folder) / name
            path.write_bytes(make())
            outcome = kite.feed(path)
            if outcome.mb > MB_MOST:
                outcome.wrong = outcome.wrong or f"took {outcome.mb:.0f} MB"
            is_bad = outcome.wrong or outcome.has_crashed and "takes too long" not in outcome.message
            is_well = is_well and not is_bad
            said = outcome.message.strip().splitlines()[-1:] or [""]
            print(f"{name:28} {'packed ' if outcome.is_packed else 'refused'} {outcome.cpu_s:5.1f} s {outcome.mb:4.0f} MB  {outcome.wrong or ''}"
                  f"{said[0].replace(str(folder) + '/', '')[:150]}", flush=True)
            path.unlink()
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
