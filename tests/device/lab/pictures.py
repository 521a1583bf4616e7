"""Pictures of the lab: gray pixels read from PPM, PGM and PNG, and written as PNG. Only the standard library."""

import hashlib
import re
import struct
import zlib


FOOT_PX = 100  # at 300 ppi

TOP_PX = 200  # some three lines


class Picture:
    """Gray pixels, 8 bits, rows from the top without gaps."""

    def __init__(self, width, height, pixels):
        self.width, self.height, self.pixels = width, height, bytes(pixels)

    def quantised(self):
        """In 16 levels, as the panel shows it: the high four bits count."""
        return Picture(self.width, self.height, self.pixels.translate(bytes((value >> 4) * 17 for value in range(256))))

    def hash(self):
        """As the emulator's log has it."""
        return hashlib.blake2b(self.pixels, digest_size=16).hexdigest()

    def body(self):
        """Hash of a page without its foot, where "12 %" becomes "page 3 of 8" once there is time for it."""
        return hashlib.blake2b(self.rows(0, self.height - FOOT_PX), digest_size=16).hexdigest()

    def top(self):
        """Hash of a page's first lines: where it begins."""
        return hashlib.blake2b(self.rows(0, TOP_PX), digest_size=16).hexdigest()

    def row(self, y):
        return self.pixels[y * self.width:(y + 1) * self.width]

    def rows(self, top, bottom):
        return self.pixels[top * self.width:bottom * self.width]

    def write_png(self, path):
        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        raw = b"".join(b"\0" + self.row(y) for y in range(self.height))
        with open(path, "wb") as out:
            out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 8, 0, 0, 0, 0))
                      + chunk(b"IDAT", zlib.compress(raw, 6)) + chunk(b"IEND", b""))


def read_pnm(path):
    """P5, or P6 whose channels are equal."""
    with open(path, "rb") as file:
        data = file.read()
    kind, width, height, most = data.split(None, 4)[:4]
    width, height = int(width), int(height)
    assert kind in (b"P5", b"P6") and most == b"255", path
    if kind == b"P5":
        return Picture(width, height, data[-width * height:])
    start = re.match(rb"P6\s+\d+\s+\d+\s+\d+\s", data).end()
    stride = (len(data) - start) // height  # QEMU fills rows up to a multiple of four
    pixels = b"".join(data[start + y * stride:start + y * stride + width * 3] for y in range(height))
    assert pixels[0::3] == pixels[1::3] == pixels[2::3], path + " has colours"
    return Picture(width, height, pixels[0::3])
