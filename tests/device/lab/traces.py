#!/usr/bin/python3
"""What a session leaves on the data partition, byte by byte, of the device in QEMU.

usage: traces.py BUILD

A partition before: a device on which a text lies that came on a stick. A session: the text opened, turned, marked, searched, the device
put to sleep, "Forget what was read", switched off. A partition after. Every block that differs is told by what it holds; no word of the text, of its title
or of what was searched may be in any of them, and no date but the one that the device begins with. The control is the same session without forgetting, in
which they must be found. Exit code 1 when not.
"""

import os
import re
import subprocess
import sys
import time

import bed as lab
from bed import image, same

DATA_AT = (1 + 1 + 24 + 24 + 64) << 20
DATA_BYTES = image.MIB * dict((name, mib) for name, mib, kind in image.PARTITIONS)["data"]
TEXT = "---\ntitle: 0 Wolframlicht\nlang: en\n---\n\n%s\n" % ("Quastenflosser swam to the Zwergpalme, and the Quastenflosser swam back. " * 120)
SEARCHED = "aaaaaa"
WORDS = ["Wolframlicht", "wolframlicht", "Quastenflosser", "quastenflosser", "Zwergpalme", SEARCHED]
# Blocks that a session may change, and what they mean.
MEANINGS = {
    "superblock": "times and counts of the file system; the device's clock begins anew at each start",
    "descriptors": "how many blocks and files are free",
    "bitmaps": "which blocks and files are free",
    "files' heads": "length, blocks and times of files",
    "file system's journal": "blocks of these kinds before they were written",
    "/library": "names of the library's files",
    "/library/kite.db": "the catalogue's head, settings, and tables that are empty",
    "/library/kite.db-journal": "pages of kite.db before they were changed; what forgetting changed is overwritten",
    "/library/maps.db": "where pages begin; new and empty",
    "/library/kite.starts": "how many starts failed",
    "free": "overwritten before it was freed",
}
YEAR_S = 366 * 86400


def tool(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
                          env=dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin:/sbin", LC_ALL="C"))
    return done.stdout


def partition(disk, path):
    with open(disk, "rb") as file:
        file.seek(DATA_AT)
        data = file.read(DATA_BYTES)
    with open(path, "wb") as out:
        out.write(data)
    return data


class Layout:
    """What each block of an ext4 image is."""

    def __init__(self, path):
        self.path, self.kinds = path, {}
        told = tool("dumpe2fs", path)
        self.block_bytes = int(re.search(r"Block size: +(\d+)", told).group(1))
        for kind, pattern in (("superblock", r"(?:Primary|Backup) superblock at (\d+)(-\d+)?"), ("descriptors", r"Group descriptors at (\d+)(-\d+)?"),
                              ("bitmaps", r"(?:Block|Inode) bitmap at (\d+)(-\d+)?"), ("files' heads", r"Inode table at (\d+)(-\d+)?")):
            for first, last in re.findall(pattern, told):
                for block in range(int(first), int(last[1:] or first) + 1 if last else int(first) + 1):
                    self.kinds.setdefault(block, kind)

    def name(self, blocks):
        """Kinds of many blocks at once."""
        asked = [b for b in blocks if b not in self.kinds]
        inodes = {}
        for at in range(0, len(asked), 500):
            for block, inode in re.findall(r"^(\d+)\t(\d+|<block not found>)$", tool("debugfs", "-R", "icheck " + " ".join(map(str, asked[at:at + 500])), self.path), re.M):
                inodes[int(block)] = inode
        paths = dict(re.findall(r"^(\d+)\t(/\S*)$", tool("debugfs", "-R", "ncheck " + " ".join(sorted(set(inodes.values()) - {"<block not found>"})), self.path), re.M))
        for block in asked:
            inode = inodes.get(block, "<block not found>")
            self.kinds[block] = "free" if not inode.isdigit() else "file system's journal" if inode == "8" else paths.get(inode, "inode " + inode)
        return {b: self.kinds[b] for b in blocks}


def compare(before, after, path):
    """How many blocks of each kind differ, and which words are in them."""
    layout = Layout(path)
    size = layout.block_bytes
    changed = [b for b in range(len(after) // size) if before[b * size:(b + 1) * size] != after[b * size:(b + 1) * size]]
    kinds = layout.name(changed)
    count, found = {}, set()
    for block in changed:
        count[kinds[block]] = count.get(kinds[block], 0) + 1
    runs, start = [], None
    for block in changed + [None]:
        if start is not None and (block is None or block != last + 1):
            runs.append(after[start * size:(last + 1) * size])
            start = None
        if block is not None:
            start, last = (block if start is None else start), block
    for run in runs:
        found |= {w for w in WORDS if w.encode() in run or w.encode("utf-16-le") in run}
    return count, found


class Session:
    def __init__(self, bed):
        self.bed, self.m = bed, None

    def start(self, disk):
        self.m = self.bed.start(disk)
        self.m.expect("kite: first frame")
        self.m.expect("kite: ready")
        self.m.await_agent()
        self.bed.page_after_start(self.m)

    def off(self):
        self.m.key("power", 3000)
        self.m.expect("kite: off")
        self.m.await_end()
        self.m.close()

    def keys(self, words):
        """Keys of the four, each until the panel has answered: "esc pgup*3 ret"."""
        for word in words.split():
            name, _, times = word.partition("*")
            self.bed.press(self.m, name, int(times or 1))

    def prepare(self, disk):
        bed = self.bed
        stick = bed.stick("traces", {"palms.kite": bed.pack("palms", TEXT)})
        self.start(disk)
        name = self.m.plug(stick)
        self.m.expect("kite: stick in")
        bed.rest(self.m)
        bed.press(self.m, "ret")
        self.m.expect("kite: import done 1 added")
        bed.rest(self.m)
        bed.press(self.m, "ret")
        self.m.unplug(name)
        self.m.expect("kite: stick out")
        bed.rest(self.m)
        self.off()

    def read(self, disk, forgets):
        """The menu's rows by their order: see view_menu.c, settings.c."""
        self.start(disk)
        self.keys("ret pgdn*2 pgup")
        self.keys("esc pgdn*4 ret")               # a bookmark
        self.keys("esc pgdn*3 ret ret")           # search in this text
        self.keys("ret")                          # into the first line of the keyboard, at its first letter
        for _ in SEARCHED:
            self.keys("ret")
        self.bed.photograph(self.m, "searched")
        self.keys("esc pgup ret pgup ret")        # the last line of the keyboard, the last cell of it: done
        self.m.until(lambda: self.bed.rest(self.m) or True, "end of the search")
        self.bed.photograph(self.m, "found")
        self.keys("esc*3")
        self.m.key("power", 200)
        self.m.expect("kite: asleep")
        time.sleep(3)                             # nothing answers while it sleeps
        self.wake()
        self.bed.rest(self.m)
        if forgets:
            self.keys("esc pgup ret")             # More
            self.keys("pgup*6 ret pgup ret")      # Settings, what is kept here
            self.bed.photograph(self.m, "kept")
            self.keys("ret pgdn ret")
            self.bed.photograph(self.m, "forgotten")
        self.off()

    def wake(self):
        for _ in range(60):
            self.m.key("power", 200)
            try:
                return self.m.expect("kite: awake", limit_s=1.5)
            except lab.machine.Expired:
                continue
        return self.m.fail("waking")

    def clean_log(self):
        said = self.m.text()
        told = [w for w in WORDS + ["palms"] if w in said]
        assert not told, "the log tells " + " ".join(told)

    def forgotten(self, first):
        """Returns a word on what differs."""
        bed, disk = self.bed, os.path.join(self.bed.work, "forgotten.img")
        subprocess.run(["cp", "--sparse=always", first, disk], check=True)
        before = partition(first, os.path.join(bed.work, "before.ext4"))
        self.read(disk, True)
        self.clean_log()
        path = os.path.join(bed.work, "after.ext4")
        count, found = compare(before, partition(disk, path), path)
        strange = sorted(set(count) - set(MEANINGS))
        print("".join("    %5d blocks: %s: %s\n" % (count[kind], kind, MEANINGS.get(kind, "?")) for kind in sorted(count)), end="")
        assert not strange, "changed without a meaning: " + ", ".join(strange)
        assert not found, "found after forgetting: " + ", ".join(sorted(found))
        return "%d blocks differ, each of a known meaning; 0 bytes of the text, its title or the search in them" % sum(count.values())

    def kept(self, first):
        bed, disk = self.bed, os.path.join(self.bed.work, "kept.img")
        subprocess.run(["cp", "--sparse=always", first, disk], check=True)
        before = partition(first, os.path.join(bed.work, "before.ext4"))
        self.read(disk, False)
        self.clean_log()
        path = os.path.join(bed.work, "kept.ext4")
        count, found = compare(before, partition(disk, path), path)
        assert "Quastenflosser" in found, "without forgetting nothing is found: the search does not bite"
        assert SEARCHED not in found, "what was searched is kept"
        return "without forgetting %s found in %d blocks, which shows that the search bites" % (", ".join(sorted(found)), sum(count.values()))

    def dates(self):
        """Times of all files, of the session before: near to where the device's clock begins."""
        path = os.path.join(self.bed.work, "after.ext4")
        told = tool("debugfs", "-R", "ls -p /library", path)
        names = re.findall(r"/(\d+)/\d+/\d+/\d+/([^/]+)/", told)
        assert len(names) > 3, "no files: " + told
        begin = int(image.EPOCH)
        for inode, name in names:
            if name != "..":
                for seconds in re.findall(r"[acm]time: 0x([0-9a-f]+)", tool("debugfs", "-R", "stat <%s>" % inode, path)):
                    assert begin <= int(seconds, 16) < begin + YEAR_S, "%s has a date" % name
        return "%d files, none with a date of the world outside" % (len(names) - 1)


def run(bed):
    s, disk = Session(bed), bed.new_disk("first.img")
    if not bed.check("a text to read, by stick", lambda: s.prepare(disk)):
        return
    bed.check("a session, forgotten", lambda: s.forgotten(disk))
    bed.check("dates on the partition", s.dates)
    bed.check("a session, not forgotten", lambda: s.kept(disk))


def main():
    bed = lab.Bed(sys.argv[1], os.path.join(sys.argv[1], "traces"))
    run(bed)
    return bed.finish()


if __name__ == "__main__":
    sys.exit(main())
