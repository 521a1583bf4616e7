#!/usr/bin/python3
"""Fuzzing of every target in turn, and how often each was executed.

usage: campaign.py BUILD [--seconds N] [--max-len N] [--afl] [TARGET...]

Runs BUILD/fuzz/fuzz_* (libFuzzer) or BUILD/afl/fuzz_* (AFL++) one after the other, N seconds each (60 unless given), over what the runs before have
found (BUILD/corpus), the seeds of tests/fuzz and dictionaries of the parsers' own words. The counts are the fuzzers' own; BUILD/corpus/executions.json
keeps their sums over all runs. What crashes, hangs for a minute, leaks or is reported by a sanitizer is kept and named, and makes the exit code 1.
"""

import glob
import json
import os
import re
import shutil
import subprocess
import sys
import time

import dictionaries

SECONDS = 60
TIMEOUT_S = 60  # a large picture takes seconds under the sanitizers, and many on a busy machine


def targets(build, engine="fuzz"):
    found = sorted(p for p in glob.glob(os.path.join(build, engine, "fuzz_*")) if os.access(p, os.X_OK) and "." not in os.path.basename(p))
    return [os.path.basename(p)[len("fuzz_"):] for p in found]


def inputs(build, name):
    """Folders of a target's corpus, the one that grows first."""
    corpus = os.path.join(build, "corpus", name)
    os.makedirs(corpus, exist_ok=True)
    seeds = os.path.join("tests/fuzz/seeds", name)
    return [corpus] + ([seeds] if os.path.isdir(seeds) else [])


def dictionary(build, name):
    folder = os.path.join(build, "dictionaries")
    if not os.path.isdir(folder):
        dictionaries.write(folder)
    path = os.path.join(folder, name + ".dict")
    return [path] if os.path.exists(path) else []


def run(command, log, **environment):
    """(exit code, what it said); kept in log when it went wrong."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, env=dict(os.environ, **environment))
    told = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0:
        with open(log, "w", encoding="utf-8") as out:
            out.write(told)
    return done.returncode, told


def fuzz(build, name, seconds, max_len=None):
    """By libFuzzer: (executions, "" or what was found)"""
    artifacts = os.path.join(build, "corpus", name) + "-"
    command = [os.path.join(build, "fuzz", "fuzz_" + name), "-max_total_time=%d" % seconds, "-timeout=%d" % TIMEOUT_S, "-verbosity=0",
               "-print_final_stats=1", "-artifact_prefix=" + artifacts]
    command += ["-max_len=%d" % max_len] if max_len else []
    code, told = run(command + ["-dict=" + d for d in dictionary(build, name)] + inputs(build, name), artifacts + "found.log")
    count = re.search(r"number_of_executed_units: *(\d+)", told)
    return int(count.group(1)) if count else 0, "FOUND: see %sfound.log" % artifacts if code else ""


def fuzz_afl(build, name, seconds, max_len=None):
    """By AFL++, likewise. What it finds worth keeping goes to the corpus of both."""
    folder = os.path.join(build, "afl", "found-" + name)
    begin, corpus = os.path.join(folder, "begin"), inputs(build, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(begin)
    for source in corpus:
        for path in glob.glob(os.path.join(source, "*")):
            if os.path.getsize(path) <= (max_len or 1 << 20):
                shutil.copy(path, begin)
    if not os.listdir(begin):
        with open(os.path.join(begin, "none"), "wb") as out:
            out.write(b"0")
    command = ["afl-fuzz", "-V", "%d" % seconds, "-i", begin, "-o", os.path.join(folder, "out"), "-m", "none", "-t", "%d" % (TIMEOUT_S * 1000)]
    for path in dictionary(build, name):
        command += ["-x", path]
    code, _ = run(command + ["--", os.path.join(build, "afl", "fuzz_" + name)], os.path.join(folder, "log"), AFL_NO_UI="1", AFL_NO_AFFINITY="1", AFL_SKIP_CPUFREQ="1",
                  AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1")
    count, result = 0, os.path.join(folder, "out", "default")
    if os.path.exists(os.path.join(result, "fuzzer_stats")):
        with open(os.path.join(result, "fuzzer_stats"), encoding="utf-8") as stats:
            count = int(re.search(r"execs_done *: *(\d+)", stats.read()).group(1))
    for path in glob.glob(os.path.join(result, "queue", "*,op:*")):
        shutil.copy(path, os.path.join(corpus[0], "afl-" + os.path.basename(path)[3:9]))
    found = [p for kind in ("crashes", "hangs") for p in glob.glob(os.path.join(result, kind, "id:*"))]
    return count, "FOUND: " + found[0] if found else "does not run: see %s/log" % folder if code or not count else ""


def add(build, name, count, seconds):
    """The sums over all runs: {target: [executions, seconds]}"""
    path = os.path.join(build, "corpus", "executions.json")
    sums = {}
    if os.path.exists(path):
        with open(path, encoding="ascii") as file:
            sums = json.load(file)
    before = sums.get(name, [0, 0])
    sums[name] = [before[0] + count, round(before[1] + seconds)]
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(sums, file, indent=1, sort_keys=True)
    os.replace(path + ".new", path)
    return sums


def campaign(build, names, seconds, max_len=None, engine=fuzz):
    """Prints a row for each target. (executions, targets that found something, sums over all runs)"""
    total, bad, sums = 0, [], {}
    print("%-16s %12s %9s %14s" % ("target", "executions", "a second", "in all runs"))
    for name in names:
        start = time.monotonic()
        count, found = engine(build, name, seconds, max_len)
        taken = time.monotonic() - start
        sums = add(build, name, count, taken)
        total += count
        bad += [name] if found else []
        print("%-16s %12d %9d %14d  %s" % (name, count, count / max(taken, 1), sums[name][0], found), flush=True)
    print("%d targets, %.2f million executions, %.2f million in all runs" % (len(names), total / 1e6, sum(s[0] for s in sums.values()) / 1e6))
    return total, bad, sums


def main():
    arguments = sys.argv[1:]

    def take(option, otherwise):
        if option not in arguments:
            return otherwise
        at = arguments.index(option)
        value = int(arguments[at + 1])
        del arguments[at:at + 2]
        return value

    os.environ.setdefault("KITE_FONTS", os.path.join(arguments[0], "fonts"))
    seconds, max_len = take("--seconds", SECONDS), take("--max-len", None)
    is_afl = "--afl" in arguments
    arguments = [a for a in arguments if a != "--afl"]
    names = arguments[1:] or targets(arguments[0], "afl" if is_afl else "fuzz")
    _, bad, _ = campaign(arguments[0], names, seconds, max_len, fuzz_afl if is_afl else fuzz)
    return 1 if bad or not names else 0


if __name__ == "__main__":
    sys.exit(main())
