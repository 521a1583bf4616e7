#!/usr/bin/python3
"""Play one script twice, and under valgrind, and compare frame hashes and refreshes.

usage: replay.py BUILD [--no-valgrind]

The script goes through pages, gestures, menus, a stick whose folder has a space in its name, sleep and a power cut.
"""

import os
import shutil
import subprocess
import sys
import tempfile

SCRIPT = """key select
expect screen page
key next 2
tap 280 200
swipe 250 200 50 200
pinch out
hold 150 90
key menu
key menu
key menu
key select long
stick in {stick}
expect screen import
wait 1s
stick out
key menu 2
battery 4
battery 60 charging
sleep
key next
settle off
touch down 150 200
wait 30ms
touch move 120 200
wait 30ms
touch up 20 200
key next
key next
wait 700ms
power cut
wait 5s
settle on
idle
"""


def play(build, script, frames, under=()):
    command = list(under) + [build + "/kite-emulator", "--fonts", build + "/fonts", "--panel", "300x400@120", "--script", script,
                             "--frames", frames, build + "/books/guide.en.kite"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=500)
    if done.returncode != 0:
        print("%s ended with %d:\n%s" % (" ".join(command), done.returncode, done.stdout.decode("utf-8", "replace")))
        sys.exit(1)
    with open(frames + "/refresh.log", encoding="utf-8") as log:
        return log.read().splitlines()


def compare(name, first, second):
    for number, (one, other) in enumerate(zip(first, second), 1):
        if one != other:
            print("%s differs in line %d:\n  %s\n  %s" % (name, number, one, other))
            sys.exit(1)
    if len(first) != len(second):
        print("%s: %d lines and %d lines" % (name, len(first), len(second)))
        sys.exit(1)


def main():
    build = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        stick = folder + "/my stick"
        os.mkdir(stick)
        shutil.copy(build + "/books/prison-imperialism.en.kite", stick)
        script = folder + "/session.script"
        with open(script, "w", encoding="utf-8") as out:
            out.write(SCRIPT.format(stick=stick))
        first = play(build, script, folder + "/one")
        compare("the second run", first, play(build, script, folder + "/two"))
        if "--no-valgrind" not in sys.argv:
            valgrind = ["valgrind", "-q", "--error-exitcode=9", "--leak-check=full"]
            compare("the run under valgrind", first, play(build, script, folder + "/three", valgrind))
        frames = sum(" frame " in line for line in first)
        print("%d frames and %d refreshes, the same each time" % (frames, len(first) - frames))


main()
