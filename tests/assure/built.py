#!/usr/bin/python3
"""What the built programs are like: the flags that harden them held, and nothing writes past the one table of file operations.

usage: built.py BUILD [ARM_BUILD]

Reads the programs and the objects of BUILD, which must be optimised and without sanitizers, and those of the device in ARM_BUILD where they are
built. Prints a line for each promise; the exit code is 1 when one does not hold.
"""

import glob
import os
import struct
import sys

# Rooms that only see what was checked before, where a page's time is spent.
UNGUARDED = {"base", "text", "page", "render", "panel"}
DESK = ["kite", "kite-emulator", "kite-reader", "kite-press", "kite-boot"]
DEVICE = ["kite-reader", "kite-press", "kite-boot"]

# Calls that change what a disk holds.
CHANGING = {"pwrite", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "ftruncate64", "truncate", "truncate64", "rename", "renameat",
            "renameat2", "unlink", "unlinkat", "remove", "link", "linkat", "symlink", "symlinkat", "mkstemp", "mkstemp64", "mkostemp", "tmpfile",
            "tmpfile64", "creat", "creat64", "sendfile", "sendfile64", "copy_file_range", "sync_file_range", "fallocate", "posix_fallocate"}
# The seam, and what is no storage of a reader.
MAY_CHANGE = {
    "host/io.o": "the table itself",
    "host/files.o": "what commands write at a desk, and files without a name",
    "boot/first.o": "modules that are loaded leave the initramfs",
    "cli/pack_each.o": "a bundle on its way, without a name",
    "cli/verb_keygen.o": "half of a pair of keys goes again",
    "device/gadget.o": "a link in configfs",
    "emulator/place.o": "the emulator's own folder",
}
# What else may open files at all, among the rooms of a device.
DEVICE_ROOMS = {"base", "bundle", "text", "page", "render", "panel", "trust", "library", "sideload", "machine", "reader", "shelf", "boot", "converter", "device"}
OPENING = {"open", "open64", "openat", "openat64", "__open_2", "__open64_2", "__openat_2", "__openat64_2", "fopen", "fopen64", "freopen", "freopen64"}
MAY_OPEN = {
    "boot/first.o": "the console, /proc/cmdline and modules",
    "boot/main.o": "the watchdog",
    "converter/converter.o": "/proc/meminfo",
    "device/display_drm.o": "the display",
    "device/display_record.o": "the record of a display that tests ask for",
    "device/framebuffer.o": "the display",
    "device/gadget.o": "the state of the cable",
    "device/input_devices.o": "keys and touch",
    "device/system.o": "/sys and what stands for it in tests",
    "device/watchdog.o": "the watchdog",
}

failed = 0


def tell(claim, wrong):
    global failed
    failed += bool(wrong)
    print("%s: %s" % (claim, "; ".join(wrong) if wrong else "holds"))


class Elf:
    """A file in ELF, little-endian, of 32 or 64 bits."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.bytes = file.read()
        assert self.bytes[:4] == b"\x7fELF" and self.bytes[5] == 1, path
        self.is_64 = self.bytes[4] == 2
        self.type, = struct.unpack_from("<H", self.bytes, 16)
        if self.is_64:
            self.ph, self.sh = struct.unpack_from("<QQ", self.bytes, 32)
            self.ph_size, self.ph_count, self.sh_size, self.sh_count = struct.unpack_from("<HHHH", self.bytes, 54)
        else:
            self.ph, self.sh = struct.unpack_from("<II", self.bytes, 28)
            self.ph_size, self.ph_count, self.sh_size, self.sh_count = struct.unpack_from("<HHHH", self.bytes, 42)

    def segments(self):
        """(type, flags, offset, size in the file)"""
        for i in range(self.ph_count):
            at = self.ph + i * self.ph_size
            if self.is_64:
                kind, flags, offset, _, _, size = struct.unpack_from("<IIQQQQ", self.bytes, at)
            else:
                kind, offset, _, _, size, _, flags = struct.unpack_from("<IIIIIII", self.bytes, at)
            yield kind, flags, offset, size

    def segment(self, wanted):
        return next((s for s in self.segments() if s[0] == wanted), None)

    def dynamic(self):
        """Tags and values, {} for a static program."""
        found, out = self.segment(2), {}
        if found:
            step, form = (16, "<QQ") if self.is_64 else (8, "<II")
            for at in range(found[2], found[2] + found[3], step):
                tag, value = struct.unpack_from(form, self.bytes, at)
                out[tag] = value
        return out

    def sections(self):
        """(type, offset, size, link)"""
        for i in range(self.sh_count):
            at = self.sh + i * self.sh_size
            if self.is_64:
                _, kind, _, _, offset, size, link = struct.unpack_from("<IIQQQQI", self.bytes, at)
            else:
                _, kind, _, _, offset, size, link = struct.unpack_from("<IIIIIII", self.bytes, at)
            yield kind, offset, size, link

    def symbols(self, wanted):
        """Names of the symbols, of a table of this type (2: all, 11: dynamic), as (name, is asked of others)."""
        tables = list(self.sections())
        for kind, offset, size, link in tables:
            if kind != wanted:
                continue
            names = tables[link][1]
            for at in range(offset, offset + size, 24 if self.is_64 else 16):
                name, = struct.unpack_from("<I", self.bytes, at)
                section, = struct.unpack_from("<H", self.bytes, at + (6 if self.is_64 else 14))
                if name:
                    end = self.bytes.index(b"\0", names + name)
                    yield self.bytes[names + name:end].decode("ascii", "replace").split("@")[0], section == 0

    def asks_for(self):
        return {name for name, is_asked in self.symbols(2) if is_asked}


def programs(folder, names, is_static):
    elves = {name: Elf(os.path.join(folder, name)) for name in names if os.path.exists(os.path.join(folder, name))}
    where = "device" if is_static else "desk"
    tell("%s: %d programs are there" % (where, len(names)), [name for name in names if name not in elves])
    if not is_static:
        tell("desk: each is loaded anywhere (PIE)", [n for n, e in elves.items() if e.type != 3])
        tell("desk: all addresses are bound at the start", [n for n, e in elves.items() if not (e.dynamic().get(30, 0) & 8 or e.dynamic().get(0x6ffffffb, 0) & 1)])
    else:
        tell("device: each is static", [n for n, e in elves.items() if e.dynamic()])
    tell(where + ": what is relocated is read-only then (RELRO)", [n for n, e in elves.items() if not e.segment(0x6474e552)])
    tell(where + ": the stack holds no code", [n for n, e in elves.items() if not e.segment(0x6474e551) or e.segment(0x6474e551)[1] & 1])
    tell(where + ": no segment is written and run", [n for n, e in elves.items() if any(s[0] == 1 and s[1] & 3 == 3 for s in e.segments())])
    tell(where + ": the stack's guard is linked", [n for n, e in elves.items() if "__stack_chk_fail" not in {s for s, _ in e.symbols(2)}])
    tell(where + ": copies are bounded by the C library", [n for n, e in elves.items() if not any(s.startswith("__") and s.endswith("_chk") for s, _ in e.symbols(2))])


def objects(folder, where):
    asked = {}
    for path in sorted(glob.glob(os.path.join(folder, "obj", "firmware", "**", "*.o"), recursive=True)):
        name = os.path.relpath(path, os.path.join(folder, "obj", "firmware"))
        if os.path.exists("firmware/%s.c" % name[:-2]):  # else it was left over by an older build
            asked[name] = Elf(path).asks_for()
    rooms = {name.split("/")[0] for name in asked}
    guarded = {name.split("/")[0] for name, asks in asked.items() if "__stack_chk_fail" in asks}
    tell("%s: rooms that take bytes of others guard their stack, the engine's do not" % where,
         ["%s has no guard" % r for r in sorted(rooms - guarded - UNGUARDED)] + ["%s has one" % r for r in sorted(guarded & UNGUARDED)])
    tell("%s: of %d objects, none changes a disk but through the one table" % (where, len(asked)),
         ["%s calls %s" % (name, " ".join(sorted(asks & CHANGING))) for name, asks in asked.items() if asks & CHANGING and name not in MAY_CHANGE])
    tell("%s: nor opens a file that is no device or the kernel's" % where,
         ["%s calls %s" % (name, " ".join(sorted(asks & OPENING))) for name, asks in asked.items()
          if asks & OPENING and name.split("/")[0] in DEVICE_ROOMS and name not in MAY_OPEN])


programs(sys.argv[1], DESK, False)
objects(sys.argv[1], "desk")
if len(sys.argv) > 2 and os.path.exists(os.path.join(sys.argv[2], "kite-reader")):
    programs(sys.argv[2], DEVICE, True)
    objects(sys.argv[2], "device")
sys.exit(1 if failed else 0)
