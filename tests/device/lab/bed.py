"""What the device tests share: the firmware image in a machine, sticks, the emulator as a twin on this computer, a table of checks."""

import os
import re
import shutil
import subprocess
import sys
import time

import machine
import pictures

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../firmware/image"))
import image  # noqa: E402  (for those who import this)

QUIET_S = 0.8  # a panel that asks for nothing so long is at rest
PANEL = (1072, 1448)


class Bed:
    """A folder to work in, and the table that is printed at the end."""

    def __init__(self, build, work):
        self.build, self.work = os.path.abspath(build), os.path.abspath(work)
        self.rows, self.photographs = [], []
        shutil.rmtree(self.work, ignore_errors=True)
        os.makedirs(self.work)
        self.log = os.path.join(self.work, "console.log")

    def another(self, name):
        """A bed with a folder of its own, whose rows go into the same table."""
        bed = Bed(self.build, os.path.join(self.work, name))
        bed.rows = self.rows
        return bed

    # ---- machines ----

    def new_disk(self, name="disk.img"):
        path = os.path.join(self.work, name)
        subprocess.run(["cp", "--sparse=always", self.build + "/firmware/disk.img", path], check=True)
        return path

    def start(self, disk, speed=20, ghost=0, abi=2, size=PANEL, is_held=False, **more):
        setting = "name=opt/kite/epdc,string=%d %d %d %d %d" % (*size, abi, speed, ghost)
        initramfs = "/lab/initramfs-held.gz" if is_held else "/lab/initramfs.gz"
        return machine.Machine(self.build + "/cross/kernel/vmlinuz", self.build + initramfs, disk, log=self.log,
                               extra=["-device", "ramfb", "-fw_cfg", setting], **more)

    def hold(self, **more):
        """A file from which machines start in less than half the time: give it to start as `incoming`, and the rest as here."""
        path, disk = os.path.join(self.work, "held"), self.new_disk("held.img")
        with self.start(disk, is_held=True, **more) as m:
            m.hold(path)
        os.remove(disk)
        return path

    def start_gpu(self, disk, board):
        """With a display of the usual kind instead of the e-ink controller."""
        return machine.Machine(self.build + "/cross/kernel/vmlinuz", self.build + "/lab/initramfs-gpu.gz", disk, log=self.log,
                               extra=["-device", "virtio-gpu-pci,xres=%d,yres=%d" % PANEL], board=board)

    def rest(self, m):
        """Until the panel has asked for nothing for a while and everything has landed."""
        state = {"updates": -1, "since": time.monotonic()}

        def check():
            now = m.panel()
            if now["updates"] != state["updates"] or now["flying"]:
                state.update(updates=now["updates"], since=time.monotonic())
            return time.monotonic() - state["since"] > QUIET_S
        m.until(check, "rest of the panel")

    def page_after_start(self, m):
        """Until the page stands: the panel is cleared first, and the reader takes the time that a panel needs for it."""
        m.until(lambda: m.panel()["updates"] >= 2, "page behind the clearing of the panel")
        self.rest(m)

    def after(self, m, act):
        """Do something that the panel must answer, and wait until it has."""
        before = m.panel()["updates"]
        act()
        m.until(lambda: m.panel()["updates"] > before, "answer of the panel")
        self.rest(m)

    def press(self, m, name, times=1):
        for _ in range(times):
            self.after(m, lambda: m.key(name))

    @staticmethod
    def turn(m, name):
        """Press a key and wait only until its answer has landed, as a reader's eye does."""
        before = m.panel()["updates"]
        m.key(name, 30)

        def check():
            now = m.panel()
            return now["updates"] > before and not now["flying"]
        m.until(check, "page after the key " + name)

    def picture(self, m):
        path = os.path.join(self.work, "now.ppm")
        m.command("screendump", filename=path)
        return pictures.read_pnm(path)

    def photograph(self, m, name):
        """Keep what the panel shows as PNG; returns it."""
        picture = self.picture(m)
        path = os.path.join(self.work, "%02d-%s.png" % (len(self.photographs) + 1, name))
        picture.write_png(path)
        self.photographs.append(path)
        return picture

    # ---- sticks ----

    def stick(self, name, files, mib=64):
        """An image with a table of partitions and FAT32; files: name on the stick -> path here, or bytes."""
        path = os.path.join(self.work, name + ".img")
        with open(path, "wb") as out:
            out.truncate(mib << 20)
        subprocess.run(["sfdisk", "--quiet", path], input=b"label: dos\nlabel-id: 0x4b495445\nstart=2048, type=c\n", check=True,
                       env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin"), stdout=subprocess.DEVNULL)
        there = path + "@@1M"
        subprocess.run(["mformat", "-i", there, "-F", "-v", "STICK", "-T", str(mib * 2048 - 2048), "-h", "16", "-s", "32", "::"],
                       check=True)
        for place, content in files.items():
            if isinstance(content, bytes):
                with open(os.path.join(self.work, "file"), "wb") as out:
                    out.write(content)
                content = os.path.join(self.work, "file")
            for depth in range(1, place.count("/") + 1):
                subprocess.run(["mmd", "-D", "s", "-i", there, "::" + "/".join(place.split("/")[:depth])], check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
            subprocess.run(["mcopy", "-o", "-i", there, content, "::" + place], check=True)
        return path

    def pack(self, name, text):
        """A bundle of a text made here; returns its path."""
        source, out = os.path.join(self.work, name + ".md"), os.path.join(self.work, name + ".kite")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        subprocess.run([self.build + "/kite", "pack", "--fast", source, "-o", out], check=True, stderr=subprocess.DEVNULL)
        return out

    def choose_update(self, m):
        """From the stick's question to the question of the update, whose first row starts it."""
        self.press(m, "pgdn")
        self.press(m, "ret")

    # ---- this computer's word ----

    def power_on(self, library):
        """What this computer shows from power-on of a library that a device has kept until nothing is left to do: frames as
        (screen, hash)."""
        return self.twin("power-on", "idle\n", library=library)[0]

    def twin(self, name, script, panel="%dx%d@300" % PANEL, library=None):
        """Play a script in the emulator, of the books or of a library: its frames as (screen, hash), and its refreshes as
        (waveform, mode, pixels)."""
        frames = os.path.join(self.work, "twin-" + name)
        path = frames + ".script"
        with open(path, "w", encoding="ascii") as out:
            out.write(script)
        subprocess.run([self.build + "/kite-emulator", "--fonts", self.build + "/fonts", "--script", path, "--frames", frames,
                        "--panel", panel] + (["--keep", library] if library else [self.build + "/books"]), check=True,
                       stdout=subprocess.DEVNULL)
        shown, refreshes = [], []
        with open(frames + "/refresh.log", encoding="utf-8") as log:
            for line in log:
                words = line.split()
                if words[1] == "frame":
                    shown.append((" ".join(words[3:-1]), words[-1]))
                elif words[1] == "refresh":
                    width, height = re.match(r"(\d+)x(\d+)", words[4]).groups()
                    refreshes.append((words[2], words[3], int(width) * int(height)))
        shutil.rmtree(frames)
        return shown, refreshes

    def render(self, book, page):
        """A page as kite draws it here, in 16 levels."""
        path = os.path.join(self.work, "render")
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run([self.build + "/kite", "render", book, "--pages", "%d-%d" % (page, page), "--format", "pgm", "-o", path,
                        "--fonts", self.build + "/fonts"], check=True)
        return pictures.read_pnm(os.path.join(path, os.listdir(path)[0])).quantised()

    def page_count(self, book):
        done = subprocess.run([self.build + "/kite", "pages", book, "--fonts", self.build + "/fonts"], check=True,
                              stdout=subprocess.PIPE, text=True)
        return sum(1 for line in done.stdout.splitlines() if line.startswith("page "))

    # ---- the table ----

    def check(self, what, act):
        """Do one check: act returns a word on what was seen, or raises."""
        started = time.monotonic()
        try:
            seen, is_good = str(act() or "yes"), True
        except (machine.Expired, AssertionError, OSError, subprocess.CalledProcessError) as why:
            seen, is_good = str(why) or type(why).__name__, False
        self.rows.append((what, seen, is_good))
        print("%-6s %-46s %s  (%.0f s)" % ("ok" if is_good else "FAILED", what, seen, time.monotonic() - started), flush=True)
        return is_good

    def finish(self):
        failed = [row for row in self.rows if not row[2]]
        print("\n%d checked, %d failed" % (len(self.rows), len(failed)))
        if self.photographs:
            print("photographs of the panel:")
            for path in self.photographs:
                print("  " + os.path.relpath(path))
        return 1 if failed else 0


def same(found, wanted, what):
    if found != wanted:
        raise AssertionError("%s: %s instead of %s" % (what, found, wanted))
