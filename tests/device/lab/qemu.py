#!/usr/bin/python3
"""The firmware image on an emulated ARM machine with a virtual e-ink controller, tried as people use it.

usage: qemu.py BUILD [--short]

Prints a row for each thing that was checked; photographs of the panel go to BUILD/qemu. --short is one boot. Exit code 1
when a check failed.
"""

import os
import pathlib
import shutil
import signal
import sys
import time

import bed as lab
import traces
from bed import image, same

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../emulator"))
import documents  # noqa: E402

JUNK = {"._guide.kite": b"\0\5\x16\7 junk", "Thumbs.db": b"junk", ".DS_Store": b"junk"}
KEYS = {"next": "pgdn", "previous": "pgup"}
GHOST_PERCENT = 6
HANG_S = 60  # until the program's watchdog takes it for one
PROGRAM_KIB_MOST = 24 << 10
FIRST_TEXT = "---\ntitle: 0 is first\nlang: en\n---\n\n%s\n" % ("A text that nobody has prepared, as it came on the stick. " * 40)
PARAGRAPH = "A long text, so that taking it in takes a while and the stick can be gone before it ends. " * 6


def long_text(number):
    """A text that packs into much, as no word of it is met twice."""
    words = " ".join("w%dx%d" % (number, i * 7919 % 100003) for i in range(9000))
    return "---\ntitle: Text %d\nlang: en\n---\n\n%s\n\n%s\n" % (number, PARAGRAPH, words)


class Session:
    """The checks; `m` is the machine that runs at the moment."""

    def __init__(self, bed):
        self.bed, self.m = bed, None
        self.book = bed.build + "/books/prison-imperialism.en.kite"

    # ---- power on ----

    def first_frame(self):
        m = self.m
        m.expect("kite: slot A")
        m.expect("kite: first frame")
        m.expect("kite: ready")
        m.await_agent()
        said = m.text()
        assert said.index("kite: first frame") < said.index("kite: ready"), "a service came before the page"
        self.bed.page_after_start(m)
        shown, _ = self.bed.twin("first", "expect screen library\n")
        same(self.bed.photograph(m, "power-on").hash(), shown[-1][1], "photograph")
        return "the library, as the emulator shows it, bit for bit"

    def open_book(self):
        self.bed.press(self.m, "ret")
        shown, _ = self.bed.twin("open", "key select\nexpect screen page\n")
        photo = self.bed.photograph(self.m, "first-page")
        same(photo.hash(), shown[-1][1], "photograph")
        self.same_as_render(photo, 1)
        return "page 1 is what kite render draws, bit for bit"

    def same_as_render(self, photo, page):
        """But for the foot, which is the reader's own."""
        same(photo.body(), self.bed.render(self.book, page).body(), "page %d beside kite render" % page)

    def turns(self):
        pages = self.bed.page_count(self.book)
        moves = (["next"] * (pages - 1) + ["previous"] * (pages - 1)) * 20
        moves = moves[:20]
        script = "key select\n" + "".join("key %s\n" % move for move in moves)
        shown, _ = self.bed.twin("turns", script)
        wanted = [hash for screen, hash in shown if screen == "page"]
        for move in moves:
            self.bed.turn(self.m, KEYS[move])
        self.bed.rest(self.m)
        photo = self.bed.photograph(self.m, "twenty-turns")
        same(photo.hash(), wanted[-1], "photograph")
        return "20 turns, the last page bit for bit"

    # ---- fingers ----

    def touch(self):
        m, before = self.m, self.bed.picture(self.m).hash()
        self.bed.after(m, lambda: m.tap(29000, 16000))
        turned = self.bed.picture(m).hash()
        assert turned != before, "a tap at the right edge did not turn the page"
        self.bed.after(m, lambda: m.tap(3000, 16000))
        same(self.bed.picture(m).hash(), before, "page after a tap at the left edge")
        m.agent("touch", *lab.PANEL)
        time.sleep(1)
        self.bed.after(m, lambda: m.agent("tap", 950, 700))
        same(self.bed.picture(m).hash(), turned, "page after a finger on the multi-touch screen")
        self.bed.after(m, lambda: m.agent("tap", 100, 700))
        return "forward and back, by a pointer and by protocol B"

    def menu(self):
        before = self.bed.picture(self.m).hash()
        self.bed.press(self.m, "esc")
        shown = self.bed.photograph(self.m, "menu").hash()
        assert shown != before, "no menu"
        self.bed.press(self.m, "esc")
        same(self.bed.picture(self.m).hash(), before, "page after the menu")
        return "opened and closed, the page is back bit for bit"

    # ---- sticks ----

    def shelf(self):
        """Names of the texts that the device holds."""
        return sorted(name for name in self.m.agent("list", "/data/library") if name.endswith(".kite"))

    def stick_in(self):
        m, bed = self.m, self.bed
        had = self.shelf()
        whole = bed.pack("letter", "---\ntitle: A letter\nlang: en\n---\n\nDear friend, this came on a stick.\n")
        with open(whole, "rb") as file:
            content = file.read()
        stick = bed.stick("stick", {"letter.kite": whole, "a folder/again.kite": whole, "cut.kite": content[:len(content) // 2],
                                    "sampler.kite": bed.build + "/books/sampler.kite", **JUNK})
        self.plugged = m.plug(stick)
        m.expect("kite: stick in")
        bed.rest(m)
        bed.photograph(m, "stick-asks")
        bed.press(m, "ret")
        m.expect("kite: import done 1 added, 2 had, 1 refused")
        bed.rest(m)
        bed.photograph(m, "stick-done")
        same(len(self.shelf()), len(had) + 1, "texts")
        bed.press(m, "ret")
        m.unplug(self.plugged)
        m.expect("kite: stick out")
        bed.rest(m)
        return "1 added, 2 had, a cut file refused, junk passed over"

    def stick_pulled(self):
        m, bed = self.m, self.bed
        had = self.shelf()
        stick = bed.stick("many", {"text-%02d.kite" % n: bed.pack("text-%02d" % n, long_text(n)) for n in range(12)})
        name = m.plug(stick)
        m.expect("kite: stick in")
        bed.rest(m)
        m.key("ret")
        m.until(lambda: len(self.shelf()) > len(had), "first new text")
        m.unplug(name)
        m.expect("kite: stick out")
        bed.rest(m)
        bed.photograph(m, "stick-pulled")
        bed.press(m, "ret")
        some = len(self.shelf()) - len(had)
        assert 0 < some < 12, "%d of 12 texts came before the stick was pulled" % some
        name = m.plug(stick)
        m.expect("kite: stick in")
        bed.rest(m)
        m.key("ret")
        m.until(lambda: len(self.shelf()) == len(had) + 12, "all texts")
        bed.rest(m)
        bed.press(m, "ret")
        m.unplug(name)
        m.expect("kite: stick out")
        bed.rest(m)
        return "%d of 12 texts were in, then all of them" % some

    # ---- documents of other formats ----

    def documents_in(self):
        """What the emulator on this computer makes of the same stick is the measure: its list, and the page of one of them."""
        m, bed = self.m, self.bed
        had = self.shelf()
        folder = pathlib.Path(bed.work) / "documents"
        folder.mkdir()
        documents.fill(folder)
        (folder / "first.md").write_text(FIRST_TEXT)
        stick = bed.stick("documents", {path.name: str(path) for path in sorted(folder.iterdir())})
        script = "stick in %s\nchoose Take in its texts\nidle\nexpect screen import\nchoose OK\nkey select\nexpect screen page\n" % folder
        shown, _ = bed.twin("documents", script)
        name = m.plug(stick)
        m.expect("kite: stick in")
        bed.rest(m)
        bed.photograph(m, "documents-asks")
        began = time.monotonic()
        m.key("ret")
        m.expect("kite: the press is held by system calls")
        said = m.expect("kite: import done", limit_s=900)
        took = time.monotonic() - began
        bed.rest(m)
        bed.photograph(m, "documents-done")
        assert "6 added, 4 had, 2 refused" in said, said
        same(len(self.shelf()), len(had) + 6, "texts")
        bed.press(m, "ret")
        m.unplug(name)
        m.expect("kite: stick out")
        bed.rest(m)
        bed.photograph(m, "documents-library")
        bed.press(m, "ret")
        same(bed.photograph(m, "documents-page").hash(), shown[-1][1], "page of one of them")
        return "10 documents in %.0f s, 2 that could not be read told; a page of one is the emulator's, bit for bit" % took

    # ---- cable ----

    def mount_as_computer(self):
        self.m.agent("wait", "/dev/sda", 20000)
        self.m.agent("mount", "/dev/sda", "/lab/pc", "vfat", "utf8")

    def eject_as_computer(self):
        self.m.agent("unmount", "/lab/pc")
        self.m.agent("eject", "/dev/sda")

    def cable(self):
        m, bed = self.m, self.bed
        had = self.shelf()
        m.agent("cable", "in")
        m.expect("kite: cable in")
        bed.rest(m)
        bed.photograph(m, "cable-asks")
        bed.press(m, "ret")
        m.expect("kite: exported")
        self.mount_as_computer()
        m.agent("copy", "/lab/files/parcel.kite", "/lab/pc/parcel.kite")
        m.agent("copy", "/lab/files/broken.kite", "/lab/pc/broken.kite")
        self.eject_as_computer()
        m.expect("kite: ejected")
        m.expect("kite: receipt written")
        bed.rest(m)
        bed.photograph(m, "cable-done")
        bed.press(m, "ret")
        same(len(self.shelf()), len(had) + 1, "texts")
        return "exported, ejected, 1 taken in, receipt written"

    def receipt(self):
        m, bed = self.m, self.bed
        m.agent("cable", "out")
        m.expect("kite: cable out")
        bed.rest(m)
        m.agent("cable", "in")
        m.expect("kite: cable in")
        bed.rest(m)
        m.key("ret")
        m.expect("kite: exported")
        self.mount_as_computer()
        lines = m.agent("read", "/lab/pc/KITE-RECEIPT.txt")
        left = sorted(set(m.agent("list", "/lab/pc")) - {".", ".."})
        self.eject_as_computer()
        m.expect("kite: receipt written")
        bed.rest(m)
        m.agent("cable", "out")
        m.expect("kite: cable out")
        bed.rest(m)
        text = "\n".join(lines)
        bed.press(m, "ret")
        same(left, ["KITE-RECEIPT.txt", "broken.kite"], "files left on the drive")
        assert "broken.kite" in text and "parcel" in text.lower(), "receipt: " + text
        with open(os.path.join(bed.work, "KITE-RECEIPT.txt"), "w", encoding="utf-8") as out:
            out.write(text + "\n")
        return "names what was taken in and off the drive, and what was refused and left (%d lines)" % len(lines)

    # ---- power ----

    def sleep_and_wake(self):
        m, bed = self.m, self.bed
        before = bed.picture(m).hash()
        m.key("power", 200)
        m.expect("kite: asleep")
        time.sleep(3)
        bed.photograph(m, "asleep")
        self.wake()
        bed.rest(m)
        same(bed.picture(m).hash(), before, "page after waking")
        return "the same page is back, bit for bit"

    def wake(self):
        """A frozen virtio keyboard hears nothing, so the key is pressed until the machine's own alarm has thawed it."""
        until = time.monotonic() + lab.machine.WAIT_S
        while time.monotonic() < until:
            self.m.key("power", 200)
            try:
                return self.m.expect("kite: awake", limit_s=1.5)
            except lab.machine.Expired:
                continue
        return self.m.fail("waking")

    def battery_low(self):
        m, bed = self.m, self.bed
        m.agent("write", "/sys/module/kite_power/parameters/capacity", 4)
        m.expect("kite: battery 4")
        bed.rest(m)
        bed.photograph(m, "battery-low")
        m.agent("write", "/sys/module/kite_power/parameters/capacity", 80)
        m.expect("kite: battery 80")
        bed.rest(m)
        return "told at 4 %, and again at 80 %"

    def cold(self):
        """The policy then asks for the slower updates; on a warm panel the same page comes back."""
        m, bed = self.m, self.bed
        m.agent("write", "/sys/module/kite_power/parameters/temperature", 1400)
        m.expect("kite: panel at 1 C")
        bed.press(m, "pgdn")
        m.agent("write", "/sys/module/kite_power/parameters/temperature", 23000)
        m.expect("kite: panel at 23 C")
        bed.press(m, "pgup")
        return "the thermometer is heard"

    def memory(self):
        status = dict(line.split(":", 1) for line in self.m.agent("read", "/proc/1/status") if ":" in line)
        most = int(status["VmHWM"].split()[0])
        assert most <= PROGRAM_KIB_MOST, "%d KiB at most" % most
        return "%d KiB at most, all mapped pages included" % most

    def collisions(self):
        panel = self.m.panel()
        same((panel["collisions"], panel["unaligned"], panel["refused"]), (0, 0, 0), "collisions, unaligned, refused")
        return "%d updates, none collided, all aligned, none refused" % panel["updates"]

    def power_button(self):
        m = self.m
        m.key("power", 3000)
        m.expect("kite: off")
        m.await_end()
        return "held for 3 s: an orderly end"

    # ---- what lasts ----

    def last_page(self):
        self.m.expect("kite: first frame")
        self.m.expect("kite: ready")
        self.m.await_agent()
        self.bed.page_after_start(self.m)
        same(self.bed.photograph(self.m, "last-page").hash(), self.left, "photograph")
        return "the page that was left, bit for bit"

    def hang(self):
        """A program that goes round in circles is started anew."""
        m, bed = self.m, self.bed
        before = bed.picture(m).hash()
        m.agent("hang")
        m.expect("kite: hung, starting anew", limit_s=lab.machine.WAIT_S + HANG_S)
        m.expect("kite: first frame")
        m.expect("kite: ready")
        bed.rest(m)
        same(bed.photograph(m, "after-hang").hash(), before, "photograph")
        bed.press(m, "pgdn")
        bed.press(m, "pgup")
        same(bed.picture(m).hash(), before, "page after turning it")
        return "started anew on the same page, bit for bit, and it turns"

    def crash(self):
        self.m.agent("signal", int(signal.SIGSEGV))
        self.m.expect("kite: crashed, starting anew")

    def safe_mode(self):
        """Crash upon crash, through the start of the whole machine that the third one leads to; then as usual again."""
        m, bed = self.m, self.bed
        before = bed.picture(m).hash()
        self.crash()                # of a start that held
        m.expect("kite: ready")
        self.crash()
        m.expect("kite: ready")
        m.agent_port.text = b""
        self.crash()
        m.expect("kite: given up")
        m.expect("kite: slot A")
        m.expect("kite: ready")
        m.await_agent()
        self.crash()
        m.expect("kite: safe mode")
        m.expect("kite: ready")
        bed.rest(m)
        bed.photograph(m, "safe-mode")
        bed.press(m, "ret")
        bed.photograph(m, "safe-mode-left")
        bed.press(m, "ret")
        same(bed.photograph(m, "opened-by-hand").hash(), before, "page of the text, opened by hand")
        return "three starts that failed, then the library without a text; opened by hand, it is at its place"

    def refresh_promise(self):
        m, bed = self.m, self.bed
        moves = ["next", "previous"] * 100
        m.agent("write", "/sys/module/kite_epdc/parameters/ghost", GHOST_PERCENT)
        m.agent("write", "/sys/module/kite_epdc/parameters/stats", 0)
        for move in moves:
            bed.turn(m, KEYS[move])
        bed.photograph(m, "ghosts")
        m.agent("write", "/sys/module/kite_epdc/parameters/ghost", 0)
        panel = m.panel()
        same((panel["collisions"], panel["unaligned"]), (0, 0), "collisions, unaligned")
        _, promised = bed.twin("promise", "key select\n" + "".join("key %s\n" % move for move in moves))
        full = sum(1 for waveform, mode, pixels in promised if mode == "full" and waveform != "INIT")
        pixels = sum(pixels for waveform, mode, pixels in promised)
        assert 0 < panel["full"] <= full + 1, "%d flashes, %d promised" % (panel["full"], full)
        assert panel["pixels"] <= pixels * 1.05, "%d pixels, %d promised" % (panel["pixels"], pixels)
        return "200 turns: %d updates, %d flashes (%d promised), %.0f Mpx (%.0f), no collision" % (
            panel["updates"], panel["full"], full, panel["pixels"] / 1e6, pixels / 1e6)

    # ---- updates ----

    def put_in_update(self, name, path):
        m, bed = self.m, self.bed
        stick = m.plug(bed.stick(name, {"kite.update": path}))
        m.expect("kite: stick in")
        bed.rest(m)
        bed.choose_update(m)
        bed.photograph(m, name + "-asks")
        m.key("ret")
        m.expect("kite: update done")
        bed.rest(m)
        bed.photograph(m, name + "-done")
        m.unplug(stick)
        m.expect("kite: stick out")
        bed.rest(m)
        m.key("ret")

    def update(self):
        m, bed = self.m, self.bed
        path = os.path.join(bed.work, "kite.update")
        image.write_update(path, "virt", "99.1", bed.build + "/firmware/slot.squashfs")
        self.put_in_update("update", path)
        m.expect("kite: slot B")
        m.expect("kite: first frame")
        m.expect("kite: slot good")
        return "put in from a stick, starts, found good"

    def roll_back(self):
        """A system that dies at once is given up after three starts."""
        m, bed = self.m, self.bed
        m.agent_port.text = b""
        bed.rest(m)
        slot = os.path.join(bed.work, "slot")
        shutil.copytree(bed.build + "/firmware/slot", slot)
        shutil.copy(bed.build + "/lab/dies", slot + "/kite-reader")
        image.write_squashfs(slot, slot + ".squashfs")
        path = os.path.join(bed.work, "dies.update")
        image.write_update(path, "virt", "99.2", slot + ".squashfs")
        self.put_in_update("bad-update", path)
        for _ in range(3):
            m.expect("kite: slot A")
        m.expect("kite: slot B")
        m.expect("kite: first frame")
        m.expect("kite: ready")
        return "a system that dies was started three times, then the one before came back"

    def battery_empty(self):
        self.m.agent("write", "/sys/module/kite_power/parameters/capacity", 2)
        self.m.expect("kite: off")
        self.m.await_end()
        return "at 2 % the machine switched itself off"

    def other_panel(self, size, abi):
        bed = self.bed
        with bed.start(bed.new_disk("other.img"), abi=abi, size=size) as m:
            m.expect("kite: ready")
            m.await_agent()
            bed.page_after_start(m)
            shown, _ = bed.twin("other", "expect screen library\n", panel="%dx%d@300" % size)
            same(bed.photograph(m, "panel-%dx%d" % size).hash(), shown[-1][1], "photograph")
        return "the library, bit for bit, by requests of form %d" % abi


    def other_display(self, board, said):
        bed = self.bed
        library, _ = bed.twin("display", "expect screen library\n")
        page, _ = bed.twin("display", "key select\nexpect screen page\n")
        with bed.start_gpu(bed.new_disk("other.img"), board) as m:
            m.expect("kite: display " + said)
            m.expect("kite: ready")
            m.until(lambda: bed.picture(m).hash() == library[-1][1], "library on the display")
            m.key("ret")
            m.until(lambda: bed.picture(m).hash() == page[-1][1], "page on the display")
            bed.photograph(m, "display-" + said)
        return "library and page, bit for bit"


def run(bed, is_short):
    s = Session(bed)
    disk = bed.new_disk()
    with bed.start(disk) as s.m:
        bed.check("power on to the first frame", s.first_frame)
        bed.check("a book opens", s.open_book)
        bed.check("twenty page turns by key", s.turns)
        bed.check("touch", s.touch)
        bed.check("menu", s.menu)
        bed.check("stick in, import", s.stick_in)
        bed.check("stick out in mid-import", s.stick_pulled)
        bed.check("cable: export, eject, import", s.cable)
        bed.check("cable: receipt", s.receipt)
        bed.check("sleep and wake", s.sleep_and_wake)
        bed.check("battery low", s.battery_low)
        bed.check("temperature", s.cold)
        bed.check("memory of the program", s.memory)
        bed.check("controller's counters", s.collisions)
        s.left = bed.picture(s.m).hash()
        bed.check("power button", s.power_button)
    with bed.start(bed.new_disk("for-documents.img")) as s.m:
        bed.check("power on, another device", s.first_frame)
        bed.check("documents of other formats by stick", s.documents_in)
        bed.check("memory of the program that started the press", s.memory)
    if is_short:
        return
    traces.run(bed.another("traces"))
    with bed.start(disk, abi=1, memory_mib=96, reboots=True) as s.m:
        bed.check("power on to the last page, with 96 MiB", s.last_page)
        bed.check("a hang of the program", s.hang)
        bed.check("safe mode", s.safe_mode)
        bed.check("refreshes as promised", s.refresh_promise)
        bed.check("update", s.update)
        s.m.await_agent()
        bed.check("roll-back", s.roll_back)
        s.m.await_agent()
        bed.check("battery empty", s.battery_empty)
    for size, abi in (((758, 1024), 3), ((600, 800), 1)):
        bed.check("a panel of %dx%d" % size, lambda: s.other_panel(size, abi))
    for board, said in (("virt-drm", "drm"), ("virt-fbdev", "fbdev")):
        bed.check("a display by " + said, lambda: s.other_display(board, said))


def main():
    bed = lab.Bed(sys.argv[1], os.path.join(sys.argv[1], "qemu"))
    run(bed, "--short" in sys.argv)
    return bed.finish()


if __name__ == "__main__":
    sys.exit(main())
