#!/usr/bin/python3
"""Measure Kite beside MuPDF and beside a floor program, on the same text, page and font, and print tables.

usage: bench.py BUILD [TEXT...]

BUILD holds kite, kite_bench, peer_mupdf, floor, floor_pack and fonts. TEXT are plain text or Markdown files; without
any it takes the longest of books/, as it is and repeated to the length of a novel, so that the figures can be had from
the repository alone.

What is compared. MuPDF reads an EPUB of the text with a chapter a heading, and begins at the chapter at 63 % of its
chapters; Kite and the floor begin at 63 % of the text. MuPDF breaks lines greedily and divides no word, Kite and the
floor by total fit with hyphenation. The floor (floor.c) reads deflated plain paragraphs with their hyphen points in
them and knows one face, no mark-up, no headings, no widows: the least that a reader could do. crengine is not in
Debian and is left out.

Instructions are callgrind's, of the whole process, for a turn or a change of size less those of the job before it.
CPU time is taken by the program around the step (for the first page and for whole texts since the process began):
the median of ROUNDS interleaved runs. Memory is the high-water mark of resident memory, the median of as many runs: the
kernel brings in files 64 KiB at a time, and where those end moves with the address that a program is loaded at. Side files are what the
programs left in the book's folder, their home and their working folder.
"""

import html
import os
import re
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROUNDS = 7
TURNS = 20  # or as many as a short text has behind its 63 %
JOBS = ["first", "turns", "resize", "whole"]
TITLES = {"first": "process start to a text page at 63 %", "turns": "page turn, laid out and drawn, mean of %d",
          "resize": "type size change to the new page", "whole": "whole text paginated"}


def instructions(command, folder):
    out = os.path.join(folder, "callgrind.out")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out] + command,
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=True)
    os.remove(out)
    return int(re.search(rb"Collected : (\d+)", done.stderr)[1])


def probe(command, home):
    """(CPU ms of the step, peak KiB) as the program tells them; it runs in a folder of its own."""
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=home, env=dict(os.environ, PROBE="1", HOME=home))
    return int(re.search(rb"step_ns (\d+)", done.stdout)[1]) / 1e6, int(re.search(rb"VmHWM:\s*(\d+)", done.stdout)[1])


def make_epub(paragraphs, path):
    """The same text as chapters of an EPUB, cut at its headings."""
    chapters, current = [], []
    for is_heading, text in paragraphs:
        if is_heading and current:
            chapters.append(current)
            current = []
        current.append("<h2>%s</h2>" % html.escape(text) if is_heading else "<p>%s</p>" % html.escape(text))
    chapters.append(current)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                      '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')
        items = "".join('<item id="c%d" href="c%d.xhtml" media-type="application/xhtml+xml"/>' % (i, i) for i in range(len(chapters)))
        spine = "".join('<itemref idref="c%d"/>' % i for i in range(len(chapters)))
        book.writestr("book.opf", '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata/><manifest>%s</manifest><spine>%s</spine></package>' % (items, spine))
        for i, blocks in enumerate(chapters):
            book.writestr("c%d.xhtml" % i, '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>%s</body></html>' % "".join(blocks))


def paragraphs_of(markdown):
    """[(is heading, text)] of what `kite text` gives."""
    body = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S)
    out = []
    for block in re.split(r"\n\s*\n", body):
        text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", " ".join(re.sub(r"^#+ ", "", block).split()))
        if text:
            out.append((block.startswith("#"), text))
    return out


class Program:
    """A program and its book."""

    def __init__(self, name, command, book):
        self.name, self.command, self.book, self.turns = name, command, book, TURNS

    def run(self, job):
        return [self.command[0], job] + self.command[1:] + [self.book, str(self.turns)]

    def pages(self):
        return int(subprocess.run(self.run("pages"), stdout=subprocess.PIPE, check=True).stdout)

    def count(self, folder):
        """Instructions of every job."""
        all_of = {job: instructions(self.run(job), folder) for job in JOBS}
        return {"first": all_of["first"], "turns": (all_of["turns"] - all_of["first"]) / self.turns,
                "resize": all_of["resize"] - all_of["first"], "whole": all_of["whole"]}


def prepare(build, source, folder, times=1):
    """Books of a text, repeated: Kite's bundle, the EPUB, the floor's."""
    name = os.path.join(folder, "%s-%d" % (os.path.basename(source), times))
    with open(source, encoding="utf-8") as text:
        content = text.read()
    ending = os.path.splitext(source)[1]
    with open(name + ending, "w", encoding="utf-8") as copy:
        copy.write("\n\n".join([content] * times))
    subprocess.run([build + "/kite", "pack", "--fast", name + ending, "-o", name + ".kite"], check=True, stderr=subprocess.DEVNULL)
    markdown = subprocess.run([build + "/kite", "text", name + ".kite"], stdout=subprocess.PIPE, check=True).stdout.decode()
    language = re.search(r"^lang(?:uage)?:\s*\"?([A-Za-z-]+)", markdown, re.M)
    paragraphs = paragraphs_of(markdown)
    make_epub(paragraphs, name + ".epub")
    plain = "\n".join(text for _, text in paragraphs)
    with open(name + ".floor", "wb") as book:
        subprocess.run([build + "/floor_pack", language[1] if language else "en"], input=plain.encode(), stdout=book, check=True)
    os.remove(name + ending)
    return {"kite": name + ".kite", "epub": name + ".epub", "floor": name + ".floor", "bytes": len(plain.encode())}


def programs_of(build, books):
    font = build + "/fonts/KiteSerif-Regular.ttf"
    programs = [Program("MuPDF, same font", [build + "/peer_mupdf", font], books["epub"]),
                Program("MuPDF, as shipped", [build + "/peer_mupdf", "-"], books["epub"]),
                Program("Kite", [build + "/kite_bench", build + "/fonts"], books["kite"]),
                Program("floor", [build + "/floor", font], books["floor"])]
    turns = max(1, min(TURNS, min(p.pages() for p in programs[2:]) * 37 // 100 - 1))
    for p in programs:
        p.turns = turns
    return programs


def files_in(*folders):
    return {os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names}


def row(title, cells, values):
    mupdf, kite, floor = values[0], values[2], values[3]
    ratios = ["%.3f" % (kite / mupdf) if mupdf else "", "%.2f" % (kite / floor) if floor else ""]
    print("| %s | %s |" % (title, " | ".join(cells + ratios)), flush=True)


def table(build, source, times):
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        books = prepare(build, source, folder, times)
        programs = programs_of(build, books)
        there = files_in(folder, home)
        cpu = {p.name: {job: [] for job in JOBS} for p in programs}
        peaks = {(p.name, job): [] for p in programs for job in JOBS}
        for _ in range(ROUNDS):
            for p in programs:
                for job in JOBS:
                    ms, kib = probe(p.run(job), home)
                    peaks[p.name, job].append(kib)
                    cpu[p.name][job].append(ms / p.turns if job == "turns" else ms)
        side = sum(os.path.getsize(path) for path in files_in(folder, home) - there)
        counts = {p.name: p.count(folder) for p in programs}
        print("\n%s%s, %d bytes of text: million instructions (CPU ms)\n"
              % (os.path.basename(source), " x %d" % times if times > 1 else "", books["bytes"]))
        print("| figure | %s | Kite : MuPDF, same font | Kite : floor |" % " | ".join(p.name for p in programs))
        print("|---|" + "---|" * (len(programs) + 2))
        for job in JOBS:
            values = [counts[p.name][job] for p in programs]
            title = TITLES[job] % programs[0].turns if job == "turns" else TITLES[job]
            row(title, ["%.1f (%.2f)" % (counts[p.name][job] / 1e6, statistics.median(cpu[p.name][job])) for p in programs], values)
        for job, title in (("turns", "peak memory after the turns, MiB"), ("whole", "peak memory, whole text, MiB")):
            values = [statistics.median(peaks[p.name, job]) for p in programs]
            row(title, ["%.1f" % (kib / 1024) for kib in values], values)
        sizes = [os.path.getsize(p.book) for p in programs]
        row("book, bytes", [str(size) for size in sizes], sizes)
        print("| side files written by all runs, bytes | %s | | |" % " | ".join([str(side)] * len(programs) if side == 0 else ["%d in all" % side] * len(programs)))


def growth(build, source):
    print("\nGrowth with the text, %s: Kite / floor, million instructions; peak memory in MiB\n" % os.path.basename(source))
    print("| times | %s | peak, turns | peak, whole text |\n|---|%s" % (" | ".join(TITLES[j].replace(", mean of %d", "") for j in JOBS), "---|" * 6))
    for times in (1, 2, 4, 8):
        with tempfile.TemporaryDirectory() as folder:
            programs = programs_of(build, prepare(build, source, folder, times))[2:]
            counts = [p.count(folder) for p in programs]
            peaks = [["%.1f" % (statistics.median(probe(p.run(job), folder)[1] for _ in range(ROUNDS)) / 1024) for p in programs]
                     for job in ("turns", "whole")]
            cells = [" / ".join("%.1f" % (c[j] / 1e6) for c in counts) for j in JOBS] + [" / ".join(both) for both in peaks]
            print("| %d | %s |" % (times, " | ".join(cells)), flush=True)


def main():
    build, texts = os.path.abspath(sys.argv[1]), sys.argv[2:]
    own = "books/prison-imperialism.en.md"
    for source, times in [(text, 1) for text in texts] or [(own, 1), (own, 40)]:
        table(build, source, times)
    growth(build, texts[0] if texts else own)


if __name__ == "__main__":
    main()
