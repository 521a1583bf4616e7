#!/usr/bin/python3
"""One essay in Markdown, HTML, EPUB, DOCX, ODT, RTF and FictionBook becomes the same text.

usage: formats.py BUILD [KEEP_DIR]

The essay is written below once, and put into each format as the programs write it that people have. `kite text` of all of them must be
formats.txt. FictionBook has no lists: there they are paragraphs with a bullet or a number, as its programs write them.
"""
import base64
import html
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

# Blocks. Within lines: *emphasis*, **weight**, [words](address), ^note^ (the number of a note), "\n" for a line that ends.
TITLE = "What the Window Shows"
BYLINE = "By Ana Ruiz"
BLOCKS = [
    ("p", "The window of the day room is *high*, and what it shows is mostly **sky**. On some days that is enough: a plane goes by, or a "
          "flock of starlings, and somebody says so.^1^"),
    ("p", "I have written to my sister about it. She asks what I see, and I tell her: “the same sky that you have.”"),
    ("h", 2, "The letter"),
    ("p", "Her answer took three weeks.^2^ It began with a poem that she had copied out by hand:"),
    ("verse", "The road goes over the hill,\nand where it goes I will."),
    ("p", "I had not read a poem since school. What she wanted me to have from it was simple:"),
    ("ul", ["that a road is *there* when nobody sees it;", "that one may walk it later;", "that she waits at its end."]),
    ("h", 3, "What I did with it"),
    ("ol", ["I learnt it by heart.", "I gave it to a man who cannot read, and read it to him.", "I wrote this."]),
    ("quote", "Nobody owns a line once it has been said aloud."),
    ("p", "That is how it stands with kites: see [the guide](https://example.org/guide?page=2) for what they are."),
    ("h", 2, "The window again"),
    ("table", [["Month", "Birds"], ["March", "starlings"], ["May", "*swifts*"]]),
    ("picture", "A window high in a wall"),
    ("p", "Tomorrow I shall look again – at the same hour, from the same chair."),
]
NOTES = {"1": "It is said *quietly*, as it is nobody’s business.", "2": "Letters are read before they are handed on."}


def picture():
    """16 x 12 pixels of gray, as PNG."""
    rows = b"".join(b"\0" + bytes((x * 13 + y * 7) % 256 for x in range(16)) for y in range(12))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 12, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


TOKEN = re.compile(r"\*\*(?P<strong>[^*]+)\*\*|\*(?P<em>[^*]+)\*|\[(?P<words>[^]]+)\]\((?P<address>[^)]+)\)|\^(?P<note>\d+)\^|(?P<br>\n)")


def inline(text, write):
    """Parts of a line by write(kind, text, address)."""
    out, at = [], 0
    for m in TOKEN.finditer(text):
        out.append(write("text", text[at:m.start()], None) if m.start() > at else "")
        kind = m.lastgroup if m.lastgroup != "address" else "words"
        out.append(write(kind, m.group(kind), m.group("address")))
        at = m.end()
    return "".join(out) + (write("text", text[at:], None) if at < len(text) else "")


# ---- Markdown ----

def markdown():
    text = lambda s: inline(s, lambda kind, t, a: {"strong": f"**{t}**", "em": f"*{t}*", "words": f"[{t}]({a})", "note": f"[^{t}]", "br": "\\\n"}.get(kind, t))
    out = [f"---\nlang: en\n---\n\n# {TITLE}\n\n{BYLINE}"]
    for kind, *rest in BLOCKS:
        body = rest[-1]
        out.append({"p": lambda: text(body), "h": lambda: "#" * rest[0] + " " + body, "verse": lambda: text(body),
                    "ul": lambda: "\n".join("- " + text(i) for i in body), "ol": lambda: "\n".join(f"{n}. {text(i)}" for n, i in enumerate(body, 1)),
                    "quote": lambda: "> " + text(body), "picture": lambda: f"![{body}](picture.png)",
                    "table": lambda: "\n".join(["| " + " | ".join(body[0]) + " |", "|---|---|"] + ["| " + " | ".join(r) + " |" for r in body[1:]])}[kind]())
    return "\n\n".join(out + [f"[^{n}]: {text(t)}" for n, t in NOTES.items()]) + "\n"


# ---- HTML and EPUB ----

def html_body(is_epub):
    def write(kind, t, a):
        t = html.escape(t, quote=False) if t else t
        if kind == "note":
            return (f'<a epub:type="noteref" href="#n{t}">{t}</a>' if is_epub else f'<sup><a href="#n{t}" id="r{t}">[{t}]</a></sup>')
        return {"strong": f"<strong>{t}</strong>", "em": f"<em>{t}</em>", "words": f'<a href="{html.escape(a or "")}">{t}</a>', "br": "<br/>\n"}.get(kind, t)

    text = lambda s: inline(s, write)
    out = [f"<h1>{TITLE}</h1>\n<p>{BYLINE}</p>"]
    for kind, *rest in BLOCKS:
        body = rest[-1]
        out.append({"p": lambda: f"<p>{text(body)}</p>", "h": lambda: f"<h{rest[0]}>{body}</h{rest[0]}>", "verse": lambda: f"<p>{text(body)}</p>",
                    "ul": lambda: "<ul>" + "".join(f"<li>{text(i)}</li>" for i in body) + "</ul>",
                    "ol": lambda: "<ol>" + "".join(f"<li>{text(i)}</li>" for i in body) + "</ol>",
                    "quote": lambda: f"<blockquote><p>{text(body)}</p></blockquote>", "picture": lambda: f'<p><img src="picture.png" alt="{body}"/></p>',
                    "table": lambda: "<table>" + "".join("<tr>" + "".join(f"<{'td' if i else 'th'}>{text(c)}</{'td' if i else 'th'}>" for c in r) + "</tr>"
                                                         for i, r in enumerate(body)) + "</table>"}[kind]())
    for n, t in NOTES.items():
        out.append(f'<aside epub:type="footnote" id="n{n}"><p>{text(t)}</p></aside>' if is_epub else f'<p id="n{n}"><a href="#r{n}">[{n}]</a> {text(t)}</p>')
    return "\n".join(out)


def write_epub(path):
    package = ('<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
               f'<dc:identifier id="i">x</dc:identifier><dc:title>{TITLE}</dc:title><dc:language>en</dc:language></metadata><manifest>'
               '<item id="t" href="text.xhtml" media-type="application/xhtml+xml"/><item id="p" href="picture.png" media-type="image/png"/>'
               '</manifest><spine><itemref idref="t"/></spine></package>')
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("mimetype", "application/epub+zip")
        z.writestr("META-INF/container.xml", '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
                   '<rootfile full-path="o/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')
        z.writestr("o/p.opf", package)
        z.writestr("o/picture.png", picture())
        z.writestr("o/text.xhtml", '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en"><head><title>x</title></head>'
                   f"<body>{html_body(True)}</body></html>")


# ---- DOCX ----

def docx_runs(s):
    run = lambda properties, t: f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{html.escape(t)}</w:t></w:r>'
    return inline(s, lambda kind, t, a: {
        "strong": lambda: run("<w:b/>", t), "em": lambda: run("<w:i/>", t),
        "words": lambda: '<w:hyperlink r:id="web">' + run('<w:u w:val="single"/>', t) + "</w:hyperlink>",
        "note": lambda: f'<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{t}"/></w:r>',
        "br": lambda: "<w:r><w:br/></w:r>"}.get(kind, lambda: run("", t))())


def docx_body():
    p = lambda style, content, more="": f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{content}</w:p>'
    item = lambda number, s: p("ListParagraph", docx_runs(s), f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>')
    cell = lambda s: "<w:tc>" + p("Normal", docx_runs(s)) + "</w:tc>"
    out = [p("Heading1", docx_runs(TITLE)), p("Normal", docx_runs(BYLINE))]
    for kind, *rest in BLOCKS:
        body = rest[-1]
        out.append({"p": lambda: p("Normal", docx_runs(body)), "h": lambda: p(f"Heading{rest[0]}", docx_runs(body)), "verse": lambda: p("Normal", docx_runs(body)),
                    "ul": lambda: "".join(item(1, i) for i in body), "ol": lambda: "".join(item(2, i) for i in body), "quote": lambda: p("Quote", docx_runs(body)),
                    "picture": lambda: p("Normal", f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{body}"/><a:blip r:embed="pic"/></wp:inline></w:drawing></w:r>'),
                    "table": lambda: "<w:tbl>" + "".join("<w:tr>" + ("" if i else "<w:trPr><w:tblHeader/></w:trPr>") + "".join(map(cell, r)) + "</w:tr>"
                                                         for i, r in enumerate(body)) + "</w:tbl>"}[kind]())
    return "".join(out)


def write_docx(path):
    space = ('xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
             'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"')
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relation = lambda i, k, t, more="": f'<Relationship Id="{i}" Type="{kind}{k}" Target="{t}"{more}/>'
    style = lambda i, name, more="": f'<w:style w:type="paragraph" w:styleId="{i}"><w:name w:val="{name}"/>{more}</w:style>'
    level = lambda form, text: f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("_rels/.rels", f'<Relationships>{relation("a", "officeDocument", "word/document.xml")}</Relationships>')
        z.writestr("word/document.xml", f"<w:document {space}><w:body>{docx_body()}</w:body></w:document>")
        z.writestr("word/_rels/document.xml.rels", "<Relationships>" + relation("s", "styles", "styles.xml") + relation("n", "numbering", "numbering.xml")
                   + relation("f", "footnotes", "footnotes.xml") + relation("pic", "image", "media/p.png")
                   + relation("web", "hyperlink", "https://example.org/guide?page=2", ' TargetMode="External"') + "</Relationships>")
        z.writestr("word/styles.xml", f"<w:styles {space}>" + '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
                   + "".join(style(f"Heading{n}", f"heading {n}", "<w:rPr><w:b/></w:rPr>") for n in (1, 2, 3)) + style("Quote", "Quote", "<w:rPr><w:i/></w:rPr>")
                   + style("ListParagraph", "List Paragraph") + "</w:styles>")
        z.writestr("word/numbering.xml", f"<w:numbering {space}>" + '<w:abstractNum w:abstractNumId="1">' + level("bullet", "•") + '</w:abstractNum><w:abstractNum w:abstractNumId="2">'
                   + level("decimal", "%1.") + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num></w:numbering>')
        z.writestr("word/footnotes.xml", f"<w:footnotes {space}>" + "".join(f'<w:footnote w:id="{n}"><w:p><w:r><w:footnoteRef/></w:r>{docx_runs(" " + t)}</w:p></w:footnote>'
                                                                              for n, t in NOTES.items()) + "</w:footnotes>")
        z.writestr("word/media/p.png", picture())


# ---- ODT ----

def odt_text(s):
    note = lambda n: (f'<text:note text:note-class="footnote"><text:note-citation>{n}</text:note-citation><text:note-body><text:p text:style-name="Footnote">'
                      f"{odt_text(NOTES[n])}</text:p></text:note-body></text:note>")
    return inline(s, lambda kind, t, a: {
        "strong": lambda: f'<text:span text:style-name="B">{html.escape(t)}</text:span>', "em": lambda: f'<text:span text:style-name="I">{html.escape(t)}</text:span>',
        "words": lambda: f'<text:a xlink:href="{html.escape(a)}">{html.escape(t)}</text:a>', "note": lambda: note(t),
        "br": lambda: "<text:line-break/>"}.get(kind, lambda: html.escape(t))())


def odt_body():
    p = lambda style, s: f'<text:p text:style-name="{style}">{odt_text(s)}</text:p>'
    listed = lambda style, items: f'<text:list text:style-name="{style}">' + "".join(f"<text:list-item>{p('Standard', i)}</text:list-item>" for i in items) + "</text:list>"
    row = lambda r: "<table:table-row>" + "".join(f"<table:table-cell>{p('Standard', c)}</table:table-cell>" for c in r) + "</table:table-row>"
    heading = lambda n, s: f'<text:h text:style-name="Heading_20_{n}" text:outline-level="{n}">{odt_text(s)}</text:h>'
    out = [heading(1, TITLE), p("Standard", BYLINE)]
    for kind, *rest in BLOCKS:
        body = rest[-1]
        out.append({"p": lambda: p("Standard", body), "h": lambda: heading(rest[0], body), "verse": lambda: p("Standard", body), "ul": lambda: listed("U", body),
                    "ol": lambda: listed("O", body), "quote": lambda: p("Quotations", body),
                    "picture": lambda: f'<text:p text:style-name="Standard"><draw:frame><draw:image xlink:href="Pictures/p.png"/><svg:desc>{body}</svg:desc></draw:frame></text:p>',
                    "table": lambda: f"<table:table><table:table-header-rows>{row(body[0])}</table:table-header-rows>{''.join(map(row, body[1:]))}</table:table>"}[kind]())
    return "".join(out)


def write_odt(path):
    space = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "style", "text", "table")) + (
        ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"')
    text_style = lambda n, look: f'<style:style style:name="{n}" style:family="text"><style:text-properties {look}/></style:style>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", f"<office:document-content {space}><office:automatic-styles>" + text_style("B", 'fo:font-weight="bold"') + text_style("I", 'fo:font-style="italic"')
                   + '<text:list-style style:name="U"><text:list-level-style-bullet text:level="1" text:bullet-char="•"/></text:list-style><text:list-style style:name="O">'
                   '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/></text:list-style></office:automatic-styles>'
                   f"<office:body><office:text>{odt_body()}</office:text></office:body></office:document-content>")
        z.writestr("styles.xml", f'<office:document-styles {space}><office:styles><style:style style:name="Standard" style:family="paragraph"/>'
                   '<style:style style:name="Quotations" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-style="italic"/></style:style>'
                   '<style:style style:name="Heading_20_2" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-weight="bold"/></style:style>'
                   "</office:styles></office:document-styles>")
        z.writestr("Pictures/p.png", picture())


# ---- FictionBook ----

def fb2():
    text = lambda s: inline(s, lambda kind, t, a: {
        "strong": lambda: f"<strong>{html.escape(t)}</strong>", "em": lambda: f"<emphasis>{html.escape(t)}</emphasis>",
        "words": lambda: f'<a l:href="{html.escape(a)}">{html.escape(t)}</a>', "note": lambda: f'<a l:href="#n{t}" type="note">[{t}]</a>'}.get(kind, lambda: html.escape(t))())
    out, depth = [f"<section><p>{BYLINE}</p>"], 1
    for kind, *rest in BLOCKS:
        body = rest[-1]
        if kind == "h":  # a section of level 1 holds it all, as the essay's headings begin at 2
            while depth >= rest[0]:
                out.append("</section>")
                depth -= 1
            out.append(f"<section><title><p>{body}</p></title>")
            depth += 1
            continue
        out.append({"p": lambda: f"<p>{text(body)}</p>", "verse": lambda: "<poem><stanza>" + "".join(f"<v>{text(v)}</v>" for v in body.split("\n")) + "</stanza></poem>",
                    "ul": lambda: "".join(f"<p>• {text(i)}</p>" for i in body), "ol": lambda: "".join(f"<p>{n}. {text(i)}</p>" for n, i in enumerate(body, 1)),
                    "quote": lambda: f"<cite><p>{text(body)}</p></cite>", "picture": lambda: f'<image l:href="#p.png" alt="{body}"/>',
                    "table": lambda: "<table>" + "".join("<tr>" + "".join(f"<{'td' if i else 'th'}>{text(c)}</{'td' if i else 'th'}>" for c in r) + "</tr>"
                                                         for i, r in enumerate(body)) + "</table>"}[kind]())
    out.append("</section>" * depth)
    notes = "".join(f'<section id="n{n}"><title><p>{n}</p></title><p>{text(t)}</p></section>' for n, t in NOTES.items())
    return ('<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">'
            f"<description><title-info><book-title>{TITLE}</book-title><lang>en</lang></title-info></description><body><title><p>{TITLE}</p></title>{''.join(out)}</body>"
            f'<body name="notes">{notes}</body><binary id="p.png" content-type="image/png">{base64.encodebytes(picture()).decode()}</binary></FictionBook>')


# ---- RTF, as word processors write it: a look for each run, lists by their labels, notes within groups ----

def rtf():
    def plain(s):
        units = s.encode("utf-16-le")
        out = ""
        for at in range(0, len(units), 2):
            unit = units[at] | units[at + 1] << 8
            out += chr(unit) if 0x20 <= unit < 0x7f and chr(unit) not in "\\{}" else f"\\u{unit - 0x10000 if unit > 0x7fff else unit}?" if unit >= 0x100 else f"\\'{unit:02x}"
        return out

    def write(kind, t, a):
        return {"strong": lambda: "{\\rtlch\\fcs1 \\ab\\ltrch\\fcs0 \\b\\insrsid1 " + plain(t) + "}", "em": lambda: "{\\i " + plain(t) + "}",
                "words": lambda: '{\\field{\\*\\fldinst {HYPERLINK "' + plain(a) + '"}}{\\fldrslt {\\cs15\\ul\\cf2 ' + plain(t) + "}}}",
                "note": lambda: "{\\super\\chftn {\\footnote \\pard\\plain \\s24\\ql {\\super\\chftn }" + text(" " + NOTES[t]) + "}}", "br": lambda: "\\line "}.get(kind, lambda: "{\\insrsid1 " + plain(t) + "}")()

    text = lambda s: inline(s, write)
    p = lambda look, s, before="": f"\\pard\\plain {look} {before}{text(s)}\\par\r\n"
    item = lambda s, label, ls: p(f"\\s17\\fi-360\\li720\\ls{ls}", s, "{\\listtext\\pard\\plain " + label + "\\tab}")
    row = lambda cells, head: ("\\trowd " + ("\\trhdr " if head else "") + "".join(f"\\clbrdrb\\cellx{2000 * (i + 1)}" for i in range(len(cells))) + "\\pard\\plain \\intbl "
                               + "".join(text(c) + "\\cell " for c in cells) + "\\row\r\n")
    out = ["{\\rtf1\\ansi\\ansicpg1252\\deff0\\deflang1033{\\fonttbl{\\f0\\froman\\fcharset0 Times New Roman;}{\\f3\\froman\\fcharset2 Symbol;}}{\\colortbl;\\red0\\green0\\blue255;}"
           "{\\stylesheet{\\s0 Normal;}" + "".join(f"{{\\s{n}\\b\\outlinelevel{n - 1} heading {n};}}" for n in (1, 2, 3)) + "{\\s5\\i Quote;}{\\*\\cs15\\ul Hyperlink;}"
           "{\\s17 List Paragraph;}{\\s24 footnote text;}}{\\info{\\title A form of the office}{\\author Somebody else}}{\\*\\generator x;}{\\footer\\pard\\plain \\chpgn\\par}\r\n",
           p("\\s1\\b", TITLE), p("", BYLINE)]
    for kind, *rest in BLOCKS:
        body = rest[-1]
        out.append({"p": lambda: p("\\ql\\lang1033", body), "h": lambda: p(f"\\s{rest[0]}\\b", body), "verse": lambda: p("", body), "ul": lambda: "".join(item(i, "\\f3\\'b7", 1) for i in body),
                    "ol": lambda: "".join(item(i, f"{n}.", 2) for n, i in enumerate(body, 1)), "quote": lambda: p("\\s5\\i", body),
                    "picture": lambda: "\\pard\\plain {\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv " + plain(body) + "}}}\\pngblip\\picw16\\pich12\r\n" + picture().hex() + "}}"
                                       "{\\nonshppict{\\pict\\wmetafile8 0100}}\\par\r\n",
                    "table": lambda: "".join(row(r, i == 0) for i, r in enumerate(body))}[kind]())
    return ("".join(out) + "}").encode("ascii")


# ---- comparing ----

def text_of(kite, source):
    bundle = source.with_suffix(".kite")
    subprocess.run([kite, "pack", source, "-o", bundle], check=True, stderr=subprocess.DEVNULL)
    text = subprocess.run([kite, "text", bundle], check=True, capture_output=True, text=True).stdout
    return text.replace('identifier: "x"\n', "")  # an EPUB must have one


def write_all(folder):
    """The essay in all formats, and its picture."""
    (folder / "picture.png").write_bytes(picture())
    (folder / "essay.md").write_text(markdown())
    (folder / "page.html").write_text('<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>' + html_body(False) + "</body></html>")
    write_epub(folder / "book.epub")
    write_docx(folder / "word.docx")
    write_odt(folder / "open.odt")
    (folder / "fiction.fb2").write_text(fb2())
    (folder / "rich.rtf").write_bytes(rtf())


def main():
    kite = pathlib.Path(sys.argv[1]).absolute() / "kite"
    golden = pathlib.Path(__file__).with_name("formats.txt")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(exist_ok=True)
        write_all(folder)
        wrong = 0
        for name in ("essay.md", "page.html", "book.epub", "word.docx", "open.odt", "rich.rtf", "fiction.fb2"):
            wanted = golden.read_text()
            if name == "fiction.fb2":
                wanted = re.sub(r"(?m)^- (.*)\n(?=-)", r"• \1\n\n", wanted)
                wanted = re.sub(r"(?m)^- ", "• ", wanted)
                wanted = re.sub(r"(?m)^(\d)\) (.*)\n(?=\d\))", r"\1\\. \2\n\n", wanted)
                wanted = re.sub(r"(?m)^(\d)\) ", r"\1\\. ", wanted)
            got = text_of(kite, folder / name)
            if got != wanted:
                wrong += 1
                (pathlib.Path(temporary) / "wanted").write_text(wanted)
                (pathlib.Path(temporary) / "got").write_text(got)
                print(name, "differs:", flush=True)
                subprocess.run(["diff", "wanted", "got"], cwd=temporary)
        print("formats: all the same" if not wrong else f"formats: {wrong} differ")
        sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
