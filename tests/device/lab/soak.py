#!/usr/bin/python3
"""The device under bad luck: power cut at random writes, sticks pulled at random moments, pages turned too fast.

usage: soak.py BUILD [--cuts N] [--pulls N] [--turns N] [--controls 0] [--jobs N] [--seed S]

A cut comes at the N-th write of the disk, which then keeps a random half of what was not flushed (torn_disk.c). After
each one the machine must start, show the page that was left, the whole panel bit for bit as the reader on this computer
shows that library, hold every text, bookmark, place and update that was acknowledged, and have a sound file system and
catalogue. A seed gives the same cut again. Exit code 1 when not.
"""

import argparse
import concurrent.futures
import contextlib
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

SPEED = 5  # percent of the waveforms' times, where they do not matter
BATCH = 20  # cuts on one disk, then a new one
BURST_MOST = 14  # key presses that the kernel keeps for a program that is busy: 64 events, four each
SLOT_A_AT = (1 + 1) << 20
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


class Store:
    """What a catalogue holds: texts, bookmarks, and where the person is."""

    def __init__(self, path):
        try:
            with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as catalogue:
                self.read(catalogue)
        except sqlite3.Error as why:
            raise AssertionError("the catalogue: %s" % why) from None

    def read(self, catalogue):
        same(catalogue.execute("PRAGMA integrity_check").fetchone()[0], "ok", "the catalogue")
        self.files = {row[0] for row in catalogue.execute("SELECT file FROM bundle WHERE present")}
        self.marks = set(catalogue.execute("SELECT text, start_paragraph, start_offset, end_paragraph, end_offset FROM mark"))
        self.place = catalogue.execute("SELECT text, paragraph, offset FROM place ORDER BY seq DESC").fetchone() or ()


class Truth:
    """What the device has acknowledged, and what was asked of it since."""

    def __init__(self):
        self.store = None
        self.page = self.page_place = None  # what was on the panel but for its foot, and where that is
        self.in_flight = None  # "turn", "mark", "texts" or "update", when it is not acknowledged so far
        self.way = 1           # of the turn: to the next page, or -1
        self.slot, self.is_update_done = "A", False


class Life:
    """One disk and its machine, from cut to cut."""

    def __init__(self, bed, number):
        self.bed, self.truth = bed, Truth()
        self.disk = bed.new_disk("soak-%d.img" % number)
        self.m = None
        self.counter, self.deeds = 0, []
        self.at, self.pages = 0, {}  # page of the book, and which one a place is
        self.expected = []  # frames that this computer shows of what the last cut left

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
        before, self.truth.in_flight = self.truth.store.files, "texts"
        m.key("ret")
        m.expect("kite: import done 3 added, 0 had, 0 refused")
        self.acknowledge()
        same(len(self.truth.store.files - before), 3, "texts added")
        bed.press(m, "ret")
        m.unplug(stick)
        m.expect("kite: stick out")
        bed.rest(m)

    def turn_pages(self, chance):
        for _ in range(chance.randint(1, 6)):
            way = 1 if self.at <= 2 else -1 if self.at >= BOOK_PAGES - 3 else chance.choice([1, -1])
            before, self.truth.in_flight, self.truth.way = self.truth.store.place, "turn", way
            self.bed.turn(self.m, "pgdn" if way > 0 else "pgup")
            self.at += way
            self.acknowledge_page()
            assert (before < self.truth.store.place) == (way > 0), "a turn from %s to %s" % (before, self.truth.store.place)
            self.pages[self.truth.store.place] = self.at

    def toggle_bookmark(self):
        self.bed.press(self.m, "esc")
        self.bed.press(self.m, "pgdn", MENU_ROWS_TO_BOOKMARK)
        self.truth.in_flight = "mark"
        before = self.truth.store.marks
        self.bed.press(self.m, "ret")
        self.acknowledge_page()
        same(len(self.truth.store.marks ^ before), 1, "bookmarks set or taken away")

    def acknowledge(self):
        """The panel rests and shows that it is done: what the catalogue holds now is never to be lost."""
        self.bed.rest(self.m)
        self.truth.store, self.truth.in_flight = self.store_now(), None

    def acknowledge_page(self):
        self.acknowledge()
        page = self.bed.picture(self.m)
        page.write_png(os.path.join(self.bed.work, "page-before.png"))
        self.truth.page, self.truth.page_place = page.body(), self.truth.store.place

    def store_now(self):
        """The catalogue as it is read inside the machine; twice, as it may be written to meanwhile."""
        path = os.path.join(self.bed.work, "now.db")
        before, now = None, self.m.fetch("/data/library/kite.db")
        while now != before:
            before, now = now, self.m.fetch("/data/library/kite.db")
        with open(path, "wb") as out:
            out.write(now)
        return Store(path)

    def update(self):
        m, bed, t = self.m, self.bed, self.truth
        path = os.path.join(bed.work, "kite.update")
        image.write_update(path, "virt", "99.%d" % self.counter, bed.build + "/firmware/slot.squashfs")
        stick = m.plug(bed.stick("update-stick", {"kite.update": path}))
        m.expect("kite: stick in")
        bed.rest(m)
        bed.choose_update(m)
        t.in_flight = "update"
        m.key("ret")
        m.expect("kite: update done")
        t.in_flight, t.is_update_done = None, True
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
        """The first time from power-on; then from where the kernel is up and nothing of the disk was read."""
        self.m = self.bed.start(disk, speed=SPEED, incoming=self.bed.held if self.truth.store else None)
        m = self.m
        self.check_slot(m.expect("kite: slot ").split()[-1])
        m.expect("kite: ready")
        m.await_agent()
        self.bed.page_after_start(m)
        for word in ("set aside", "damaged", "nothing will be kept", "EXT4-fs error"):
            assert not m.says(word), "the console says " + repr(word)
        self.check_page()
        m.expect("kite: slot good")

    def check_slot(self, slot):
        t, other = self.truth, {"A": "B", "B": "A"}
        allowed = {t.slot, other[t.slot]} if t.in_flight == "update" else {other[t.slot]} if t.is_update_done else {t.slot}
        assert slot in allowed, "slot %s started instead of %s" % (slot, " or ".join(sorted(allowed)))
        t.slot, t.is_update_done = slot, False

    def check_page(self):
        """The whole panel is, bit for bit, what the reader on this computer shows of the same library."""
        t, bed, photo = self.truth, self.bed, self.bed.picture(self.m)
        t.in_flight = None
        photo.write_png(os.path.join(bed.work, "page-after.png"))
        if not t.store: # a new disk: a book is opened, and so there is a page
            bed.press(self.m, "ret")
        else:
            assert ("page", photo.hash()) in self.expected, "another page is shown"
            if t.store.place == t.page_place:
                same(photo.body(), t.page, "page that was left")
            self.at = self.pages.get(t.store.place, self.at)
            found = self.store_now()
            same((found.place, found.marks), (t.store.place, t.store.marks), "place and bookmarks")
            assert found.files >= t.store.files, "texts lost: " + " ".join(sorted(t.store.files - found.files))
        self.acknowledge_page() # a text that was whole, but not in the catalogue so far, may be in it now

    def check_disk(self):
        """With the machine off: the file system, the catalogue and every text in it."""
        part, out = os.path.join(self.bed.work, "data.ext4"), os.path.join(self.bed.work, "rdump")
        with open(self.disk, "rb") as disk:
            disk.seek(DATA_AT)
            with open(part, "wb") as copy:
                for chunk in iter(lambda: disk.read(1 << 20), b""):
                    if chunk.strip(b"\0"):
                        copy.write(chunk)
                    else:
                        copy.seek(len(chunk), os.SEEK_CUR)
                copy.truncate(image.MIB * dict((name, mib) for name, mib, kind in image.PARTITIONS)["data"])
        run = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "check": False,
               "env": dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")}
        replay = subprocess.run(["e2fsck", "-p", part], **run)
        assert replay.returncode <= 1, "e2fsck: " + replay.stdout
        clean = subprocess.run(["e2fsck", "-f", "-n", part], **run)
        same(clean.returncode, 0, "e2fsck's word after the journal was replayed (%s)" % clean.stdout)
        for folder in (out, os.path.join(self.bed.work, "library")):
            shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(out)
        subprocess.run(["debugfs", "-R", "rdump /library " + out, part], **run)
        assert os.path.isdir(os.path.join(out, "library")), "the disk holds no library any more"
        os.rename(os.path.join(out, "library"), os.path.join(self.bed.work, "library"))
        self.check_library(os.path.join(self.bed.work, "library"))

    def check_library(self, folder):
        """As the reader on this computer finds it, which takes back what the cut left half done."""
        t = self.truth
        self.expected = self.bed.power_on(folder)
        found = Store(folder + "/kite.db")
        verified = subprocess.run([self.bed.build + "/kite", "verify"] + [os.path.join(folder, name) for name in sorted(found.files)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        same(verified.returncode, 0, "kite verify of what the catalogue names (%s)" % verified.stdout[-500:])
        if t.store:
            lost = t.store.files - found.files
            assert not lost, "texts lost: " + " ".join(sorted(lost))
            assert found.files == t.store.files or t.in_flight == "texts", \
                "texts out of nowhere: " + " ".join(sorted(found.files - t.store.files))
            changed = len(found.marks ^ t.store.marks)
            assert changed <= (t.in_flight == "mark"), "%d bookmarks changed" % changed
            is_turned = (found.place > t.store.place) == (t.way > 0) and t.in_flight == "turn"
            assert found.place == t.store.place or is_turned, "at %s instead of %s" % (found.place, t.store.place)
        t.store = found

    def keep(self, name):
        """After a failure: what there is to be looked at."""
        folder = os.path.join(self.bed.work, name)
        os.makedirs(folder)
        for what in (self.disk, "page-before.png", "page-after.png", "library"):
            path = os.path.join(self.bed.work, what)
            if os.path.exists(path):
                os.rename(path, os.path.join(folder, os.path.basename(path)))

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


def soak_cuts(bed, count, first_seed, jobs):
    """Some lives at a time, each with a folder of its own."""
    def live(first):
        own, life = bed.another("cuts-%d" % first), None
        own.held = bed.held
        for i in range(first, min(first + BATCH, count)):
            life = life or Life(own, i)
            if not own.check("cut %d of %d, seed %d" % (i + 1, count, first_seed + i), lambda: cut(first_seed + i, life)):
                life.keep("seed-%d" % (first_seed + i))
                life = None
        if life:
            os.remove(life.disk)

    def cut(seed, life):
        said = life.live_until_cut(seed)
        torn.append((int(said[2]), int(said[3])))
        return "%s: at write %s, %s sectors of %d in flight kept" % (" ".join(life.deeds), said[1], said[2],
                                                                     int(said[2]) + int(said[3]))

    torn = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(live, range(0, count, BATCH)))
    if count:
        print("cuts tore %d sectors: %d reached the disk" % (sum(map(sum, torn)), sum(kept for kept, lost in torn)))


def expect_loss(bed, what, first_seed, careless=False, change_disk=None):
    """The bed bites: where a promise is not kept, it must be found out soon."""
    def find_out():
        life = Life(bed, 8000)
        if change_disk:
            change_disk(life.disk)
        try:
            for i in range(BATCH):
                life.live_until_cut(first_seed + i, careless)
        except (lab.machine.Expired, AssertionError, OSError, subprocess.CalledProcessError) as why:
            return "at cut %d: %s" % (i + 1, str(why).splitlines()[0])
        finally:
            os.remove(life.disk)
        raise AssertionError("%d cuts lost nothing" % BATCH)
    bed.check(what + " is found out", find_out)


def put_unsynced_reader(bed, disk):
    """Into the first slot, a program that never waits for its disk."""
    slot = os.path.join(bed.work, "unsynced")
    shutil.copytree(bed.build + "/firmware/slot", slot)
    shutil.copy(bed.build + "/lab/unsynced/kite-reader", slot)
    image.write_squashfs(slot, slot + ".squashfs")
    with open(disk, "r+b") as out:
        image.copy_sparse(slot + ".squashfs", out, SLOT_A_AT)


def soak_controls(bed, first_seed):
    expect_loss(bed, "a disk that forgets its flushes", first_seed, careless=True)
    if os.path.exists(bed.build + "/lab/unsynced/kite-reader"):
        expect_loss(bed, "a program without fsync", first_seed, change_disk=lambda disk: put_unsynced_reader(bed, disk))


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

    with bed.start(life.disk, speed=SPEED, incoming=bed.held) as life.m:
        life.m.expect("kite: ready")
        life.m.await_agent()
        bed.page_after_start(life.m)
        bed.press(life.m, "ret")
        for i in range(count):
            bed.check("pull %d of %d" % (i + 1, count), pull)
        life.acknowledge()
        life.m.key("power", 3000)
        life.m.expect("kite: off")
        life.m.await_end()
    bed.check("after all pulls: every text is whole", life.check_disk)
    os.remove(life.disk)


def soak_turns(bed, count, first_seed):
    """Keys faster than the panel, at the true times of its waveforms. Some at a time, as many as the kernel holds for a
    program that is busy; then the panel must come to rest on the page turned to."""
    chance = random.Random(first_seed)
    last = bed.page_count(bed.build + "/books/prison-imperialism.en.kite") - 1
    shown, _ = bed.twin("fast", "key select\nidle\nkey next %d\nkey previous %d\n" % (last, last))
    pages = [hash for screen, hash in shown if screen == "page"][-last - 1:][::-1]

    def number_pages():
        """Once it knows how many pages there are, it says so on those that it shows from then on."""
        def check():
            bed.press(m, "pgdn")
            bed.press(m, "pgup")
            return bed.picture(m).hash() == pages[0]
        m.until(check, "page number at the foot")

    def burst(at, count):
        for _ in range(count):
            way = 1 if at == 0 else -1 if at == last else chance.choice([1, 1, 1, -1])
            m.key("pgdn" if way > 0 else "pgup", 20)
            time.sleep(chance.uniform(0, 0.3))
            at += way
        def is_at_rest_there():
            """It may come by that page on its way."""
            if bed.picture(m).hash() != pages[at]:
                return False
            bed.rest(m)
            return bed.picture(m).hash() == pages[at]
        m.until(is_at_rest_there, "rest on page %d, which was turned to" % (at + 1))
        return at

    def turns():
        number_pages()
        m.agent("write", "/sys/module/kite_epdc/parameters/stats", 0)
        at = done = bursts = 0
        while done < count:
            some = min(chance.randint(1, BURST_MOST), count - done)
            at, done, bursts = burst(at, some), done + some, bursts + 1
        panel = m.panel()
        same((panel["collisions"], panel["unaligned"], panel["refused"]), (0, 0, 0), "collisions, unaligned, refused")
        return "%d turns in %d bursts, after each the page turned to, bit for bit; %d updates, none collided" % (
            count, bursts, panel["updates"])

    disk = bed.new_disk("turns.img")
    with bed.start(disk, speed=SPEED, incoming=bed.held) as m:
        m.expect("kite: ready")
        m.await_agent()
        bed.page_after_start(m)
        m.agent("write", "/sys/module/kite_epdc/parameters/speed", 100)
        bed.press(m, "ret")
        bed.check("%d fast page turns" % count, turns)
    os.remove(disk)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--pulls", type=int, default=50)
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--controls", type=int, default=1, help="whether what must lose something is tried too, 0 or 1")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="machines at a time")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bed = lab.Bed(options.build, os.path.join(options.build, "soak"))
    bed.held = bed.hold(speed=SPEED)
    if options.turns:
        soak_turns(bed, options.turns, options.seed)
    if options.pulls:
        soak_pulls(bed, options.pulls, options.seed)
    soak_cuts(bed, options.cuts, options.seed, options.jobs)
    if options.controls:
        soak_controls(bed, options.seed)
    return bed.finish()


sys.exit(main())
