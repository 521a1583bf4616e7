#!/usr/bin/python3
"""Measure packing an EPUB, and a PDF, beside MuPDF giving the text of the same file, and print a table.

usage: pack_bench.py BUILD [TEXT...]

TEXT are EPUBs and PDFs, which are taken as they are, or plain text or Markdown files, of which an EPUB is made with a chapter a heading; without any, the longest of
books/ repeated to the length of a novel, and a quarter of that as a PDF. `--fast` is what a device does, too. CPU time is user and system time of the whole process with its
children, the least of ROUNDS interleaved runs; memory is the largest resident size of any of them. Exit code 1 when packing takes more than
TIMES_MOST times the CPU of `mutool draw -F txt`, which lays out the text of an EPUB but not that of a PDF, of which --fast alone is bound; or more
than MB_MOST.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile

import bench

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "press"))
import paged

ROUNDS = 5
TIMES_MOST = 3
MB_MOST = 64
NOVEL_BYTES = 1200000
PDF_BYTES = 300000


def run(command):
    """(CPU s, peak MB) of a process that must succeed."""
    with open(os.devnull, "wb") as nothing:
        process = subprocess.Popen(command, stdout=nothing, stderr=nothing)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def epub_of(build, source, folder):
    """(path, name to show)."""
    if source.endswith((".epub", ".pdf")):
        return source, os.path.basename(source)
    bundle, path = os.path.join(folder, "book.kite"), os.path.join(folder, "book.epub")
    subprocess.run([build + "/kite", "pack", "--fast", source, "-o", bundle], check=True, stderr=subprocess.DEVNULL)
    markdown = subprocess.run([build + "/kite", "text", bundle], stdout=subprocess.PIPE, check=True).stdout.decode()
    paragraphs = bench.paragraphs_of(markdown)
    length = sum(len(text.encode()) for _, text in paragraphs)
    times = max(1, NOVEL_BYTES // length) if source.startswith("books/") else 1
    bench.make_epub(paragraphs * times, path)
    return path, f"{os.path.basename(source)}, {length * times} bytes of text"


def pdf_in(folder):
    """A book as a PDF, with running heads and words divided at line ends."""
    path = pathlib.Path(folder) / "novel.pdf"
    paragraphs = paged.essay_paragraphs()
    paged.write_heads(path, paragraphs * (PDF_BYTES // sum(len(p.encode()) for p in paragraphs)))
    return str(path)


def table(build, source, folder):
    path, title = epub_of(build, source, folder)
    out = os.path.join(folder, "out")
    programs = [("mutool draw -F txt", ["mutool", "draw", "-q", "-F", "txt", "-o", out, path]),
                ("kite pack --fast", [build + "/kite", "pack", "--fast", "--quiet", path, "-o", out]),
                ("kite pack", [build + "/kite", "pack", "--quiet", path, "-o", out])]
    runs = {name: [] for name, _ in programs}
    for _ in range(ROUNDS):
        for name, command in programs:
            runs[name].append(run(command))
    least = {name: (min(cpu for cpu, _ in all_of), max(mb for _, mb in all_of)) for name, all_of in runs.items()}
    base = max(least["mutool draw -F txt"][0], 0.01)
    print(f"\nPacking, {title}\n\n| program | CPU s | times mutool | peak MB |\n|---|---|---|---|")
    for name, (cpu, mb) in least.items():
        print(f"| {name} | {cpu:.2f} | {cpu / base:.1f} | {mb:.0f} |", flush=True)
    bound = ["kite pack --fast"] + ["kite pack"] * (not path.endswith(".pdf"))
    return all(least[name][0] <= TIMES_MOST * base for name in bound) and max(mb for _, mb in least.values()) <= MB_MOST


def main():
    build, texts = os.path.abspath(sys.argv[1]), sys.argv[2:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        is_well = [table(build, source, folder) for source in texts or ["books/prison-imperialism.en.md", pdf_in(folder)]]
    sys.exit(0 if all(is_well) else 1)


if __name__ == "__main__":
    main()
