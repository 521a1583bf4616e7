#!/usr/bin/python3
"""kite-reader as a program, beside another init: what it shows, how it ends, how it comes back from a crash.

usage: program.py BUILD

BUILD holds kite-reader, fonts/ and books/. The display is a folder; nothing of the machine is touched but
what any program may read. Waits have a limit of a minute; no time is asserted.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LIMIT_S = 60
BOARD = "name = desk\ndisplay = fbdev\npanel = 300x400@120\nkey = 109 next\nkey = 116 power\nsleep =\n"


def until(what, holds):
    end = time.monotonic() + LIMIT_S
    while not holds():
        if time.monotonic() > end:
            sys.exit("waited in vain for " + what)
        time.sleep(0.05)


class Reader:
    def __init__(self, build, folder):
        self.build, self.folder = build, folder
        self.frames, self.log_path = os.path.join(folder, "frames"), os.path.join(folder, "log")
        self.log_file = open(self.log_path, "w")
        self.process = subprocess.Popen([build + "/kite-reader", "--board-file", os.path.join(folder, "board"), "--display",
                                         "record:" + self.frames, "--library", os.path.join(folder, "library"),
                                         "--fonts", build + "/fonts"], stderr=self.log_file)

    def log(self):
        with open(self.log_path) as log:
            return log.read()

    def updates(self):
        path = os.path.join(self.frames, "updates.log")
        return open(path).read().splitlines() if os.path.exists(path) else []

    def page(self):
        """The last whole picture."""
        return open(os.path.join(self.frames, max(n for n in os.listdir(self.frames) if n.endswith(".pgm"))), "rb").read()

    def wait_for_updates(self, count):
        until("update %d" % count, lambda: len(self.updates()) >= count and
              os.path.exists(os.path.join(self.frames, "%05d.pgm" % count)))

    def end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        code = self.process.wait(LIMIT_S)
        self.log_file.close()
        return code


def usage(build):
    for words, code in ((["--board", "none"], 1), (["--boards"], 2), (["--ppi", "9"], 2), ([], 2), (["--library", "/nowhere"], 4)):
        done = subprocess.run([build + "/kite-reader"] + words, stderr=subprocess.PIPE)
        if done.returncode != code or not done.stderr:
            sys.exit("%s gave %d, not %d: %s" % (words, done.returncode, code, done.stderr))


def main():
    build = os.path.abspath(sys.argv[1])
    usage(build)
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "library"))
        shutil.copy(build + "/books/guide.en.kite", os.path.join(folder, "library"))
        with open(os.path.join(folder, "board"), "w") as board:
            board.write(BOARD)

        # The first page, before anything else is started; then an orderly end with nothing personal on the panel.
        reader = Reader(build, folder)
        until("ready", lambda: "kite: ready" in reader.log())
        if reader.log().index("kite: first frame") > reader.log().index("kite: ready"):
            sys.exit("services were started before the first frame")
        reader.wait_for_updates(2)
        first = reader.page()
        shown = len(reader.updates())
        if reader.end() != 0:
            sys.exit("the end was not orderly: " + reader.log())
        reader.wait_for_updates(shown + 1)
        if reader.page() == first:
            sys.exit("the page was left on the panel")

        # Again, and a crash: a new start on the same page, in the same process.
        reader = Reader(build, folder)
        until("ready", lambda: "kite: ready" in reader.log())
        reader.wait_for_updates(shown + 3)
        before = len(reader.updates())
        if reader.page() != first:
            sys.exit("another page than before was shown")
        reader.process.send_signal(signal.SIGSEGV)
        until("the new start", lambda: reader.log().count("kite: ready") == 2)
        reader.wait_for_updates(before + 2)
        until("the same page", lambda: reader.page() == first)
        if "kite: crashed" not in reader.log() or reader.end() != 0:
            sys.exit("no good end after a crash: " + reader.log())

        # What crashes every time is given up, and the machine's other init told.
        reader = Reader(build, folder)
        for start in (1, 2):
            until("start %d" % start, lambda: reader.log().count("kite: ready") == start)
            reader.process.send_signal(signal.SIGABRT)
        until("the last start", lambda: reader.log().count("kite: ready") == 3)
        if reader.end(signal.SIGBUS) != 70 or "given up" not in reader.log():
            sys.exit("not given up: " + reader.log())

        # Killed while it starts, three times in a row: safe mode, on another page; an orderly end puts that right.
        def killed():
            reader = Reader(build, folder)
            until("ready", lambda: "kite: ready" in reader.log())
            if reader.end(signal.SIGKILL) != -signal.SIGKILL:
                sys.exit("not killed")

        def first_page():
            shutil.rmtree(os.path.join(folder, "frames"))
            reader = Reader(build, folder)
            until("ready", lambda: "kite: ready" in reader.log())
            reader.wait_for_updates(2)
            page, log = reader.page(), reader.log()
            if reader.end() != 0:
                sys.exit("the end was not orderly: " + reader.log())
            return page, "kite: safe mode" in log

        first_page()
        for _ in range(2):
            killed()
        if first_page() != (first, False):
            sys.exit("another page than before was shown after two kills")
        for _ in range(3):
            killed()
        page, is_safe = first_page()
        if page == first or not is_safe:
            sys.exit("no safe mode after three kills")
        if first_page() != (first, False):
            sys.exit("safe mode did not end")

        # No log line names a text.
        for word in ("guide", "Guide"):
            if word in reader.log():
                sys.exit("the log tells what is read")
        print("first frame first, an orderly end, a crash that came back to the same page")


main()
