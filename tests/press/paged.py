#!/usr/bin/python3
"""Documents of fixed pages, made from the texts of books/ and the essay of formats.py, come back as the paragraphs that they were made of.

usage: paged.py BUILD [KEEP_DIR]

PDFs as people have them: two columns under a title and around a figure, a filing typed on numbered lines, notes at the foot, running heads, words divided at
line ends, headings by size, right to left, Chinese, a scan, a turned page, locked ones, an empty one; and one small file of each other format that MuPDF
reads. Each page of text must give the same words in the same paragraphs; each other file a picture, or the words of why not.
"""
import base64
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

import formats
from pdf_writer import Pdf, lines_of, width

HERE = pathlib.Path(__file__).parent
LEFT, TOP, MEASURE, SIZE, LEADING = 72, 700, 468, 11, 14
FOOT = 90


def essay_paragraphs():
    """Of books/: plain words."""
    text = (HERE.parent.parent / "books" / "prison-imperialism.en.md").read_text().split("\n---\n", 1)[1]
    return [re.sub(r"[*\\]|\[\^\w+\]", "", p).replace("\n", " ").strip() for p in text.split("\n\n") if re.match(r"[\w“]|\*\w", p)]


# ---- the essay of formats.py ----

def runs_of(text):
    """[(font, text)] of a line of formats.py, and the numbers of its notes."""
    out = []
    formats.inline(text, lambda kind, t, a: out.append({"strong": ("B", t), "em": ("I", t), "note": ("N", t)}.get(kind, ("R", t))) or "")
    return out


class Setter:
    """Sets paragraphs one under the other, with a running head, a page number, and notes at the foot of their page."""

    def __init__(self, head=None, divides=False):
        self.pdf, self.y, self.head, self.divides, self.notes = Pdf(), 0, head, divides, []

    def page(self):
        self.foot()
        self.pdf.page()
        self.y = TOP
        if self.head:
            self.pdf.line(250, 750, [("I", self.head)], 9)

    def foot(self):
        if not self.pdf.pages:
            return
        y = FOOT - 12 * len(self.notes)
        for n, text in self.notes:
            self.pdf.line(LEFT, y, [("R", n, 6, 3)] + [(f, t, 9, 0) for f, t in runs_of(text)], 9)
            y -= 11
        self.notes = []
        if self.head:
            self.pdf.line(300, 40, [("R", str(len(self.pdf.pages)))], 9)

    def room(self, points):
        if not self.pdf.pages or self.y - points < FOOT + 20:
            self.page()

    def paragraph(self, text, size=SIZE, left=0, right=0, font=None, gap=7, mark=None):
        runs = [(font or f, t) for f, t in runs_of(text)]
        for i, line in enumerate(lines_of(runs, size, MEASURE - left - right, self.divides)):
            self.room(size * 1.3)
            for f, t in line:
                if f == "N":
                    self.notes.append((t.strip(), formats.NOTES[t.strip()]))
            if i == 0 and mark:
                self.pdf.line(LEFT + left - 18, self.y, [("R", mark)], size)
            self.pdf.line(LEFT + left, self.y, [("R", t, 6.5, 4) if f == "N" else (f, t) for f, t in line], size)
            self.y -= size * 1.3
        self.y -= gap


def write_essay(path):
    s = Setter(divides=True)
    s.page()
    s.paragraph(formats.TITLE, 22, font="B", gap=16)
    s.paragraph(formats.BYLINE)
    for kind, *rest in formats.BLOCKS:
        body = rest[-1]
        if kind == "p":
            s.paragraph(body)
        elif kind == "h":
            s.room(60)
            s.y -= 8
            s.paragraph(body, {2: 15, 3: 12.5}[rest[0]], font="B")
        elif kind == "verse":
            for line in body.split("\n"):
                s.paragraph(line, left=40, gap=0)
            s.y -= 7
        elif kind in ("ul", "ol"):
            for n, item in enumerate(body, 1):
                s.paragraph(item, left=30, gap=2, mark="•" if kind == "ul" else f"{n}.")
            s.y -= 5
        elif kind == "quote":
            s.paragraph(body, left=40, right=40)
        elif kind == "table":
            s.room(60)
            for row in body:
                for i, cell in enumerate(row):
                    s.pdf.line(LEFT + 40 + 120 * i, s.y, runs_of(cell), SIZE)
                s.y -= LEADING
            s.y -= 7
        elif kind == "picture":
            s.room(110)
            gray = bytes((x * 13 + y * 7) % 256 for y in range(12) for x in range(16))
            s.pdf.picture(LEFT, s.y - 90, 120, 90, gray, 16, 12)
            s.y -= 110
    s.foot()
    s.pdf.save(path)


# ---- kinds of pages ----

def write_heads(path, paragraphs):
    """Running heads and page numbers, divided words, paragraphs over page ends."""
    s = Setter("A Head on Every Page", divides=True)
    for p in paragraphs:
        s.paragraph(p, 14)
    s.foot()
    s.pdf.save(path, compresses=True)


def columns(pdf, lines, places, top, foot):
    """Lines into columns, one after the other; those that are left."""
    for x in places:
        y = top
        while lines and y > foot:
            if lines[0] is not None:
                pdf.line(x, y, lines[0], 10)
            y -= 12
            lines = lines[1:]
    return lines


def write_columns(path, paragraphs):
    """Two columns under a title and a summary over both, around a figure with its caption, a note at the foot of each column."""
    pdf, lines = Pdf(), []
    for p in paragraphs[1:]:
        broken = lines_of([("R", p)], 10, 210, True)
        first = lines_of([("R", "    " + p)], 10, 210, True)  # an indent
        lines += first if len(first) >= len(broken) else broken
    pdf.page()
    pdf.line(150, 730, [("B", "A Paper in Two Columns")], 20)
    for i, line in enumerate(lines_of([("R", paragraphs[0])], 10, 400)):
        pdf.line(106, 700 - 12 * i, line, 10)
    lines = columns(pdf, lines, (72, 330), 600, 330)
    gray = bytes((x * 5 + y * 3) % 256 for y in range(40) for x in range(90))
    pdf.picture(150, 220, 300, 90, gray, 90, 40)
    pdf.line(180, 205, [("I", "Figure 1. What stands across both columns.")], 9)
    lines = columns(pdf, lines, (72, 330), 180, 60)
    while lines:
        pdf.page()
        lines = columns(pdf, lines, (72, 330), 720, 60)
    pdf.save(path, compresses=True)


def write_filing(path, paragraphs):
    """Typed, double-spaced, each page with 28 numbered lines and a rule beside them, and a foot."""
    pdf, lines = Pdf(), []
    for p in paragraphs:
        lines += lines_of([("C", "     " + p)], 12, 425)
    while lines:
        pdf.page()
        pdf.operators("0.5 w 82 20 m 82 780 l S")
        for i in range(28):
            pdf.line(50, 730 - 24 * i, [("C", f"{i + 1:2}")], 12)
        for i, line in enumerate(lines[:26]):
            pdf.line(96, 730 - 24 * i, line, 12)
        lines = lines[26:]
        pdf.line(230, 38, [("C", f"COMPLAINT - {len(pdf.pages)}")], 10)
    pdf.save(path)


def write_turned(path, paragraphs):
    """One page that the file says is turned, and one whose text is drawn on its side."""
    pdf = Pdf()
    pdf.page("/Rotate 90")
    for i, line in enumerate(lines_of([("R", paragraphs[0])], 11, 460)):
        pdf.operators(f"BT /R 11 Tf 0 1 -1 0 {100 + 14 * i} 80 Tm ".encode() + pdf.shown("R", "".join(t for _, t in line)) + b" ET")
    pdf.page()
    for i, line in enumerate(lines_of([("R", paragraphs[1])], 11, 460)):
        pdf.operators(f"BT /R 11 Tf 0 1 -1 0 {100 + 14 * i} 80 Tm ".encode() + pdf.shown("R", "".join(t for _, t in line)) + b" ET")
    pdf.save(path)


HEBREW = ["הדף הזה נכתב מימין לשמאל, והמילים שלו עומדות בסדר הזה.", "פסקה שנייה באה אחריו."]
CHINESE = ["这一页是用中文写的，字与字之间没有空格，所以行尾可以在任何两个字之间断开，而不加连字符。", "这是第二段。"]


def write_hebrew(path):
    """Glyphs as they are seen, from the left: each line backwards."""
    pdf, y = Pdf(), 700
    pdf.page()
    for p in HEBREW:
        for line in lines_of([("U", p)], 12, 200):
            text = "".join(t for _, t in line)
            pdf.line(500 - width(text, "U", 12), y, [("U", text[::-1])], 12)
            y -= 15
        y -= 12
    pdf.save(path)


# Letters, and the shapes that they have in these words.
ARABIC = ["كلام جميل"]
SHAPES = "ﻛﻼﻡ ﺟﻤﻴﻞ"


def write_arabic(path):
    pdf = Pdf()
    pdf.page()
    pdf.line(300, 700, [("U", SHAPES[::-1])], 12)
    pdf.save(path)


def write_chinese(path):
    pdf, y = Pdf(), 700
    pdf.page()
    for p in CHINESE:
        for at in range(0, len(p), 24):
            pdf.line(72, y, [("U", p[at:at + 24])], 20)
            y -= 24
        y -= 20
    pdf.save(path)


def scan(width_px=300, height_px=400):
    """Gray rows that look like lines of words."""
    rows = bytearray(b"\xe8" * (width_px * height_px))
    for y in range(40, height_px - 40):
        for x in range(40, width_px - 40):
            if y % 16 < 7 and (x * 7 + y // 16 * 31) % 23 > 4 and (x + y) % 3:
                rows[y * width_px + x] = 0x30
    return bytes(rows)


def write_scan(path):
    pdf = Pdf()
    pdf.page()
    pdf.picture(0, 0, 612, 792, scan(), 300, 400)
    pdf.save(path, compresses=True)


def write_empty(path):
    pdf = Pdf()
    pdf.page()
    pdf.save(path)


def write_pdfs(folder):
    paragraphs = essay_paragraphs()
    write_essay(folder / "essay.pdf")
    write_heads(folder / "heads.pdf", paragraphs * 2)
    write_columns(folder / "columns.pdf", paragraphs)
    write_filing(folder / "filing.pdf", paragraphs)
    write_turned(folder / "turned.pdf", paragraphs)
    write_hebrew(folder / "hebrew.pdf")
    write_arabic(folder / "arabic.pdf")
    write_chinese(folder / "chinese.pdf")
    write_scan(folder / "scan.pdf")
    write_empty(folder / "empty.pdf")
    for name, password in (("locked", "secret"), ("sealed", "")):
        pdf = Pdf()
        pdf.page()
        pdf.line(LEFT, TOP, [("R", "What stands in a file that is encrypted.")], 11)
        pdf.save(folder / f"{name}.pdf", password=password)


# ---- other formats ----

# The picture of formats.py, by cjpeg and opj_compress.
JPEG = """/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/
wAALCAAMABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAABwj/xAAiEAACAQMEAgMAAAAAAAAAAAABAgMABQYEBxMiITMRIzH/2gAIAQEAAD8AMsEsvr61RWCW
X19aNME0sX19aStwrpqcZ2gyC52puLWpCkMcoZlaPlkSIupUghgHJU/PggHz+V//2Q=="""
JPEG_2000 = """AAAADGpQICANCocKAAAAFGZ0eXBqcDIgAAAAAGpwMiAAAAAtanAyaAAAABZpaGRyAAAADAAAABAAAQcHAAAAAAAPY29scgEAAAAAABEAAADVanAyY/9P/1EA
KQAAAAAAEAAAAAwAAAAAAAAAAAAAABAAAAAMAAAAAAAAAAAAAQcBAf9SAAwAAAABAAEEBAAB/1wAB0BASEhQ/2QAJQABQ3JlYXRlZCBieSBPcGVuSlBFRyB2
ZXJzaW9uIDIuNS4w/5AACgAAAAAAYAAB/5PfgWASKBeUCfcrrv3uWyJ7T2Ircczp8z1h/GJ3M/7PidthyT9N5pZ3Nf80A+rUP8/ALn4Bc/MFgz6oVLIUr2mA
v5eDSPW/3tYyw5tVVIK3Idsx/9k="""
GRAY = [bytes((x * 13 + y * 7) % 256 for x in range(16)) for y in range(12)]
SENTENCES = ["The first line of a small document.", "And the second, which ends it."]


def gif():
    """Codes of nine bits, with the table cleared before it grows."""
    codes = []
    for row in GRAY:
        codes += [256] + list(row)
    codes.append(257)
    bits = sum(code << 9 * i for i, code in enumerate(codes))
    data = bits.to_bytes((9 * len(codes) + 7) // 8, "little")
    blocks = b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data), 255))
    return b"GIF89a" + struct.pack("<HHBBB", 16, 12, 0xf7, 0, 0) + bytes(v for g in range(256) for v in (g, g, g)) + b"," + struct.pack("<HHHHBB", 0, 0, 16, 12, 0, 8) + blocks + b"\0;"


def bmp():
    palette = b"".join(bytes((g, g, g, 0)) for g in range(256))
    rows = b"".join(reversed(GRAY))
    return b"BM" + struct.pack("<IHHI", 54 + 1024 + len(rows), 0, 0, 54 + 1024) + struct.pack("<IiiHHIIiiII", 40, 16, 12, 1, 8, 0, len(rows), 2835, 2835, 256, 0) + palette + rows


def tiff():
    rows = b"".join(GRAY)
    entries = [(256, 4, 16), (257, 4, 12), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (277, 3, 1), (278, 4, 12), (279, 4, len(rows))]
    return b"II*\0" + struct.pack("<I", 8 + len(rows)) + rows + struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries) + b"\0\0\0\0"


def mobi():
    """A text of one record, not compressed, and the header that MOBI adds."""
    text = ("<html><body><h1>A Small Book</h1>" + "".join(f"<p>{p}</p>" for p in essay_paragraphs()[:4]) + "</body></html>").encode()
    head = struct.pack(">HHIHHHH", 1, 0, len(text), 1, 4096, 0, 0) + b"MOBI" + struct.pack(">III", 232, 2, 65001) + b"\xff" * 216
    places = 78 + 16 + 2
    return (b"small".ljust(32, b"\0") + struct.pack(">HHIIIIII", 0, 0, 0, 0, 0, 0, 0, 0) + b"BOOKMOBI" + struct.pack(">IIH", 0, 0, 2)
            + struct.pack(">II", places, 0) + struct.pack(">II", places + len(head), 2) + b"\0\0" + head + text)


def svg():
    return ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect x="20" y="20" width="200" height="100" fill="#888"/>'
            '<path d="M10 180 L 290 150" stroke="black" stroke-width="4"/></svg>').encode()


def write_xps(path, font):
    """A page of two lines, in a font of ours."""
    glyphs = "".join(f'<Glyphs Fill="#ff000000" FontUri="/f.ttf" FontRenderingEmSize="16" OriginX="80" OriginY="{100 + 20 * i}" UnicodeString="{s}"/>' for i, s in enumerate(SENTENCES))
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Type="{}" Target="{}" Id="R0"/></Relationships>'
    space = "http://schemas.microsoft.com/xps/2005/06"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in {
                "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="fdseq" ContentType="application/vnd.ms-package.xps-fixeddocumentsequence+xml"/></Types>',
                "_rels/.rels": relation.format(space + "/fixedrepresentation", "/s.fdseq"),
                "s.fdseq": f'<FixedDocumentSequence xmlns="{space}"><DocumentReference Source="/d.fdoc"/></FixedDocumentSequence>',
                "d.fdoc": f'<FixedDocument xmlns="{space}"><PageContent Source="/p.fpage"/></FixedDocument>',
                "_rels/p.fpage.rels": relation.format(space + "/required-resource", "/f.ttf"),
                "p.fpage": f'<FixedPage xmlns="{space}" Width="816" Height="1056" xml:lang="en">{glyphs}</FixedPage>'}.items():
            z.writestr(zipfile.ZipInfo(name), body)
        z.writestr(zipfile.ZipInfo("f.ttf"), font)


def write_cbz(path):
    with zipfile.ZipFile(path, "w") as z:
        for i in range(3):
            z.writestr(zipfile.ZipInfo(f"page{i}.png"), formats.picture())


def write_others(folder, font):
    for name, data in (("small.jpg", base64.b64decode(JPEG)), ("small.jp2", base64.b64decode(JPEG_2000)), ("small.gif", gif()), ("small.bmp", bmp()), ("small.tif", tiff()),
                       ("small.mobi", mobi()), ("small.svg", svg()), ("small.webp", b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0/\0\0\0\x10\7\x10\x11\x11\x88\x88\xfe\7\0"),
                       ("small.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40))):
        (folder / name).write_bytes(data)
    (folder / "small.png").write_bytes(formats.picture())
    write_cbz(folder / "small.cbz")
    write_xps(folder / "small.xps", font)


def write_all(folder, build):
    """Every document of fixed pages that these tests know, into folder."""
    write_pdfs(folder)
    write_others(folder, (pathlib.Path(build) / "fonts" / "KiteDyslexic-Regular.otf").read_bytes())


# ---- comparing ----

def plain(text):
    """The paragraphs of what `kite text` writes, without its marks: rows of tables and lines of code and verse each one."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^```pages.*?^```\n", "", text, flags=re.S | re.M)
    out, is_line = [], False
    for block in text.split("\n"):
        if block.startswith("```"):
            is_line = not is_line
            continue
        block = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", block) if not is_line else block
        block = re.sub(r"^(?:\{[^}]*\} )?(?:\[\^\d+\]: |#+ |> |- |\d+\) |\d+\\?\. |• )?", "", block)
        block = re.sub(r"\]\(<?[^)]*>?\)|<[^>]*>|\[\^\d+\]|\*+|`|(?<!\\)\[|\\$", "", block).replace("|", " ")
        block = " ".join(re.sub(r"\\(.)", r"\1", block).split())
        if block and not re.fullmatch(r"[- ]+", block):
            out.append(block)
    return out


def pack(kite, source):
    """(paragraphs, report)."""
    bundle = source.with_suffix(".kite")
    done = subprocess.run([kite, "pack", "--fast", source, "-o", bundle], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None, done.stderr
    return plain(subprocess.run([kite, "text", bundle], check=True, capture_output=True, text=True).stdout), done.stderr


def wanted_essay():
    golden = (HERE / "formats.txt").read_text()
    return [p for p in plain(golden)]


def cases():
    """(file, paragraphs or None when it is refused, words of the report)."""
    paragraphs = essay_paragraphs()
    p = paragraphs
    yield "essay.pdf", wanted_essay(), ""
    yield "heads.pdf", p * 2, "running heads and page numbers of"
    yield "columns.pdf", ["A Paper in Two Columns"] + p[:8] + ["Figure 1. What stands across both columns."] + p[8:], ""
    yield "filing.pdf", p, "the numbers of lines in the margin of"
    yield "turned.pdf", p[:2], ""
    yield "hebrew.pdf", HEBREW, ""
    yield "arabic.pdf", ARABIC, ""
    yield "chinese.pdf", CHINESE, ""
    yield "scan.pdf", [], "shown as pictures"
    yield "sealed.pdf", ["What stands in a file that is encrypted."], ""
    yield "locked.pdf", None, "locked with a password"
    yield "empty.pdf", None, ""
    yield "small.mobi", ["A Small Book"] + p[:4], ""
    yield "small.xps", [" ".join(SENTENCES)], ""
    for ending in ("jpg", "jp2", "gif", "bmp", "tif", "png", "cbz", "svg"):
        yield f"small.{ending}", [], ""
    yield "small.webp", None, "nothing to be seen"
    yield "small.heic", None, "HEIC"


def main():
    build = pathlib.Path(sys.argv[1]).absolute()
    wrong = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(exist_ok=True)
        write_all(folder, build)
        for name, wanted, words in cases():
            got, report = pack(build / "kite", folder / name)
            if got == wanted and words in report:
                continue
            wrong += 1
            print(f"{name} differs:\n{report}", flush=True)
            (folder / "wanted").write_text("\n".join(wanted or ["refused"]) + "\n")
            (folder / "got").write_text("\n".join(["refused"] if got is None else got) + "\n")
            subprocess.run(["diff", "wanted", "got"], cwd=folder, check=False)
    print("paged: all as they were written" if not wrong else f"paged: {wrong} differ")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
