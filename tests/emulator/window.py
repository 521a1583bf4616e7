#!/usr/bin/python3
"""The emulator's window under Xvfb, with real keys and a real mouse, by xdotool.

usage: window.py BUILD

Keys and mouse turn pages, open and close the menu; the recording says what was done; a screenshot is a picture of the
panel; the recording replays to the frames that were seen. The window also closes in the middle of a refresh.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60
PANEL = (300, 400)


class Display:
    def __init__(self):
        read, write = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "800x700x24", "-nolisten", "tcp"],
                                       pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as answer:
            number = answer.readline().strip()
        if not number:
            fail("Xvfb did not start")
        self.environment = dict(os.environ, DISPLAY=":" + number, SDL_VIDEODRIVER="x11", SDL_RENDER_DRIVER="software",
                                ASAN_OPTIONS="detect_leaks=0")  # X and SDL keep some memory of their own

    def close(self):
        self.server.terminate()
        self.server.wait()


def fail(message):
    print(message)
    sys.exit(1)


def wait_for(what, look):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain for " + what)


def lines(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def frames(path):
    return [line.split()[1:] for line in lines(path) if " frame " in line]


class Session:
    """One emulator with a window of the panel's size, watched by its recording and its log."""

    def __init__(self, build, display, folder):
        self.environment = display.environment
        self.recording, self.log = folder + "/session.script", folder + "/refresh.log"
        self.emulator = subprocess.Popen(
            [build + "/kite-emulator", "--fonts", build + "/fonts", "--panel", "%dx%d@120" % PANEL, "--speed", "4", "--record",
             self.recording, "--frames", folder, build + "/books/guide.en.kite"],
            env=self.environment, stderr=subprocess.PIPE)
        wait_for("the first frame", lambda: self.count_frames() >= 1)
        self.window = wait_for("the window", lambda: self.xdotool("search", "--onlyvisible", "--name", "^Kite$")).split()[0]
        self.xdotool("mousemove", "--window", self.window, "150", "200")
        self.xdotool("windowfocus", self.window)

    def xdotool(self, *words):
        done = subprocess.run(["xdotool", *words], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        return done.stdout.decode().strip()

    def count_frames(self):
        return len(frames(self.log))

    def screen(self):
        return re.sub(r"^frame \d+ | [0-9a-f]{32}$", "", " ".join(frames(self.log)[-1]))

    def said(self, *expected):
        """Wait until the last lines of the recording that are not waits are these."""

        def look():
            return [line for line in lines(self.recording) if not line.startswith("wait")][-len(expected):] == list(expected)

        wait_for("the recording to end with %s" % (expected,), look)

    def key(self, name, line, screen):
        before = self.count_frames()
        self.xdotool("key", name)
        self.said(line)
        wait_for("a frame after " + name, lambda: self.count_frames() > before and self.screen() == screen)

    def click(self, x, y, screen):
        before = self.count_frames()
        self.xdotool("mousemove", "--window", self.window, str(x), str(y))
        self.xdotool("mousedown", "1")
        self.said("touch down %d %d" % (x, y))
        self.xdotool("mouseup", "1")
        self.said("touch up %d %d" % (x, y))
        wait_for("a frame after a click", lambda: self.count_frames() > before and self.screen() == screen)

    def drag(self, start, end):
        before = self.count_frames()
        self.xdotool("mousemove", "--window", self.window, str(start[0]), str(start[1]))
        self.xdotool("mousedown", "1")
        self.xdotool("mousemove", "--window", self.window, str(end[0]), str(end[1]))
        self.said("touch move %d %d" % end)
        self.xdotool("mouseup", "1")
        self.said("touch up %d %d" % end)
        wait_for("a frame after a drag", lambda: self.count_frames() > before)

    def close(self):
        self.xdotool("key", "ctrl+q")
        _, said = self.emulator.communicate(timeout=PATIENCE_S)
        if self.emulator.returncode != 0:
            raise AssertionError("the emulator ended with %d: %s" % (self.emulator.returncode, said.decode()))


def png_size(path):
    with open(path, "rb") as file:
        head = file.read(24)
    return struct.unpack(">II", head[16:24]) if head[:8] == b"\x89PNG\r\n\x1a\n" else None


def use(session, folder):
    session.key("Return", "key select", "page")
    session.key("Right", "key next", "page")
    session.key("Left", "key previous", "page")
    session.click(280, 200, "page")
    session.drag((250, 200), (60, 205))
    session.key("Escape", "key menu", "menu")
    session.key("m", "key menu", "page")
    session.key("shift+Return", "key select long", "page")
    session.xdotool("click", "4")  # the wheel
    wait_for("a pinch", lambda: any(line.startswith("touch up") and line.endswith(" 2") for line in lines(session.recording)))
    session.xdotool("key", "p")
    shot = folder + "/kite-screen-001.png"
    wait_for("a screenshot", lambda: os.path.exists(shot))
    if png_size(shot) != PANEL:
        raise AssertionError("the screenshot is %s" % (png_size(shot),))
    session.key("x", "power cut", "page")
    session.xdotool("key", "Right")  # and out in the middle of the refresh
    session.said("key next")


def check_replay(build, session, folder):
    again = folder + "/again"
    subprocess.run([build + "/kite-emulator", "--fonts", build + "/fonts", "--panel", "%dx%d@120" % PANEL, "--script", session.recording,
                    "--frames", again, build + "/books/guide.en.kite"], check=True)
    seen, replayed = lines(session.log), lines(again + "/refresh.log")
    if seen != replayed:
        for one, other in zip(seen, replayed):
            if one != other:
                raise AssertionError("the replay differs:\n  %s\n  %s" % (one, other))
        raise AssertionError("the replay has %d lines, the session had %d" % (len(replayed), len(seen)))
    return len(frames(session.log))


def main():
    build = sys.argv[1]
    missing = [program for program in ("Xvfb", "xdotool") if not shutil.which(program)]
    if missing:
        print("SKIP: the window is not tested, as %s is not installed" % " and ".join(missing))
        return
    display = Display()
    try:
        with tempfile.TemporaryDirectory() as folder:
            session = Session(build, display, folder)
            try:
                use(session, folder)
                session.close()
            except AssertionError as error:
                session.emulator.kill()
                fail("%s\nrecorded:\n%s\nseen:\n%s" % (error, "\n".join(lines(session.recording)), "\n".join(lines(session.log))))
            print("%d frames in the window, the same in the replay" % check_replay(build, session, folder))
    finally:
        display.close()


main()
