#!/usr/bin/python3
"""A stick with documents of every kind is put into the emulated device: each becomes the text that kite pack makes of it.

usage: documents.py BUILD

One essay in six formats, a PDF and a text come in; a document cut in half is told, and so is a bomb; a README and the pictures
beside a text are left. The same stick once more brings nothing new. Twice the same frames.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../press"))
import formats  # noqa: E402

ESSAYS = ("essay.md", "page.html", "book.epub", "word.docx", "open.odt", "rich.rtf", "fiction.fb2")
SCRIPT = """stick in {stick}
expect screen import
choose Take in its texts
idle
expect row What the Window Shows
expect row filing
expect row broken.docx
expect row bomb.docx
shot told
choose broken.docx
expect screen import file
shot broken
key menu
choose OK
stick out
wait 2s
stick in {stick}
choose Take in its texts
idle
shot again
choose OK
stick out
"""


def pdf(text):
    """A page of one line in a font that every reader has."""
    stream = b"BT /F1 12 Tf 20 100 Td (%s) Tj ET" % text.encode("ascii")
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
             b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 200]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
             b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
             b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)


def write_bomb(path):
    """A Word file whose text is 300 MB of nothing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("[Content_Types].xml", "<Types/>")
        out.writestr("word/document.xml", b"\0" * (300 << 20))


def fill(stick):
    """All that the stick holds."""
    formats.write_all(stick)
    (stick / "filing.pdf").write_bytes(pdf("A filing, typed in the year 1987, of one line and no more than that."))
    (stick / "old.txt").write_bytes("Una carta vieja\n\nQueridos todos: ma\xf1ana es otro d\xeda, y despu\xe9s otro m\xe1s.\n".encode("latin-1"))
    (stick / "README.txt").write_text("What is on this stick.\n")
    word = (stick / "word.docx").read_bytes()
    (stick / "broken.docx").write_bytes(word[:len(word) // 2])
    write_bomb(stick / "bomb.docx")


def play(build, folder, name):
    """Plays the script to a new library; its folder, and what happened."""
    library, frames, script = folder / name, folder / ("frames-" + name), folder / "session.script"
    library.mkdir()
    script.write_text(SCRIPT.format(stick=folder / "stick"))
    done = subprocess.run([build + "/kite-emulator", "--fonts", build + "/fonts", "--panel", "600x800@167", "--keep", "--script", script,
                           "--frames", frames, library], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=500)
    if done.returncode != 0:
        sys.exit("kite-emulator ended with %d:\n%s" % (done.returncode, done.stdout.decode("utf-8", "replace")))
    return library, (frames / "refresh.log").read_text()


def texts(kite, folder):
    """What the bundles of a folder say. Formats of one essay may give one and the same bundle, which comes in once."""
    return sorted({subprocess.run([kite, "text", path], check=True, capture_output=True, text=True).stdout
                   for path in folder.glob("*.kite")})


def main():
    build = os.path.abspath(sys.argv[1])
    kite = build + "/kite"
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "stick").mkdir()
        fill(folder / "stick")
        library, log = play(build, folder, "one")
        (folder / "desk").mkdir()
        for name in ESSAYS + ("filing.pdf", "old.txt"):
            subprocess.run([kite, "pack", "--fast", folder / "stick" / name, "-o", folder / "desk" / (name + ".kite")], check=True,
                           stderr=subprocess.DEVNULL)
        got, wanted = texts(kite, library), texts(kite, folder / "desk")
        if got != wanted:
            sys.exit("%d texts came in, %d were wanted; the first that differs:\n%s" % (
                len(got), len(wanted), next((one for one, other in zip(got, wanted) if one != other), "")))
        if play(build, folder, "two")[1] != log:
            sys.exit("the second run shows other frames")
        left = [path.name for path in library.iterdir() if path.suffix in (".part", ".tmp")]
        if left:
            sys.exit("left in the library: %s" % left)
        if len(sys.argv) > 2:
            shutil.copytree(folder / "frames-one", sys.argv[2], dirs_exist_ok=True)
        print("8 documents came in as kite pack reads them, %d texts; 2 could not, and were told; the second time none was new" % len(got))


if __name__ == "__main__":
    main()
