#!/usr/bin/python3
"""What Kite promises about trust and loss, as one table of figures.

usage: assure.py BUILD [--seconds N] [--coverage] [--short]

Runs the programs that prove each promise and reads their figures. --seconds: of fuzzing for each target, 4 unless given; --coverage: how many
lines of each parser the fuzzers' corpora reach (builds once more with clang's counters); --short: only what no other test of the default run shows.
The exit code is 1 when something does not hold. Timings are told, not judged.
"""

import glob
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

BUILD = sys.argv[1]
SHORT = "--short" in sys.argv
SECONDS = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 4
rows, failures = [], 0

# Parsers of foreign bytes, by the fuzzer that feeds them.
PARSERS = {
    "bundle": ["bundle/open.c", "bundle/meta.c", "bundle/tables.c", "bundle/index.c", "bundle/text_block.c", "bundle/text_read.c", "bundle/lexicon.c",
               "bundle/picture_decode.c", "bundle/picture_read.c", "bundle/trailer.c", "bundle/inflate.c"],
    "repair": ["bundle/repair.c", "bundle/field.c"],
    "trust": ["trust/key.c", "trust/secret.c", "trust/signature.c", "trust/news.c", "trust/lines.c"],
    "press": ["press/markdown.c", "press/plain.c"],
    "html": ["press/html.c", "press/css.c"],
    "epub": ["press/epub.c"],
    "office": ["press/docx.c", "press/odt.c", "press/fb2.c"],
    "map": ["page/map.c"],
    "provision": ["sideload/provision.c"],
    "release": ["boot/release.c"],
    "script": ["emulator/script.c"],
    "device": ["device/input_decode.c", "device/uevent.c", "device/fat.c", "device/board.c"],
    "library": ["library/mend.c", "library/salvage.c"],
}


def tell(what, goal, figure, holds=True):
    global failures
    rows.append((what, goal, figure, "" if holds else "DOES NOT HOLD"))
    failures += not holds


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def program(what, goal, name, pattern, environment=None):
    """A cmocka program and what it says of itself."""
    path = os.path.join(BUILD, "tests", name)
    if not os.path.exists(path):
        path = os.path.join(BUILD, "asan", "tests", name)
    code, told = run(path, env=dict(os.environ, **(environment or {})))
    said = re.findall(pattern, told)
    tell(what, goal, "; ".join(said) if said else "it says nothing", code == 0 and bool(said))


def attacks():
    code, told = run("tests/cli/signing.py", BUILD)
    said = re.search(r"(\d+) of (\d+) checks hold", told)
    tell("forged, cut, replayed, wrongly keyed files", "each refused with the right words", said.group(0) if said else told[-300:], code == 0)


def fuzzers():
    total, bad, seconds = 0, [], time.monotonic()
    targets = sorted(glob.glob(os.path.join(BUILD, "fuzz", "fuzz_*")))
    targets = [t for t in targets if os.access(t, os.X_OK) and not t.endswith(".d")]
    for target in targets:
        name = os.path.basename(target)[len("fuzz_"):]
        corpus = os.path.join(BUILD, "corpus", name)
        os.makedirs(corpus, exist_ok=True)
        seeds = [s for s in ("tests/fuzz/seeds/" + name,) if os.path.isdir(s)]
        code, told = run(target, "-max_total_time=%d" % SECONDS, "-max_len=4096", "-timeout=10", "-verbosity=0", "-print_final_stats=1",
                         "-artifact_prefix=%s-" % corpus, corpus, *seeds)
        count = re.search(r"number_of_executed_units: *(\d+)", told)
        total += int(count.group(1)) if count else 0
        if code != 0:
            bad.append(name)
    tell("executions of %d fuzzers" % len(targets), "no crash, hang or report", "%.2f million in %d s%s" % (
        total / 1e6, time.monotonic() - seconds, ", found by " + " ".join(bad) if bad else ""), not bad and targets)


def coverage():
    folder = os.path.join(BUILD, "coverage")
    targets = [os.path.join(folder, "fuzz_" + name) for name in PARSERS]
    code, told = run("make", "--no-print-directory", "-j2", "BUILD=" + folder, "CC=clang", "CFLAGS=-O1 -g",
                     "EXTRA=-fprofile-instr-generate -fcoverage-mapping -fsanitize=fuzzer-no-link", *targets)
    if code != 0:
        tell("lines of parsers that are reached", "90 %", "cannot be built: " + told[-200:], False)
        return
    for name, files in PARSERS.items():
        profile, merged = os.path.join(folder, name + ".profraw"), os.path.join(folder, name + ".profdata")
        inputs = [d for d in (os.path.join(BUILD, "corpus", name), "tests/fuzz/seeds/" + name) if os.path.isdir(d)]
        run(os.path.join(folder, "fuzz_" + name), "-runs=0", "-verbosity=0", *inputs, env=dict(os.environ, LLVM_PROFILE_FILE=profile))
        run("llvm-profdata-14", "merge", "-o", merged, profile)
        sources = ["firmware/" + f for f in files if os.path.exists("firmware/" + f)]
        _, told = run("llvm-cov-14", "report", os.path.join(folder, "fuzz_" + name), "-instr-profile=" + merged, *sources)
        figures = []
        for line in told.splitlines():
            fields = line.split()
            if fields and fields[0].endswith(".c"):
                figures.append((os.path.basename(fields[0]), float(fields[9].rstrip("%"))))
        tell("lines reached by fuzz_" + name, "90 % each", ", ".join("%s %.0f %%" % f for f in figures) or "nothing",
             bool(figures) and all(f[1] >= 90 for f in figures))


def instructions(*command):
    with tempfile.NamedTemporaryFile() as out:
        _, told = run("valgrind", "--tool=callgrind", "--callgrind-out-file=" + out.name, *command)
        total = int(re.search(r"Collected : (\d+)", told).group(1))
        _, told = run("callgrind_annotate", "--inclusive=yes", "--threshold=100", out.name)
        return total, told


def long_bundle(folder):
    """A bundle of more than a megabyte, of 20,000 words in no order."""
    seed, numbers = 1, []
    for _ in range(600000):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        numbers.append((seed >> 33) % 20000)
    words = ["".join(chr(97 + (n * 7 + n // 26**k * 11) % 26) for k in range(3)) + "ae" for n in numbers]
    text = os.path.join(folder, "long.txt")
    with open(text, "w", encoding="ascii") as out:
        for i in range(0, len(words), 60):
            out.write(" ".join(words[i:i + 60]) + "\n\n")
    bundle = os.path.join(folder, "long.kite")
    code, told = run(BUILD + "/kite", "pack", "--fast", "-q", "--lang", "en", text, "-o", bundle)
    assert code == 0, told
    return bundle


def costs():
    with tempfile.TemporaryDirectory() as folder:
        bundle = long_bundle(folder)
        # From the program's start to the first page, at 63 %: what hashing takes of it.
        total, told = instructions(BUILD + "/kite_bench", "first", BUILD + "/fonts", bundle)
        hashed = sum(int(m.replace(",", "")) for m in re.findall(r"^ *([\d,]+) .*:(?:kite_block_hash|check_root) ", told, re.M))
        share = 100.0 * hashed / total
        tell("checking what a page is made from", "at most 5 % of opening it", "%.1f %% of %.1f M instructions" % (share, total / 1e6), 0 < share <= 5)
        size = os.path.getsize(bundle)
        mine, _ = instructions(BUILD + "/kite", "verify", bundle)
        theirs, _ = instructions("b2sum", bundle)
        seconds = {"kite": [], "b2sum": []}
        for _ in range(7):
            for name, command in (("kite", (BUILD + "/kite", "verify", bundle)), ("b2sum", ("b2sum", bundle))):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                for _ in range(10):
                    run(*command)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                seconds[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        ratio = sorted(seconds["b2sum"])[3] / max(sorted(seconds["kite"])[3], 1e-4)
        tell("checking a file of %.1f MB" % (size / 1e6), "half the speed of b2sum",
             "%.2f of it by instructions, %.2f by CPU time" % (theirs / mine, ratio), theirs / mine >= 0.5)


def main():
    attacks()
    program("changed bytes and cuts of a signed bundle", "100 % found", "trust/test_signed", r"\d+ (?:changed bytes|cuts), every one found")
    if not SHORT:
        program("5 % of a bundle with --repair 10 %", "back bit for bit", "bundle/test_repair", r"PASSED.*")
        program("power cuts of the library's storage", "100 % recover, nothing acknowledged lost", "library/test_cuts", r"\d+ operations, \d+ states|\d+ states, \d+ after a second cut")
        program("negative controls", "each caught", "library/test_cuts", r"OK \] (\w*(?:found|caught|notic)\w*)")
        program("failing storage and memory, library", "clean word, nothing lost", "library/test_faults", r"\d+ operations, \d+ reads|\d+ allocations, every \d+ failed")
        program("failing storage and memory, reader", "clean word, nothing lost", "reader/test_faults", r"\d+ operations, every \d+ failed|\d+ events, \d+ allocations, every \d+ failed")
        program("every malloc of the process", "clean word, nothing lost", "reader/test_malloc", r"\d+ allocations in \d+ events, \d+ failed|\d+ allocations, \d+ failed")
        program("library's file damaged anyhow", "opens, says what is lost", "library/test_damage", r"damaged \d+, of these all marks kept in \d+")
        fuzzers()
    if "--coverage" in sys.argv:
        coverage()
    costs()
    width = [max(len(row[i]) for row in rows) for i in range(2)]
    for what, goal, figure, wrong in rows:
        print("%-*s  %-*s  %s  %s" % (width[0], what, width[1], goal, figure, wrong))
    return 1 if failures else 0


sys.exit(main())
