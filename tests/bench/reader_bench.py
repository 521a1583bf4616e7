#!/usr/bin/python3
"""Measure the reader, from an event to the finished frame, and print a table.

usage: reader_bench.py BUILD [TEXT...]

BUILD holds kite, reader_bench and fonts. The novel is the longest TEXT, repeated to 1.2 MB if need be, or else
as much of books/ with a chapter heading now and then. Essays are bundles of about 7,300 bytes, made of paragraphs of books/; one in ten holds
the word that is searched. The library of 2,000 bundles has essays of 600 bytes, as only their titles matter.

Instructions are callgrind's, in the step alone: drawing, what the library does, and telling what changed are in them;
making the reader and opening the library are not, but in the row that says so. CPU time is taken around the same step;
the median of ROUNDS runs, each on the library as it was entered. Memory is the high-water mark of resident memory of
the whole process, less the clean pages of its own code and of shared libraries, 1072 x 1448 px.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 5
NOVEL_BYTES = 1200000
OWN = "books/prison-imperialism.en.md"
# title, library, job, what the job is told, target in million instructions, all of the process counts
ROWS = [("page turn, laid out in idle ticks", "novel", "turn", ["20"], 6, False),
        ("page turn, nothing laid out ahead", "novel", "cold", ["20"], 6, False),
        ("opening the novel at 63 %, at power-on", "novel", "start", [], 25, False),
        ("the same, from the start of the process", "novel", "start", [], None, True),
        ("size change to the first frame", "novel", "size", [], 30, False),
        ("library of 2,000, first screen", "library", "library", [], 20, False),
        ("library of 2,000, next screen", "library", "next", [], 20, False),
        ("library of 2,000, by author", "library", "author", [], 20, False),
        ("library of 2,000, one author's", "library", "filter", [], 20, False),
        ("search over 200 essays, a word in 20 of them", "essays", "search", ["kestrel"], 80, False),
        ("search over 200 essays, a word in none", "essays", "search", ["xyzzy"], 80, False)]


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def program(self, *words):
        return [self.build + "/reader_bench"] + list(words)

    def restore(self, library):
        for name in os.listdir(self.path(library)):
            if not name.endswith(".kite"):
                os.remove(os.path.join(self.path(library), name))
        shutil.copy(self.path(library + ".db"), os.path.join(self.path(library), "kite.db"))

    def enter(self, library):
        subprocess.run(self.program("enter", self.build + "/fonts", self.path(library)), check=True, stdout=subprocess.DEVNULL)
        shutil.copy(os.path.join(self.path(library), "kite.db"), self.path(library + ".db"))

    def job(self, library, job, told):
        return self.program(job, self.build + "/fonts", self.path(library), *told)

    def run(self, library, job, told):
        self.restore(library)
        done = subprocess.run(self.job(library, job, told), check=True, stdout=subprocess.PIPE)
        return {name.decode(): int(value) for name, value in re.findall(rb"(\w+) (\d+)", done.stdout)}

    def instructions(self, library, job, told, is_whole):
        self.restore(library)
        out = self.path("callgrind.out")
        only = [] if is_whole else ["--toggle-collect=step_counted"]
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out] + only + self.job(library, job, told),
                              stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=True)
        os.remove(out)
        return int(re.search(rb"Collected : (\d+)", done.stderr)[1])


def plain_paragraphs(source):
    with open(source, encoding="utf-8") as text:
        body = re.sub(r"\A---\n.*?\n---\n", "", text.read(), flags=re.S)
    return [" ".join(re.sub(r"^#+ ", "", block).split()) for block in re.split(r"\n\s*\n", body) if block.strip()]


def write_novel(path):
    """As much of the repository's own text as a novel has, headings in between."""
    paragraphs = plain_paragraphs(OWN)
    used = count = 0
    with open(path, "w", encoding="utf-8") as out:
        while used < NOVEL_BYTES:
            if count % 60 == 0:
                out.write("## Chapter %d\n\n" % (count // 60 + 1))
            used += out.write(paragraphs[count * 7 % len(paragraphs)] + "\n\n")
            count += 1


def repeat_text(path, out_path):
    with open(path, encoding="utf-8") as text:
        content = text.read()
    with open(out_path, "w", encoding="utf-8") as out:
        out.write("\n\n".join([content] * -(-NOVEL_BYTES // os.path.getsize(path))))


def prepare(bench, texts):
    longest = max(texts, key=os.path.getsize, default=None)
    source = bench.path("novel" + (os.path.splitext(longest)[1] if longest else ".md"))
    if longest:
        repeat_text(longest, source)
    else:
        write_novel(source)
    os.mkdir(bench.path("novel"))
    subprocess.run([bench.build + "/kite", "pack", "--fast", source, "-o", bench.path("novel/novel.kite")], check=True,
                   stderr=subprocess.DEVNULL)
    with open(bench.path("essays.txt"), "w", encoding="utf-8") as out:
        out.write("\n\n".join(plain_paragraphs(OWN)))
    for library, count, size in (("essays", "200", "7300"), ("library", "2000", "600")):
        subprocess.run(bench.program("make", bench.path(library), count, size, bench.path("essays.txt")), check=True)
    for library in ("novel", "essays", "library"):
        bench.enter(library)
    return longest or source


def row(bench, title, library, job, told, target, is_whole):
    runs = [bench.run(library, job, told) for _ in range(ROUNDS)]
    divisor = int(told[0]) if job in ("turn", "cold") else 1
    count = bench.instructions(library, job, told, is_whole) / divisor / 1e6
    ms = statistics.median(run["process_ns" if is_whole else "step_ns"] for run in runs) / divisor / 1e6
    print("| %s | %.1f | %s | %.2f |" % (title, count, target or "", ms), flush=True)


class Device:
    """kite-reader on the novel at 63 %, drawing into a folder; done when it says that it is ready."""

    def __init__(self, bench, under=()):
        bench.restore("novel")
        self.process = subprocess.Popen(list(under) + [
            bench.build + "/kite-reader", "--board", "virt", "--display", "record:" + bench.path("frames"), "--library",
            bench.path("novel"), "--fonts", bench.build + "/fonts"], stderr=subprocess.PIPE)
        for line in self.process.stderr:
            if b"kite: ready" in line:
                break

    def peak_kib(self):
        with open("/proc/%d/status" % self.process.pid) as status:
            return int(re.search(r"VmHWM:\s*(\d+)", status.read())[1])

    def end(self):
        self.process.terminate()
        self.process.communicate()


def device(bench):
    """Instructions from the program's start until the first update is handed to the controller, and peak memory after
    half a minute with the novel open, when all that can be done in idle time has been done."""
    out = bench.path("device.out")
    run = Device(bench, ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, "--dump-before=record_update"])
    run.end()
    with open(out + ".1") as part:
        count = int(re.search(r"^totals: (\d+)", part.read(), re.M)[1])
    run = Device(bench)
    time.sleep(30)
    peak = run.peak_kib()
    run.end()
    print("\nkite-reader, the novel at 63 %%: %.1f million instructions from its start to the first update request (target 40); "
          "peak resident memory %.1f MiB, code included (target 24)" % (count / 1e6, peak / 1024))


def main():
    build, texts = os.path.abspath(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(build, folder)
        source = prepare(bench, texts)
        print("\nThe reader, event to finished frame; the novel is %s\n" % os.path.basename(source))
        print("| figure | million instructions | target | CPU ms |\n|---|---|---|---|")
        for one in ROWS:
            row(bench, *one)
        run = bench.run("novel", "memory", [])
        print("\nPeak memory on the novel, 40 turns, a size change, a search and all idle work: %.1f MiB "
              "(target 12.0), beside %.1f MiB of code" % ((run["peak_kib"] - run["code_kib"]) / 1024, run["code_kib"] / 1024))
        device(bench)


main()
