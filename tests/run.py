#!/usr/bin/python3
"""Run test programs, as many at a time as there are processors, and print one total.

usage: run.py LOGS PROGRAM...   a PROGRAM may be given as NAME=COMMAND, run by the shell

Each program's output goes to a file in the folder LOGS. A program counts as many tests as cmocka says it has, or
one. Lines that begin with "SKIP: " are skips and say why. Output of a failing program is shown.
The last line is `N passed, N failed`, with `, N skipped` when there are any; exit code 1 when something failed.
"""

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

SECONDS_MAX = 14400 if "ROUNDS" in os.environ else 1200  # a program that hangs must not keep the rest from their total


def count(output, code):
    """(passed, failed) of one program."""
    passed = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", output))
    failed = sum(int(n) for n in re.findall(r"\[  FAILED  \] .*: (\d+) test", output))
    if code != 0 and failed == 0:
        failed = 1
    if code == 0 and passed == 0:
        passed = 1
    return passed, failed


def run(logs, program):
    """(name, output, exit code, seconds) of one program."""
    name, _, command = program.partition("=")
    name = name if command else re.sub(r"^.*?/?tests/", "", program)
    started = time.monotonic()
    child = subprocess.Popen(command or ["./" + program], shell=bool(command), stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, code = child.communicate(timeout=SECONDS_MAX)[0], child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        output, code = child.communicate()[0] + b"\ngiven up after %d s\n" % SECONDS_MAX, 124
    output = output.decode("utf-8", "replace")
    with open(os.path.join(logs, name.replace("/", "-") + ".log"), "w", encoding="utf-8") as log:
        log.write(output)
    return name, output, code, time.monotonic() - started


def main():
    logs, programs = sys.argv[1], sys.argv[2:]
    os.makedirs(logs, exist_ok=True)
    total_passed = total_failed = total_skipped = 0
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for name, output, code, seconds in pool.map(lambda program: run(logs, program), programs):
            passed, failed = count(output, code)
            skips = re.findall(r"^SKIP: .*$", output, re.M)
            total_passed += passed
            total_failed += failed
            total_skipped += len(skips)
            print(f"{name:<40} {passed:>5} {'FAILED' if failed else 'ok':<7} {seconds:6.1f} s", flush=True)
            for skip in skips:
                print("   ", skip)
            if failed:
                print(output[-6000:], flush=True)
    skipped = f", {total_skipped} skipped" if total_skipped else ""
    print(f"{total_passed} passed, {total_failed} failed{skipped}")
    return 1 if total_failed else 0


sys.exit(main())
