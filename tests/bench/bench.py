#!/usr/bin/python3
"""Time Kite beside MuPDF on the same text, page and font, and print one table.

usage: bench.py BUILD [TEXT...]

BUILD holds kite, kite_bench, peer_mupdf and fonts. TEXT are plain text or Markdown files; without any the longest of
books/ is repeated to the length of a novel, so that the figures can be had from the repository alone.

Instructions are callgrind's, of the whole process less that of the job before it; CPU time is the median of ROUNDS
interleaved runs; memory is the high-water mark of resident memory. MuPDF breaks lines greedily and divides no word.
"""

import html
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import zipfile

ROUNDS = 7
TURNS = 20
JOBS = ["first", "turns", "resize", "whole"]
TITLES = {"first": "process start to a page at 63 %", "turns": "page turn, laid out and drawn, mean",
          "resize": "type size change to the new page", "whole": "every page's start, exact"}


def instructions(command, folder):
    out = os.path.join(folder, "callgrind.out")
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out] + command,
                          stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=True)
    return int(re.search(rb"Collected : (\d+)", done.stderr)[1])


def cpu_ms(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def peak_kib(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=dict(os.environ, PRINT_PEAK="1"))
    return int(re.search(rb"VmHWM:\s*(\d+)", done.stdout)[1])


def make_epub(markdown, path):
    """The same text as chapters of an EPUB, cut at its headings."""
    chapters, current = [], []
    for block in re.split(r"\n\s*\n", markdown):
        if re.match(r"#+ ", block) and current:
            chapters.append(current)
            current = []
        current.append(block)
    chapters.append(current)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        book.writestr("META-INF/container.xml", '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                      '<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>')
        items = "".join('<item id="c%d" href="c%d.xhtml" media-type="application/xhtml+xml"/>' % (i, i) for i in range(len(chapters)))
        spine = "".join('<itemref idref="c%d"/>' % i for i in range(len(chapters)))
        book.writestr("book.opf", '<package xmlns="http://www.idpf.org/2007/opf" version="2.0"><metadata/><manifest>%s</manifest><spine>%s</spine></package>' % (items, spine))
        for i, blocks in enumerate(chapters):
            body = "".join("<h2>%s</h2>" % html.escape(b.lstrip("# ")) if b.startswith("#") else "<p>%s</p>" % html.escape(b) for b in blocks)
            book.writestr("c%d.xhtml" % i, '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>%s</body></html>' % body)


class Program:
    def __init__(self, name, command, text):
        self.name, self.command, self.text = name, command, text

    def run(self, job):
        return [self.command[0], job] + self.command[1:] + [self.text, str(TURNS)]

    def measure(self, measured):
        first = measured(self.run("first"))
        out = {"first": first}
        out["turns"] = (measured(self.run("turns")) - first) / TURNS
        out["resize"] = measured(self.run("resize")) - first
        out["whole"] = measured(self.run("whole"))
        return out


def prepare(build, source, folder, times=1):
    """(bundle, EPUB) of a text, repeated."""
    name = os.path.join(folder, "%s-%d" % (os.path.basename(source), times))
    with open(source, encoding="utf-8") as text:
        content = text.read()
    ending = os.path.splitext(source)[1]
    with open(name + ending, "w", encoding="utf-8") as copy:
        copy.write("\n\n".join([content] * times))
    subprocess.run([build + "/kite", "pack", "--fast", name + ending, "-o", name + ".kite"], check=True, stderr=subprocess.DEVNULL)
    markdown = subprocess.run([build + "/kite", "text", name + ".kite"], stdout=subprocess.PIPE, check=True).stdout.decode()
    make_epub(re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S), name + ".epub")
    return name + ".kite", name + ".epub"


def table(build, source, folder, times):
    bundle, epub = prepare(build, source, folder, times)
    fonts = build + "/fonts"
    programs = [Program("MuPDF, same font", [build + "/peer_mupdf", fonts + "/KiteSerif-Regular.ttf"], epub),
                Program("MuPDF, as shipped", [build + "/peer_mupdf", "-"], epub),
                Program("Kite", [build + "/kite_bench", fonts], bundle)]
    counts = {p.name: p.measure(lambda command: instructions(command, folder)) for p in programs}
    times_ms = {p.name: {job: [] for job in JOBS} for p in programs}
    for _ in range(ROUNDS):
        for p in programs:
            for job, value in p.measure(cpu_ms).items():
                times_ms[p.name][job].append(value)
    print("\n%s%s, %d bytes of bundle, million instructions (CPU ms)\n" % (os.path.basename(source), " x %d" % times if times > 1 else "",
                                                                      os.path.getsize(bundle)))
    print("| figure | " + " | ".join(p.name for p in programs) + " | Kite : MuPDF, same font |")
    print("|---|" + "---|" * (len(programs) + 1))
    for job in JOBS:
        cells = ["%.1f (%.1f)" % (counts[p.name][job] / 1e6, statistics.median(times_ms[p.name][job])) for p in programs]
        ratio = counts["Kite"][job] / counts["MuPDF, same font"][job]
        print("| %s | %s | %.3f |" % (TITLES[job], " | ".join(cells), ratio))
    peaks = [peak_kib(p.run("turns")) for p in programs]
    print("| peak memory, MiB | %s | %.3f |" % (" | ".join("%.1f" % (k / 1024) for k in peaks), peaks[-1] / peaks[0]), flush=True)


def growth(build, source, folder):
    print("\nGrowth with the text (Kite, million instructions; peak memory in MiB)\n")
    print("| times | " + " | ".join(TITLES[j] for j in JOBS) + " | peak, every page |\n|---|---|---|---|---|---|")
    for times in (1, 2, 4, 8):
        bundle, _ = prepare(build, source, folder, times)
        program = Program("Kite", [build + "/kite_bench", build + "/fonts"], bundle)
        counts = program.measure(lambda command: instructions(command, folder))
        print("| %d | %s | %.1f |" % (times, " | ".join("%.1f" % (counts[j] / 1e6) for j in JOBS), peak_kib(program.run("whole")) / 1024),
              flush=True)


def main():
    build, texts = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        for source in texts or ["books/prison-imperialism.en.md"]:
            table(build, source, folder, 1 if texts else 40)
        growth(build, texts[0] if texts else "books/guide.en.md", folder)


main()
