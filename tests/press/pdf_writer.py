"""PDF files for tests, written from nothing: lines of text where one puts them, in fonts that every reader has, and gray pictures.

Places are points from the lower left corner. Fonts: R roman, B bold, I italic, C typewriter; U any characters, of which only the meaning is in the file.
"""
import hashlib
import zlib

FONTS = {"R": "Times-Roman", "B": "Times-Bold", "I": "Times-Italic", "C": "Courier"}
# Times-Roman, from the space to the tilde, in 1/1000 of a size; close enough for the others.
WIDTHS = [250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
          921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
          333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541]
OTHERS = {"‘": 333, "’": 333, "“": 444, "”": 444, "–": 500, "—": 1000, "•": 350}
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def width(text, font, size):
    if font == "C":
        return 0.6 * size * len(text)
    if font == "U":
        return 0.5 * size * len(text)
    return sum(WIDTHS[ord(c) - 32] if " " <= c <= "~" else OTHERS.get(c, 500) for c in text) * size / 1000


def lines_of(runs, size, measure, divides=False):
    """Break [(font, text)] into lines no wider than measure. divides: long words are divided at line ends."""
    words, lines, line, used = [], [], [], 0.0
    for font, text in runs:
        for i, piece in enumerate(text.split(" ")):
            if i == 0 and words:
                words[-1].append((font, piece))  # no space between two runs
            else:
                words.append([(font, piece)])
    for word in words:
        w = sum(width(t, f, size) for f, t in word)
        room = measure - used
        if line and w > room:
            head = word[0][1][:4] + "-"
            if divides and len(word) == 1 and word[0][1][:9].isalpha() and len(word[0][1]) > 8 and width(head, word[0][0], size) <= room:
                line.append((word[0][0], head))
                word = [(word[0][0], word[0][1][4:])]
                w = width(word[0][1], word[0][0], size)
            else:
                line[-1] = (line[-1][0], line[-1][1].rstrip(" "))
            lines.append(line)
            line, used = [], 0.0
        line = line + word[:-1] + [(word[-1][0], word[-1][1] + " ")]
        used += w + width(" ", "R", size)
    line[-1] = (line[-1][0], line[-1][1].rstrip(" "))
    return lines + [line]


def rc4(key, data):
    s, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + s[i] + key[i % len(key)]) % 256
        s[i], s[j] = s[j], s[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + s[i]) % 256
        s[i], s[j] = s[j], s[i]
        out.append(byte ^ s[(s[i] + s[j]) % 256])
    return bytes(out)


class Pdf:
    def __init__(self, size=(612, 792)):
        self.size = size
        self.pages = []  # [operators, further entries, {name: picture}]
        self.meanings = {}  # characters of font U, by their codes

    def page(self, more=""):
        self.pages.append([b"", more, {}])

    def operators(self, text):
        self.pages[-1][0] += (text if isinstance(text, bytes) else text.encode("cp1252")) + b"\n"

    def code(self, c):
        self.meanings.setdefault(c, len(self.meanings) + 1)
        return f"{self.meanings[c]:04x}"

    def shown(self, font, text):
        if font == "U":
            return ("<" + "".join(self.code(c) for c in text) + "> Tj").encode()
        return b"(" + text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("cp1252") + b") Tj"

    def line(self, x, y, runs, size):
        """runs: [(font, text)], or (font, text, size, rise)."""
        out = f"BT {x:.2f} {y:.2f} Td ".encode()
        for font, text, *raised in runs:
            own, rise = raised or (size, 0)
            out += f"/{font} {own} Tf {rise} Ts ".encode() + self.shown(font, text) + b" "
        self.operators(out + b"ET")

    def picture(self, x, y, across, up, gray, width_px, height_px):
        name = f"P{len(self.pages[-1][2])}"
        self.pages[-1][2][name] = (gray, width_px, height_px)
        self.operators(f"q {across} 0 0 {up} {x} {y} cm /{name} Do Q")

    def meanings_map(self):
        rows = "".join(f"<{code:04x}> <{c.encode('utf-16-be').hex()}>\n" for c, code in self.meanings.items())
        return ("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def 1 begincodespacerange <0000> <ffff> "
                f"endcodespacerange {len(self.meanings)} beginbfchar\n{rows}endbfchar endcmap end end").encode()

    def save(self, path, info="", password=None, compresses=False):
        """password: what opens it, encrypted by RC4 of 40 bits; "" opens for all."""
        objects, key = [], None
        ident = b"0123456789abcdef"
        if password is not None:
            padded = (password.encode() + PADDING)[:32]
            owner = rc4(hashlib.md5(padded).digest()[:5], padded)
            key = hashlib.md5(padded + owner + b"\xfc\xff\xff\xff" + ident).digest()[:5]
            user = rc4(key, PADDING)

        def add(body, stream=None):
            number = len(objects) + 1
            if stream is not None:
                filtered = ""
                if compresses:
                    stream, filtered = zlib.compress(stream), "/Filter/FlateDecode"
                if key:
                    stream = rc4(hashlib.md5(key + number.to_bytes(3, "little") + b"\0\0").digest()[:10], stream)
                objects.append(f"<<{body}{filtered}/Length {len(stream)}>> stream\n".encode() + stream + b"\nendstream")
            else:
                objects.append(f"<<{body}>>".encode())
            return number

        fonts = [f"/{name} {add(f'/Type/Font/Subtype/Type1/BaseFont/{base}/Encoding/WinAnsiEncoding')} 0 R" for name, base in FONTS.items()]
        if self.meanings:
            inner = add("/Type/Font/Subtype/CIDFontType2/BaseFont/Some/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500"
                        f"/FontDescriptor {len(objects) + 2} 0 R")
            add("/Type/FontDescriptor/FontName/Some/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80")
            meaning = add("", self.meanings_map())
            fonts.append(f"/U {add(f'/Type/Font/Subtype/Type0/BaseFont/Some/Encoding/Identity-H/DescendantFonts[{inner} 0 R]/ToUnicode {meaning} 0 R')} 0 R")
        kids, parent = [], None
        parent = len(objects) + 1 + sum(2 + len(pictures) for _, _, pictures in self.pages)
        for operators, more, pictures in self.pages:
            content = add("", operators)
            drawn = "".join(f"/{name} " + str(add(f"/Type/XObject/Subtype/Image/Width {w}/Height {h}/ColorSpace/DeviceGray/BitsPerComponent 8", gray)) + " 0 R"
                            for name, (gray, w, h) in pictures.items())
            kids.append(add(f"/Type/Page/Parent {parent} 0 R/MediaBox[0 0 {self.size[0]} {self.size[1]}]/Contents {content} 0 R{more}"
                            f"/Resources<</Font<<{''.join(fonts)}>>/XObject<<{drawn}>>>>"))
        add(f"/Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]")
        root = add(f"/Type/Catalog/Pages {parent} 0 R")
        trailer = f"/Root {root} 0 R"
        if info:
            trailer += f"/Info {add(info)} 0 R"
        if key:
            trailer += f"/Encrypt<</Filter/Standard/V 1/R 2/O<{owner.hex()}>/U<{user.hex()}>/P -4>>/ID[<{ident.hex()}><{ident.hex()}>]"
        out, places = bytearray(b"%PDF-1.4\n"), []
        for number, body in enumerate(objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj ".encode() + body + b" endobj\n"
        table = len(out)
        out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(f"{at:010} 00000 n \n".encode() for at in places)
        out += f"trailer <</Size {len(objects) + 1}{trailer}>>\nstartxref\n{table}\n%%EOF\n".encode()
        path.write_bytes(out)
