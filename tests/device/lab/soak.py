#!/usr/bin/python3
"""The device under bad luck: power cut at random writes, sticks pulled at random moments, pages turned too fast.

usage: soak.py BUILD [--cuts N] [--pulls N] [--turns N] [--seed S]

A cut comes at the N-th write of the disk, which then keeps a random half of what was not flushed (torn_disk.c). After
each one the machine must start, show the page that was left, hold every text, bookmark and update that was
acknowledged, and have a sound file system and catalogue. A seed gives the same cut again. Exit code 1 when not.
"""

import argparse
import os
import random
import select
import shutil
import sqlite3
import subprocess
import sys
import time

import bed as lab
from bed import image, same

BATCH = 20  # cuts on one disk, then a new one
DATA_AT = (1 + 1 + 24 + 24 + 64) << 20
PULL_TEXTS = 6
BOOK_PAGES = 8  # of the book that is first in the library
MENU_ROWS_TO_BOOKMARK = 4


class Cut(Exception):
    """The power is gone."""


class TornDisk:
    def __init__(self, bed, disk, seed, careless=False):
        self.path = os.path.join(bed.work, "nbd")
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", bed.build + "/lab/torn_disk", disk, self.path, str(seed)]
                                        + (["careless"] if careless else []), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        same(self.process.stdout.readline(), b"ready\n", "the torn disk's word")
        self.said = None

    def block(self):
        return "driver=nbd,server.type=unix,server.path=" + self.path

    def cut_after(self, writes):
        self.process.stdin.write(b"cut %d\n" % writes)
        self.process.stdin.flush()

    def look(self):
        if self.said is None and select.select([self.process.stdout], [], [], 0)[0]:
            self.said = self.process.stdout.readline().decode().split()
        if self.said:
            raise Cut()

    def close(self):
        self.process.kill()
        self.process.wait()


class Truth:
    """What the device has acknowledged."""

    def __init__(self):
        self.texts = set()      # file names of the library
        self.marks = None       # bookmarks as last counted
        self.is_mark_owed = self.is_mark_in_flight = False
        self.pages = []         # hashes of first lines in the order seen, the last one on the panel
        self.is_turn_in_flight = False
        self.slot, self.is_update_done, self.is_update_in_flight = "A", False, False


class Life:
    """One disk and its machine, from cut to cut."""

    def __init__(self, bed, number):
        self.bed, self.truth = bed, Truth()
        self.disk = bed.new_disk("soak-%d.img" % number)
        self.m = None
        self.counter, self.deeds = 0, []
        self.at, self.places = 0, {}  # page of the book, and where a page was seen

    # ---- what people do ----

    def text(self, kind):
        self.counter += 1
        name = "%s-%d" % (kind, self.counter)
        words = " ".join("w%d" % (self.counter * 1000003 + i * 7919 % 10007) for i in range(1500))
        return self.bed.pack(name, "---\ntitle: %s\nlang: en\n---\n\n%s\n" % (name, words))

    def import_texts(self):
        m, bed = self.m, self.bed
        files = [self.text("cut") for _ in range(3)]
        stick = m.plug(bed.stick("cut-stick", {os.path.basename(path): path for path in files}))
        m.expect("kite: stick in")
        bed.rest(m)
        m.key("ret")
        m.expect("kite: import done 3 added, 0 had, 0 refused")
        self.truth.texts = set(self.shelf())
        bed.rest(m)
        bed.press(m, "ret")
        m.unplug(stick)
        m.expect("kite: stick out")
        bed.rest(m)

    def turn_pages(self, chance):
        for _ in range(chance.randint(1, 6)):
            way = 1 if self.at <= 2 else -1 if self.at >= BOOK_PAGES - 3 else chance.choice([1, -1])
            self.truth.is_turn_in_flight = True
            self.bed.turn(self.m, "pgdn" if way > 0 else "pgup")
            self.at += way
            self.saw_page()
            self.places[self.truth.pages[-1]] = self.at

    def saw_page(self):
        self.bed.rest(self.m)
        self.truth.pages.append(self.look("page-before.png"))
        self.truth.is_turn_in_flight = False

    def look(self, name):
        """The place shown, by its first lines: the last ones may be set anew when the page is opened by itself. Kept as
        a picture until the next one, so that a failure can be looked at."""
        picture = self.bed.picture(self.m)
        picture.write_png(os.path.join(self.bed.work, name))
        return picture.top()

    def toggle_bookmark(self):
        if self.truth.is_mark_owed:
            return # one in a life, so that the count tells
        self.bed.press(self.m, "esc")
        self.bed.press(self.m, "pgdn", MENU_ROWS_TO_BOOKMARK)
        self.truth.is_mark_in_flight = True
        self.bed.press(self.m, "ret")
        self.truth.is_mark_owed, self.truth.is_mark_in_flight = True, False
        self.saw_page()

    def update(self):
        m, bed, t = self.m, self.bed, self.truth
        path = os.path.join(bed.work, "kite.update")
        image.write_update(path, "virt", "99.%d" % self.counter, bed.build + "/firmware/slot.squashfs")
        stick = m.plug(bed.stick("update-stick", {"kite.update": path}))
        m.expect("kite: stick in")
        bed.rest(m)
        bed.choose_update(m)
        t.is_update_in_flight = True
        m.key("ret")
        m.expect("kite: update done")
        t.is_update_done = True
        bed.rest(m)
        raise Cut() # a start is what comes next, and a cut is one

    def act(self, chance):
        kind = chance.choice(["import", "import", "turns", "turns", "bookmark", "update"])
        self.deeds.append(kind)
        if kind == "import":
            self.import_texts()
        elif kind == "turns":
            self.turn_pages(chance)
        elif kind == "bookmark":
            self.toggle_bookmark()
        else:
            self.update()

    # ---- what must hold ----

    def shelf(self):
        return sorted(name for name in self.m.agent("list", "/data/library") if name.endswith(".kite"))

    def boot(self, disk):
        self.m = self.bed.start(disk, speed=5)
        m, t = self.m, self.truth
        slot = m.expect("kite: slot ").split()[-1]
        allowed = {t.slot} if not (t.is_update_done or t.is_update_in_flight) else {"A", "B"} - ({t.slot} if t.is_update_done else set())
        assert slot in allowed, "slot %s started instead of %s" % (slot, " or ".join(sorted(allowed)))
        t.slot, t.is_update_done, t.is_update_in_flight = slot, False, False
        m.expect("kite: ready")
        m.await_agent()
        self.bed.rest(m)
        for word in ("set aside", "damaged", "nothing will be kept", "EXT4-fs error"):
            assert not m.says(word), "the console says " + repr(word)
        lost = t.texts - set(self.shelf())
        assert not lost, "texts lost: " + " ".join(sorted(lost))
        self.check_page()
        m.expect("kite: slot good")

    def check_page(self):
        t = self.truth
        is_new = not t.pages
        if is_new: # a book is opened, and so there is a page
            self.bed.press(self.m, "ret")
        now = self.look("page-after.png")
        if is_new:
            pass
        elif t.is_turn_in_flight or t.is_mark_in_flight:
            assert now == t.pages[-1] or now not in t.pages[:-2], "an older page than the last one is shown"
        else:
            same(now, t.pages[-1], "page shown")
        t.pages, t.is_turn_in_flight = [now], False
        self.at = self.places.get(now, self.at)

    def check_disk(self):
        """With the machine off: the file system, the catalogue and every text in it."""
        part, out = os.path.join(self.bed.work, "data.ext4"), os.path.join(self.bed.work, "library")
        with open(self.disk, "rb") as disk:
            disk.seek(DATA_AT)
            with open(part, "wb") as copy:
                shutil.copyfileobj(disk, copy, 1 << 20)
        run = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "check": False,
               "env": dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")}
        with open(part, "r+b") as copy: # what lies behind the partition
            copy.truncate(image.MIB * dict((name, mib) for name, mib, kind in image.PARTITIONS)["data"])
        replay = subprocess.run(["e2fsck", "-p", part], **run)
        assert replay.returncode <= 1, "e2fsck: " + replay.stdout
        clean = subprocess.run(["e2fsck", "-f", "-n", part], **run)
        same(clean.returncode, 0, "e2fsck's word after the journal was replayed (%s)" % clean.stdout)
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        subprocess.run(["debugfs", "-R", "rdump /library " + out, part], **run)
        self.check_catalogue(os.path.join(out, "library"))

    def check_catalogue(self, folder):
        t = self.truth
        catalogue = sqlite3.connect(folder + "/kite.db")
        same(catalogue.execute("PRAGMA integrity_check").fetchone()[0], "ok", "the catalogue")
        files = [row[0] for row in catalogue.execute("SELECT file FROM bundle")]
        marks = catalogue.execute("SELECT count(*) FROM mark").fetchone()[0]
        catalogue.close()
        verified = subprocess.run([self.bed.build + "/kite", "verify"] + [os.path.join(folder, name) for name in files],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        same(verified.returncode, 0, "kite verify of what the catalogue names (%s)" % verified.stdout[-500:])
        lost = t.texts - set(files)
        assert not lost, "the catalogue lost " + " ".join(sorted(lost))
        if t.marks is not None and t.is_mark_owed:
            same(abs(marks - t.marks), 1, "change of bookmarks")
        elif t.marks is not None:
            assert abs(marks - t.marks) <= (1 if t.is_mark_in_flight else 0), "%d bookmarks, %d before" % (marks, t.marks)
        t.marks, t.is_mark_owed, t.is_mark_in_flight = marks, False, False

    def live_until_cut(self, seed, careless=False):
        """Start, check what the last cut left, act, cut. Returns what the disk said."""
        chance, self.deeds = random.Random(seed), []
        torn = TornDisk(self.bed, self.disk, seed, careless)
        try:
            self.boot(torn.block())
            self.m.on_pump = torn.look
            torn.cut_after(chance.choice([chance.randint(1, 12), chance.randint(1, 60), chance.randint(1, 400)]))
            try:
                for _ in range(3):
                    self.act(chance)
                torn.cut_after(0)
                while True:
                    self.m.pump()
            except Cut:
                pass
            if torn.said is None: # an update came to its end
                torn.cut_after(0)
                torn.said = torn.process.stdout.readline().decode().split()
        finally:
            if self.m:
                self.m.on_pump = None
                self.m.close()
            torn.close()
        self.check_disk()
        return torn.said


def soak_cuts(bed, count, first_seed):
    def cut(seed, life):
        said = life.live_until_cut(seed)
        torn["kept"] += int(said[2])
        torn["lost"] += int(said[3])
        return "%s: at write %s, %s sectors of %d in flight kept" % (" ".join(life.deeds), said[1], said[2],
                                                                     int(said[2]) + int(said[3]))

    torn = {"kept": 0, "lost": 0}
    life = None
    for i in range(count):
        if life is None or i % BATCH == 0:
            if life:
                os.remove(life.disk)
            life = Life(bed, i)
        if not bed.check("cut %d of %d, seed %d" % (i + 1, count, first_seed + i), lambda: cut(first_seed + i, life)):
            life = None # its disk is kept to be looked at
    if count >= BATCH:
        bed.check("a disk that forgets its flushes is found out", lambda: careless_disk(bed, first_seed))
    if count:
        print("cuts tore %d sectors: %d reached the disk" % (torn["kept"] + torn["lost"], torn["kept"]))


def careless_disk(bed, first_seed):
    """The bed bites: with such a disk something must be lost soon."""
    life = Life(bed, 8000)
    for i in range(10):
        try:
            life.live_until_cut(first_seed + i, careless=True)
        except (lab.machine.Expired, AssertionError, sqlite3.Error, OSError):
            os.remove(life.disk)
            return "at cut %d" % (i + 1)
    raise AssertionError("ten cuts of a disk that keeps no promise lost nothing")


def soak_pulls(bed, count, first_seed):
    """Sticks pulled in mid-import; at the end every text that the catalogue names is whole."""
    life = Life(bed, 9000)
    chance = random.Random(first_seed)

    def pull():
        m = life.m
        files = [life.text("pull") for _ in range(PULL_TEXTS)]
        stick = m.plug(bed.stick("pull-stick", {os.path.basename(path): path for path in files}))
        m.expect("kite: stick in")
        bed.rest(m)
        before = len(life.shelf())
        m.key("ret")
        time.sleep(chance.uniform(0, 1.0))
        m.unplug(stick)
        m.expect("kite: stick out")
        bed.rest(m)
        bed.press(m, "ret")
        for path in files:
            os.remove(path)
        return "%d of %d texts were in" % (len(life.shelf()) - before, PULL_TEXTS)

    with bed.start(life.disk, speed=5) as life.m:
        life.m.expect("kite: ready")
        life.m.await_agent()
        bed.rest(life.m)
        bed.press(life.m, "ret")
        for i in range(count):
            bed.check("pull %d of %d" % (i + 1, count), pull)
        life.m.key("power", 3000)
        life.m.expect("kite: off")
        life.m.await_end()
    bed.check("after all pulls: every text is whole", life.check_disk)
    os.remove(life.disk)


def soak_turns(bed, count, first_seed):
    """Keys faster than the panel, at the true times of its waveforms. A machine that is emulated slowly may drop some."""
    chance = random.Random(first_seed)
    moves = (["next"] * 7 + ["previous"] * 7) * (count // 14 + 1)
    moves = moves[:count]

    def turns():
        m.agent("write", "/sys/module/kite_epdc/parameters/stats", 0)
        for move in moves:
            m.key({"next": "pgdn", "previous": "pgup"}[move], 20)
            time.sleep(chance.uniform(0, 0.3))
        bed.rest(m)
        panel = m.panel()
        same((panel["collisions"], panel["unaligned"], panel["refused"]), (0, 0, 0), "collisions, unaligned, refused")
        shown, _ = bed.twin("fast", "key select\n" + "".join("key %s\n" % move for move in moves))
        pages = {hash for screen, hash in shown if screen == "page"}
        assert bed.photograph(m, "fast-turns").hash() in pages, "what the panel shows is no page of the text"
        bed.press(m, "esc") # and it still listens
        return "%d turns, %d updates, none collided, at the end a page bit for bit" % (count, panel["updates"])

    disk = bed.new_disk("turns.img")
    with bed.start(disk, speed=100) as m:
        m.expect("kite: ready")
        m.await_agent()
        bed.rest(m)
        bed.press(m, "ret")
        bed.check("%d fast page turns" % count, turns)
    os.remove(disk)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--pulls", type=int, default=50)
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bed = lab.Bed(options.build, os.path.join(options.build, "soak"))
    if options.turns:
        soak_turns(bed, options.turns, options.seed)
    if options.pulls:
        soak_pulls(bed, options.pulls, options.seed)
    soak_cuts(bed, options.cuts, options.seed)
    return bed.finish()


sys.exit(main())
