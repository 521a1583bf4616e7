#!/usr/bin/python3
"""What Kite promises about trust and loss, as one table of figures.

usage: assure.py BUILD [--seconds N] [--coverage] [--short] [--whole]

Runs the programs that prove each promise and reads their figures. --seconds: of fuzzing for each target, 4 unless given; --coverage: how many
lines of each parser the fuzzers' corpora and seeds reach, unit tests left out (builds once more with clang's counters); --short: only what no other test of the default run shows.
--whole: cuts, faults and failing allocations at every point, which takes an hour or more.
The exit code is 1 when something does not hold. Timings are told, not judged.
"""

import contextlib
import glob
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, "tests/fuzz")
import campaign

BUILD = sys.argv[1]
SHORT = "--short" in sys.argv
WHOLE = {"KITE_CUTS": "all", "KITE_FAULTS": "0"} if "--whole" in sys.argv else {}
SECONDS = int(sys.argv[sys.argv.index("--seconds") + 1]) if "--seconds" in sys.argv else 4
rows, failures = [], 0
os.environ.setdefault("KITE_FONTS", os.path.join(BUILD, "fonts"))

# What reads foreign bytes, below firmware/, by room: a table of its files, or of what they begin with.
PARSERS = {
    "bundle": "ask directory field find index inflate lexicon meta numbering numbers open originals picture_coded picture_dct picture_decode picture_read "
              "picture_rows places repair tables text_block text_read trailer verify",
    "trust": "bundle key lines news secret signature",
    "press": "charset container css decode docx* epub* fb2 front_matter html known letter links markdown* markup* mupdf odt* package pdf* plain* raster* rtf* "
             "text_import text_inline text_lists transcript tree*",
    "sandbox": "talk",
    "page": "map",
    "library": "mend salvage",
    "shelf": "key sealed volume",
    "reader": "settings",
    "sideload": "document kinds names places provision rows take trusted walk",
    "boot": "install record release",
    "emulator": "script",
    "device": "board display_drm display_mxcfb fat framebuffer input_decode input_devices power uevent",
    "cli": "pack_manual",
}
# Not parsers, though their names begin as those of parsers do: what writes a document that was read.
NOT_PARSERS = {"press/pdf_write.c"}


def tell(what, goal, figure, holds=True):
    global failures
    rows.append((what, goal, figure, "" if holds else "DOES NOT HOLD"))
    failures += not holds


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    return done.returncode, done.stdout.decode("utf-8", "replace")


heard = {}


def program(what, goal, name, pattern):
    """A cmocka program, run once, and what it says of itself."""
    path = os.path.join(BUILD, "tests", name)
    if not os.path.exists(path):
        path = os.path.join(BUILD, "asan", "tests", name)
    if name not in heard:
        heard[name] = run(path, env=dict(os.environ, **WHOLE))
    code, told = heard[name]
    said = re.findall(pattern, told)
    tell(what, goal, "; ".join(said) if said else "it says nothing", code == 0 and bool(said))


def built():
    code, told = run("tests/assure/built.py", BUILD, os.path.join(BUILD, "armhf"))
    lines = told.strip().splitlines()
    wrong = [line for line in lines if not line.endswith(": holds")]
    device = sum(line.startswith("device: ") for line in lines)
    tell("hardened programs, one way to the disk", "read from what was built", "; ".join(wrong) if wrong else
         "%d of %d hold at the desk, %s" % (len(lines) - device, len(lines) - device, "%d on the device" % device if device else "the device's are not built"),
         code == 0 and bool(lines))


def attacks():
    code, told = run("tests/cli/signing.py", BUILD)
    said = re.search(r"(\d+) of (\d+) checks hold", told)
    tell("forged, cut, replayed, wrongly keyed files", "each refused with the right words", said.group(0) if said else told[-300:], code == 0)


def fuzzers():
    names, start = campaign.targets(BUILD), time.monotonic()
    with contextlib.redirect_stdout(sys.stderr):
        total, bad, sums = campaign.campaign(BUILD, names, SECONDS, 4096)
    tell("executions of %d fuzzers" % len(names), "no crash, hang or report", "%.2f million in %d s, %.2f million with those of earlier runs%s" % (
        total / 1e6, time.monotonic() - start, sum(s[0] for s in sums.values()) / 1e6, ", found by " + " ".join(bad) if bad else ""), not bad and names)


def profiles(folder, names):
    """Every target over its corpus and seeds; one profile of all."""
    found = []
    for name in names:
        profile = os.path.join(folder, name + ".profraw")
        run(os.path.join(folder, "fuzz_" + name), "-runs=0", "-timeout=60", "-verbosity=0", "-artifact_prefix=%s-" % profile, *campaign.inputs(BUILD, name),
            env=dict(os.environ, LLVM_PROFILE_FILE=profile))
        found += [profile] if os.path.exists(profile) else []
    merged = os.path.join(folder, "all.profdata")
    run("llvm-profdata-14", "merge", "-o", merged, *found)
    return merged


def lines_reached(folder, names, sources):
    """{file: (lines, lines that no target reached)}"""
    programs = [os.path.join(folder, "fuzz_" + name) for name in names]
    _, told = run("llvm-cov-14", "report", programs[0], *("-object=" + p for p in programs[1:]), "-instr-profile=" + profiles(folder, names), *sources)
    figures = {}
    for line in told.splitlines():
        fields = line.split()
        if fields and fields[0].endswith(".c"):
            figures[next(s for s in sources if s.endswith("/" + fields[0]) or fields[0].endswith("/" + s))] = (int(fields[7]), int(fields[8]))
    return figures


def coverage():
    """By the fuzzers alone: no unit test counts here."""
    folder, names = os.path.join(BUILD, "coverage"), campaign.targets(BUILD)
    code, told = run("make", "--no-print-directory", "-j2", "BUILD=" + folder, "CC=clang", "CFLAGS=-O1 -g",
                     "EXTRA=-fprofile-instr-generate -fcoverage-mapping -fsanitize=fuzzer-no-link", *(os.path.join(folder, "fuzz_" + n) for n in names))
    if code != 0:
        tell("lines of parsers that are reached", "90 %", "cannot be built: " + told[-200:], False)
        return
    by_room = {room: sorted(p for word in words.split() for p in glob.glob("firmware/%s/%s.c" % (room, word)) if p[len("firmware/"):] not in NOT_PARSERS)
               for room, words in PARSERS.items()}
    figures = lines_reached(folder, names, [p for paths in by_room.values() for p in paths])
    for room, paths in by_room.items():
        all_lines, missed = (sum(figures.get(p, (1, 1))[i] for p in paths) for i in range(2))
        share = {p: 100 - 100 * figures.get(p, (1, 1))[1] / figures.get(p, (1, 1))[0] for p in paths}
        low = ["%s %.0f %%" % (os.path.basename(p), share[p]) for p in sorted(paths, key=share.get) if share[p] < 90]
        tell("lines of %d parsers of %s reached by fuzzers" % (len(paths), room), "90 % each",
             "%.1f %% of %d%s" % (100 - 100 * missed / all_lines, all_lines, "; below: " + ", ".join(low) if low else ", the least %.0f %%" % min(share.values())), not low)


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
        built()
        cuts = "100 % recover, nothing acknowledged lost"
        faults = "clean word, nothing lost"
        program("a whole session, recorded", "", "reader/test_cuts", r"\d+ events, \d+ operations, \d+ changes")
        program("power cuts of the session", cuts, "reader/test_cuts", r"\d+ of \d+ operations cut, \d+ states")
        program("negative controls of it", "each caught", "reader/test_cuts", r"\d+ controls, each caught")
        program("power cuts of the library's storage", cuts, "library/test_cuts", r"\d+ operations, \d+ states|\d+ states, \d+ after a second cut")
        program("negative controls of it", "each caught", "library/test_cuts", r"\d+ controls, each caught")
        program("power cuts of an older library's update", cuts, "library/test_migration", r"\d+ operations, each cut")
        program("power cuts of the private shelf", cuts, "shelf/test_faults", r"\d+ operations(?:, \d+ states)?")
        program("changed bytes of the private shelf", "100 % found", "shelf/test_shelf", r"\d+ changed [^\n]*, every one found")
        program("traces of a text on it, in the open", "none", "shelf/test_shelf", r"none in \d+ files, removed ones too")
        program("failing storage, session", faults, "reader/test_faults", r"\d+ operations, every \d+ failed; \d+ reads, every \d+ failed")
        program("failing storage, library", faults, "library/test_faults", r"\d+ operations, \d+ reads")
        program("failing memory, session", faults, "reader/test_faults", r"\d+ events, \d+ allocations, every \d+ failed")
        program("failing memory, library", faults, "library/test_faults", r"\d+ allocations, every \d+ failed")
        program("failing memory, shelf", faults, "shelf/test_faults", r"\d+ allocations, every \d+ failed")
        program("every malloc of the process", faults, "reader/test_malloc", r"\d+ allocations in \d+ events, \d+ failed|\d+ allocations, \d+ failed")
        program("a ceiling of memory", "the session below it, a word above", "reader/test_malloc", r"session holds .*")
        program("stack of a reader", "at most 128 KiB", "reader/test_stack", r"session \d+ KiB, repair \d+ KiB")
        program("stack of the importers", "at most 128 KiB, however deep", "press/test_stack", r"\d+ documents that nest: at most .*")
        program("library's file damaged anyhow", "opens, says what is lost", "library/test_damage", r"damaged \d+, of these all marks kept in \d+")
        program("words of a session found after it was forgotten", "none, every changed byte accounted for", "reader/test_kept", r"(?m)^(?:forgotten|reading forgotten): .*")
        program("the same without forgetting", "found, so that the search bites", "reader/test_kept", r"(?m)^not forgotten: .*")
        program("deleted notes, moments of forgetting", "on no byte; undone or done", "library/test_traces", r"\d+ operations of forgetting, .*")
        program("three starts that fail", "safe mode, nothing opened by itself", "machine/test_starts", r"PASSED.*")
        fuzzers()
    if "--coverage" in sys.argv:
        coverage()
    costs()
    width = [max(len(row[i]) for row in rows) for i in range(2)]
    for what, goal, figure, wrong in rows:
        print("%-*s  %-*s  %s  %s" % (width[0], what, width[1], goal, figure, wrong))
    return 1 if failures else 0


sys.exit(main())
