#!/usr/bin/python3
"""Makes the seeds of the fuzz targets that nobody would write by hand: bytes of files, of answers of a kernel, of messages.

usage: seeds.py [FOLDER]

Writes into tests/fuzz/seeds, or FOLDER. The other seeds there are texts; the JPEG files are those of libjpeg's example encoder, of grays from 0 up.
"""

import base64
import os
import struct
import sys
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

sys.path.insert(0, "tests/press")
import paged
from pdf_writer import Pdf

FOLDER = sys.argv[1] if len(sys.argv) > 1 else "tests/fuzz/seeds"


def put(target, name, data):
    os.makedirs(os.path.join(FOLDER, target), exist_ok=True)
    with open(os.path.join(FOLDER, target, name), "wb") as out:
        out.write(data)


def u16(*values):
    return struct.pack("<%dH" % len(values), *values)


def u32(*values):
    return struct.pack("<%dI" % len(values), *values)


# ---- pictures -------------------------------------------------------------------------------------------

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, color, interlaced=0, more=b"", width=11, height=9):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    passes = [(0, 0, 1, 1)] if not interlaced else [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for x0, y0, dx, dy in passes:
        columns, lines = (width - x0 + dx - 1) // dx, (height - y0 + dy - 1) // dy
        row_bytes = (columns * channels * depth + 7) // 8
        for y in range(lines if columns > 0 else 0):
            rows += bytes([y % 5]) + bytes((y * 37 + i * 11) & (0x11 if color == 3 and depth == 8 else 0xff) for i in range(row_bytes))
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def rasters():
    palette = chunk(b"PLTE", bytes(range(0, 48 * 5, 5)) + bytes(6)) + chunk(b"tRNS", bytes([0, 128, 255]))
    for depth in (1, 2, 4, 8, 16):
        put("raster", "gray%d.png" % depth, png(depth, 0))
    for depth in (8, 16):
        put("raster", "rgb%d.png" % depth, png(depth, 2))
        put("raster", "gray-alpha%d.png" % depth, png(depth, 4))
        put("raster", "rgba%d.png" % depth, png(depth, 6))
    put("raster", "palette4.png", png(4, 3, more=palette))
    put("raster", "palette8.png", png(8, 3, more=palette))
    put("raster", "interlaced.png", png(8, 2, 1))
    put("raster", "interlaced1.png", png(1, 0, 1))
    put("raster", "transparent.png", png(8, 0, more=chunk(b"tRNS", b"\0\x25") + chunk(b"gAMA", struct.pack(">I", 100000))))
    put("raster", "large.png", png(8, 0, width=300, height=200)[:400])


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def pictures():
    ramp = bytes((x * 9 + y * 5) & 255 for y in range(16) for x in range(16))
    lines = bytes(255 if (x // 3 + y) % 4 else 0 for y in range(16) for x in range(16))
    for codec in range(3):
        put("picture", "block%d" % codec, bytes([0]) + u16(16, 16) + bytes([codec, 60, codec]) + u16(0, 16) + ramp[:128])
    for filtered in range(4):
        put("picture", "rows%d" % filtered, bytes([0]) + u16(16, 4) + bytes([0, 0, filtered]) + u16(0, 4) + bytes(range(32)))
    put("picture", "white", bytes([1, 15, 15]) + b"".join(varint(v) for v in (1, 16, 16, 0, 0, 0, 1, 16, 128)) + b"\xff" * 128)
    put("picture", "ramp", bytes([2, 15, 15]) + ramp)
    put("picture", "lines", bytes([2, 15, 15]) + lines)
    put("picture", "noise", bytes([2, 22, 20]) + zlib.compress(ramp + lines))


# ---- containers -----------------------------------------------------------------------------------------

def archive(*files, **more):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", **more) as z:
        for name, data in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            z.writestr(info, data)
    return out.getvalue()


def containers():
    text = b"word " * 30
    put("container", "book", archive(("mimetype", b"application/epub+zip"), ("META-INF/container.xml", text), ("a/b.html", b"<p>x</p>"), ("../up", b"y")))
    put("container", "names", archive(("A/One%20.xml", text), ("a/one .xml", b""), ("dir/", b""), ("\u00e9.txt", b"e"), ("http://a/", b"b"), ("x/./y/../z", b"")))
    cut = archive(("one", text))
    put("container", "cut", cut[:-10])
    put("container", "late", b"junk in front" + cut)
    wrong = bytearray(cut)
    wrong[14] ^= 1
    put("container", "wrong-sum", bytes(wrong))
    wrong = bytearray(cut)
    wrong[6] |= 1
    wrong[cut.rfind(b"PK\1\2") + 8] |= 1
    put("container", "encrypted", bytes(wrong))
    long = archive(("long", b"0" * 300000))
    put("container", "long", long)


# ---- pages ----------------------------------------------------------------------------------------------

def pages():
    folder = Path(FOLDER) / "paged"
    folder.mkdir(parents=True, exist_ok=True)
    pdf = Pdf()
    for number in range(3):
        pdf.page("/Rotate 90" if number == 2 else "")
        pdf.line(72, 760, [("I", "A running head")], 9)
        pdf.line(72, 700, [("B", "%d. Heading" % (number + 1))], 16)
        for i in range(6):
            pdf.line(72, 660 - 14 * i, [("R", "Words of a line that goes to the edge of the page, and "), ("I", "on"), ("R", "1", 7, 4)], 11)
        pdf.line(90, 540, [("R", "\u2022 an item of a list")], 11)
        pdf.line(90, 520, [("C", "int x = 1;")], 10)
        pdf.line(72, 100, [("R", "1 A note at the foot.")], 8)
        pdf.line(300, 40, [("R", str(number + 1))], 9)
    pdf.picture(72, 200, 60, 40, bytes(range(96)), 12, 8)
    pdf.save(folder / "text.pdf", info="/Title(A Title)/Author(Somebody)/CreationDate(D:20200102)")
    pdf = Pdf((300, 200))
    pdf.page()
    pdf.line(20, 150, [("U", "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd 12")], 14)
    pdf.save(folder / "meanings.pdf")
    for name, password in (("locked", "secret"), ("sealed", "")):
        pdf = Pdf()
        pdf.page()
        pdf.line(72, 700, [("R", "Encrypted.")], 11)
        pdf.save(folder / (name + ".pdf"), password=password)
    paged.write_empty(folder / "empty.pdf")
    pdf = Pdf((120, 160))
    pdf.page()
    pdf.picture(0, 0, 120, 160, paged.scan(100, 120), 100, 120)
    pdf.save(folder / "scan.pdf", compresses=True)
    for name, data in (("small.gif", paged.gif()), ("small.bmp", paged.bmp()), ("small.tif", paged.tiff()), ("small.svg", paged.svg())):
        put("paged", name, data)
    put("paged", "small.cbz", archive(("1.png", png(8, 0)), ("2.png", png(1, 0))))


# ---- devices --------------------------------------------------------------------------------------------

def record(slot, tries, states):
    return b"KITEBOOT" + u32(5) + bytes([slot, tries]) + bytes(states) + u32(0)


def boots():
    put("boot", "life", bytes([3]) + record(0, 3, (2, 0)) + record(1, 1, (2, 1)) + bytes([0, 3, 2, 3, 0, 0, 0, 3, 1, 0, 3]))
    for where in (0, 1):
        put("boot", "update%d" % where, bytes([3]) + record(where, 3, (2, 2)) + record(0, 0, (3, 3)) + bytes([4 | where << 3 | 16 | 8 * (1 - where) & 8, 0, 2, 3, 24, 19, 3]))
    for failing in range(1, 8):
        put("boot", "fails%d" % failing, bytes([3 | failing * 4 << 2]) + record(0, 3, (2, 0)) * 2 + bytes([24 | failing << 5, 29, 24, 3, 2, 3]))
    put("boot", "empty", bytes([0]) + bytes(40) + bytes([0, 3, 24]))
    for field in (12, 13, 14, 15):
        broken = bytearray(record(0, 3, (2, 0)))
        broken[field] = 9
        put("boot", "broken%d" % field, bytes([1]) + bytes(broken) + bytes(20) + bytes([3]))


def screen(width, height, bits, gray=0):
    fields = bytes((11, 5, 5, 6, 0, 5)) if bits == 16 else bytes((16, 8, 8, 8, 0, 8))
    return b"\0" + u16(width, height) + bytes([0, 0, bits, gray]) + fields


def updates(count, answers):
    return b"".join(u16(i * 7, i * 3, 30 + i, 20 + i) + bytes([i, i, 10]) + answers for i in range(count))


def kernels():
    for bits in (8, 16, 32):
        stride = 64 * bits // 8
        memory = b"\0" + b"%c" + u16(stride) + u32(stride * 48) + b"\1"
        for port, driver in ((0, 0), (0, 1), (2, 2), (3, 3)):
            opening = screen(64, 48, bits) * 2 + memory.replace(b"%c", bytes([driver])) + bytes(1 + 3)
            put("kernel", "screen%d-%d-%d" % (bits, port, driver), bytes([0, bits // 8 % 4, 0, port]) + opening + updates(6, bytes([4, 4, 0, 4, 0, 0, 6])))
    put("kernel", "inverted", bytes([0, 0, 1, 0]) + screen(64, 48, 16) + b"\0" + screen(64, 48, 8, 2) + b"\0\0" + u16(64) + u32(64 * 48) + bytes(5) + updates(8, bytes([4, 4, 4, 0])))
    mode = u32(1000) + u16(64, 0, 0, 0, 0, 48, 0, 0, 0, 0) + u32(60, 0, 8) + bytes(32)
    drm = b"\0\1" + u32(3) + b"\1" + u32(4) + b"\0\1\5\1" + mode + b"\0" + u32(5, 0, 4, 1, 0) + b"\0\7" + u16(256) + u32(256 * 48)
    drm += b"\0" + u32(9, 64, 48, 256, 32, 24, 7) + b"\0" + bytes(16) + b"\0\0"
    put("kernel", "drm", bytes([0, 0, 0, 1]) + drm + updates(4, bytes([4, 0])))
    put("kernel", "drm-auto", bytes([0, 1, 0, 3]) + b"\4\4\4" + drm + updates(4, bytes([0])))

    def bits_of(count, *numbers):
        out = bytearray(count)
        for n in numbers:
            out[n // 8] |= 1 << n % 8
        return bytes(out)

    def event(kind, code, value):
        return struct.pack("<QQHHi", 0, 0, kind, code, value)

    axis = b"\0" + struct.pack("<6i", 0, 0, 1000, 0, 0, 0)
    slots = [event(3, 0x2f, 0), event(3, 0x39, 5), event(3, 0x35, 100), event(3, 0x36, 200), event(0, 0, 0), event(3, 0x2f, 1), event(3, 0x39, 6), event(0, 0, 0),
             event(3, 0x39, -1), event(0, 0, 0), event(0, 3, 0), event(0, 0, 0), event(3, 0x35, 5), event(0, 0, 0)]
    single = [event(1, 0x14a, 1), event(3, 0, 5), event(3, 1, 9), event(0, 0, 0), event(1, 0x14a, 0), event(0, 0, 0), event(0, 3, 0), event(0, 0, 0)]
    keys = [event(1, 104, 1), event(0, 0, 0), event(1, 104, 2), event(1, 104, 0), event(1, 116, 1), event(0, 3, 0), event(0, 0, 0)]
    for name, axes, events in (("slots", (0x2f, 0x35, 0x36), slots), ("single", (0, 1), single), ("keys", (), keys)):
        answers = b"\0" + b"\0" + bits_of(96, 104, 0x14a) + b"\0" + bits_of(8, *axes) + b"\0" + bytes(63) + axis * 8 + bytes(500)
        records = b"".join(events)
        half = max(len(answers), len(records))
        put("kernel", "input-" + name, b"\1" + answers.ljust(half, b"\0") + records.ljust(half, b"\0"))
    put("kernel", "sensors", b"\2Battery\n55\nCharging\nUSB\n1\npanel\n21500\npanel\n19000\n120\nconfigured\n")
    put("kernel", "sensors-none", b"\2Mains\nmany\nFull\nBattery\n-3\ncpu\n1\npanel\n-9999999\n0\n\n")
    put("kernel", "stick", b"\3\0" + bytes(40))
    put("kernel", "stick-exfat", b"\3\0" + b"\5\0\0\6")
    with open(os.path.join(FOLDER, "device", "fat"), "rb") as fat:
        sector = fat.read()[1:]
    put("kernel", "inbox", b"\3\1" + sector)
    put("kernel", "inbox-none", b"\3\1" + bytes(600))


# ---- bundles and libraries ------------------------------------------------------------------------------

def trailer(kind, payload):
    head = kind + u32(len(payload))
    return head + u32(zlib.crc32(head + payload)) + payload


def bundles():
    with open(os.path.join(FOLDER, "bundle", "small.kite"), "rb") as small:
        bundle = small.read()
    signature = b"ED" + bytes(72)
    put("bundle", "signed.kite", bundle + trailer(b"sign", signature) + trailer(b"sign", b"ED"))
    put("bundle", "strange-sign.kite", bundle + trailer(b"sign", b"Ed" + bytes(72)))
    put("bundle", "more.kite", bundle + trailer(b"more", b"anything") + trailer(b"rpar", bytes(80)) + trailer(b"none", b""))
    put("bundle", "must.kite", bundle + trailer(b"MUST", b"x"))
    put("bundle", "cut-trailer.kite", (bundle + trailer(b"sign", signature))[:-9])
    put("bundle", "damaged-trailer.kite", bundle + trailer(b"sign", signature)[:-1] + b"x")


def locked_keys():
    """Secret keys as minisign locks them, for little memory."""
    packed = b"EdScB2" + bytes(range(32)) + struct.pack("<QQ", 1 << 15, 1 << 24) + bytes(104)
    for name, data in (("locked", packed), ("locked-dear", packed[:46] + struct.pack("<Q", 1 << 40) + packed[54:])):
        put("trust", name, b"\1untrusted comment: locked\n" + base64.b64encode(data) + b"\n")


def libraries():
    """Changes of the database: where, of three bytes, and what."""
    seed = 7
    for number in range(48):
        changes = b""
        for _ in range(1 + number % 6):
            seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
            at, value = seed >> 33 & 0xffff, seed >> 20 & 255
            if number % 4 == 3:
                at = at % 16 * 4096 + at % 12  # heads of pages
            if number % 8 == 5:
                at %= 100  # the file's own
            changes += struct.pack("<I", at)[:3] + bytes([value])
        put("library", "changed%d" % number, bytes([1 - number % 3 // 2]) + changes)


# ---- messages -------------------------------------------------------------------------------------------

def message(kind, body=b""):
    return bytes([kind]) + u32(len(body)) + body


def talks():
    started, note, progress, fetch, bundle, end, form, page, level = range(1, 10)
    whole = message(level, b"\2") + message(started, u32(0)) + message(form, b"Markdown") + message(note, b"\1" + u32(0, 7) + b"A picture is missing.")
    whole += message(page) + message(fetch, b"dot.png") + message(progress, struct.pack("<QQ", 1, 2)) + message(bundle, b"bytes") + message(end, b"\0")
    put("talk", "whole", b"\4" + whole)
    put("talk", "quiet", b"\x0c" + whole)
    put("talk", "three", b"\2" + message(level, b"\0") + b"".join(message(started, u32(i)) + message(note, b"\0" + u32(i, 0) + b"x") for i in range(3)) + message(end, b"\0"))
    put("talk", "fails", b"\0" + message(started, u32(0)) + message(end, b"\3It is damaged."))
    put("talk", "wordless", b"\0" + message(started, u32(0)) + message(end, b"\3"))
    put("talk", "much", b"\0" + message(started, u32(0)) + message(bundle, bytes(3000)) * 2)
    put("talk", "fetches", b"\4" + message(started, u32(0)) + message(fetch, b"a-long-name.png") + message(fetch, b"\0"))
    for name, data in (("level", message(level, b"\3")), ("page", message(page)), ("form", message(started, u32(0)) + message(form, b"\7")),
                       ("note", message(started, u32(0)) + message(note, b"\0" + u32(1, 0) + b"x")), ("progress", message(progress, bytes(16))),
                       ("kind", message(77)), ("long", bytes([5]) + u32(1 << 31)), ("start", message(started, u32(1))), ("end", message(end, b"\0")), ("cut", message(end, b"\3It")[:-1])):
        put("talk", "strange-" + name, b"\0" + data)


def settings():
    number = struct.pack("<q", 3)
    put("settings", "numbers", b"".join(bytes([i, 1]) + number for i in range(13)))
    put("settings", "wild", b"".join(bytes([i, i & 1]) + struct.pack("<q", -1 << 40) for i in range(16)))
    few = bytes([10, 1]) + struct.pack("<q", 0)
    for row in range(1, 6):  # of the settings; then back, and another time
        put("settings", "row%d" % row, few * 20 + bytes([0, row, row, 255, 0, row, 255]))
    put("settings", "type", few * 20 + bytes([255, 8, 255, 6, 7, 7, 255, 255, 10, 11, 6, 9]))
    put("settings", "texts", bytes([13, 3]) + b"es\0" + bytes([14, 2]) + b"$argon2id$v=19$m=16384,t=3,p=1$\0" + bytes([15, 2]) + b"many\0" + bytes([16, 0]) + number)


# ---- the private shelf ------------------------------------------------------------------------------------

def shelf():
    def named(kind, name, rest):
        return bytes([kind, len(name)]) + name + rest

    def sealed(name, size):
        return named(1, name, bytes(range(16)) + struct.pack("<Q", size))

    def step(what, value, at, count):
        return struct.pack("<BBHH", what, value, at, count)

    put("shelf", "key", b"\0KITESHK1" + bytes([1, 0, 0, 0]) + u32(3, 16384) + bytes(range(16)) + bytes(88))
    database = b"SQLite format 3\0" + bytes(48)
    put("shelf", "index", b"\1" + named(2, b"kite.db", struct.pack("<Q", len(database)) + database) + sealed(b"0123456789abcdef.kite", 40000))
    put("shelf", "index-twice", b"\1" + sealed(b"a.kite", 5) + sealed(b"a.kite", 6))
    put("shelf", "sealed", b"\2" + bytes(60))
    put("shelf", "text", b"\3" + step(0, 65, 0, 40000) + step(3, 0, 16000, 900) + step(1, 66, 20000, 300) + step(6, 0, 0, 0) + step(4, 0, 0, 49152)
        + step(7, 1, 17000, 0) + step(5, 0, 0, 49152))
    put("shelf", "text-cut", b"\3" + step(0, 65, 0, 20000) + step(16, 66, 60000, 20000) + step(6, 0, 0, 0) + step(15, 9, 30000, 0))


for make in (rasters, pictures, containers, pages, bundles, locked_keys, libraries, boots, kernels, talks, settings, shelf):
    make()
