#!/usr/bin/python3
"""Make the firmware image of a board: initramfs, slot, disk and update file.

usage: image.py OUT --board NAME --version VERSION --programs DIR --kernel DIR --fonts DIR --books DIR --languages DIR [--key FILE.pub]

OUT gets initramfs.gz, slot.squashfs, inbox.fat, data.ext4, disk.img and kite-VERSION-BOARD.update. The same inputs give
the same bytes: names are sorted, everything belongs to root, times are SOURCE_DATE_EPOCH, identifiers are fixed.
"""

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EPOCH = os.environ.get("SOURCE_DATE_EPOCH", "315532800")  # 1980-01-01, as early as FAT can say
MIB = 1 << 20
SECTOR = 512
UPDATE_HEADER_BYTES = 4096

# (name, MiB, type by GPT); the first starts at 1 MiB.
PARTITIONS = [
    ("boot", 1, "3DE21764-95BD-54BD-A5C3-4ABE786F38A8"),
    ("slot-a", 24, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    ("slot-b", 24, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
    ("inbox", 64, "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"),
    ("data", 128, "0FC63DAF-8483-4772-8E79-3D69D8477DE4"),
]
DISK_ID = "4B495445-0000-4000-8000-000000000000"  # partition N has N as its last digit


def run(*command, **more):
    environment = dict(os.environ, SOURCE_DATE_EPOCH=EPOCH, E2FSPROGS_FAKE_TIME=EPOCH, LC_ALL="C",
                       PATH=os.environ["PATH"] + ":/usr/sbin:/sbin")
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **more)
    if done.returncode:
        sys.exit("image.py: %s: %s" % (command[0], done.stdout))
    return done.stdout


# ---- modules ------------------------------------------------------------------------------------------

def wanted_modules(board, place):
    with open(os.path.join(HERE, board + ".modules"), encoding="ascii") as lines:
        return [word for line in lines if line.split()[:1] == [place] for word in line.split()[1:]]


def module_files(kernel, names):
    """Paths in the order of loading."""
    with open(os.path.join(kernel, "version"), encoding="ascii") as line:
        version = line.read().strip()
    files = []
    for name in names:
        shown = run("modprobe", "-d", os.path.join(kernel, "modules"), "-S", version, "--show-depends", name)
        files += [line.split()[1] for line in shown.splitlines() if line.startswith("insmod ")]
    return list(dict.fromkeys(files))


def put_modules(files, folder):
    os.makedirs(folder)
    for path in files:
        shutil.copyfile(path, os.path.join(folder, os.path.basename(path)))
    with open(os.path.join(folder, "load"), "w", encoding="ascii") as load:
        load.writelines(os.path.basename(path) + "\n" for path in files)


# ---- initramfs ----------------------------------------------------------------------------------------

def cpio_entry(name, mode, content, number):
    fields = [number, mode, 0, 0, 1, int(EPOCH), len(content), 0, 0, 0, 0, len(name) + 1, 0]
    entry = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    entry += b"\0" * (-len(entry) % 4) + content
    return entry + b"\0" * (-len(entry) % 4)


def cpio(folder):
    """A folder as an initramfs, not compressed."""
    out, number = b"", 1
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(folders + files):
            path = os.path.join(parent, name)
            inside = os.path.relpath(path, folder)
            if os.path.isdir(path):
                out += cpio_entry(inside, 0o040755, b"", number)
            else:
                with open(path, "rb") as file:
                    out += cpio_entry(inside, 0o100755 if os.access(path, os.X_OK) else 0o100644, file.read(), number)
            number += 1
    out += cpio_entry("TRAILER!!!", 0, b"", 0)
    return out + b"\0" * (-len(out) % SECTOR)


def write_initramfs(folder, path):
    with open(path, "wb") as out:
        out.write(gzip.compress(cpio(folder), 9, mtime=0))


# ---- the slot -----------------------------------------------------------------------------------------

def stage_slot(folder, options):
    os.makedirs(folder)
    for program in ("kite-reader", "kite-press"):
        shutil.copy(os.path.join(options.programs, program), folder)
    for place, source, endings in (("fonts", options.fonts, (".ttf", ".otf")), ("books", options.books, (".kite",)),
                                   ("languages", options.languages, (".lm", "fpdb.conf"))):
        os.makedirs(os.path.join(folder, place))
        for name in sorted(os.listdir(source)):
            if name.endswith(endings):
                shutil.copyfile(os.path.join(source, name), os.path.join(folder, place, name))
    shutil.copytree(os.path.join(options.fonts, "licenses"), os.path.join(folder, "fonts", "licenses"))
    for place, name in (("slot", "modules"), ("display", "modules/display")):
        put_modules(module_files(options.kernel, wanted_modules(options.board, place)), os.path.join(folder, name))
    if options.key:
        os.makedirs(os.path.join(folder, "keys"))
        shutil.copyfile(options.key, os.path.join(folder, "keys", "makers.pub"))
    with open(os.path.join(folder, "board"), "w", encoding="ascii") as board:
        board.write(options.board + "\n")


def write_squashfs(folder, path):
    if os.path.exists(path):
        os.remove(path)
    run("mksquashfs", folder, path, "-all-root", "-no-xattrs", "-comp", "xz", "-b", "128K", "-no-progress", "-quiet")


def write_update(path, board, version, slot):
    with open(slot, "rb") as file:
        image = file.read()
    header = ("Kite update 1. Put this file on a USB stick, the stick into the reader, and follow the screen.\n"
              "version: %s\nboard: %s\nbytes: %d\nhash: %s\n"
              % (version, board, len(image), hashlib.blake2b(image, digest_size=32).hexdigest())).encode()
    with open(path, "wb") as out:
        out.write(header.ljust(UPDATE_HEADER_BYTES, b"\0") + image)


# ---- the disk -----------------------------------------------------------------------------------------

def make_empty(path, mib):
    with open(path, "wb") as out:
        out.truncate(mib * MIB)


def copy_sparse(source, out, offset):
    with open(source, "rb") as file:
        while chunk := file.read(MIB):
            if chunk.strip(b"\0"):
                out.seek(offset)
                out.write(chunk)
            offset += len(chunk)


def write_disk(path, contents):
    at, lines = MIB // SECTOR, ["label: gpt", "label-id: " + DISK_ID, "unit: sectors", "first-lba: 34"]
    starts = {}
    for number, (name, mib, kind) in enumerate(PARTITIONS, 1):
        lines.append("start=%d, size=%d, type=%s, uuid=%s%d, name=%s"
                     % (at, mib * MIB // SECTOR, kind, DISK_ID[:-1], number, name))
        starts[name] = at * SECTOR
        at += mib * MIB // SECTOR
    make_empty(path, at * SECTOR // MIB + 1)
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", path, input="\n".join(lines) + "\n")
    with open(path, "r+b") as out:
        for name, content in contents.items():
            copy_sparse(content, out, starts[name])


def write_file_systems(out):
    sizes = {name: mib for name, mib, kind in PARTITIONS}
    inbox, data = os.path.join(out, "inbox.fat"), os.path.join(out, "data.ext4")
    make_empty(inbox, sizes["inbox"])
    run("mkfs.fat", "--invariant", "-F", "32", "-n", "KITE", inbox)
    make_empty(data, sizes["data"])
    # No checksums of its own: the kernel refuses to mount what it can mend, when power failed between two sectors of the
    # superblock or of a journal's commit block.
    run("mke2fs", "-q", "-t", "ext4", "-O", "^metadata_csum", "-m", "0", "-L", "kite-data", "-U", DISK_ID,
        "-E", "hash_seed=%s,lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0" % DISK_ID, data)
    return inbox, data


# ---- all of it ----------------------------------------------------------------------------------------

def make_image(options):
    out = options.out
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(os.path.join(out, "root"))
    shutil.copy(os.path.join(options.programs, "kite-boot"), os.path.join(out, "root", "init"))
    put_modules(module_files(options.kernel, wanted_modules(options.board, "initramfs")), os.path.join(out, "root", "modules"))
    write_initramfs(os.path.join(out, "root"), os.path.join(out, "initramfs.gz"))
    slot = os.path.join(out, "slot.squashfs")
    stage_slot(os.path.join(out, "slot"), options)
    write_squashfs(os.path.join(out, "slot"), slot)
    if os.path.getsize(slot) > dict((name, mib) for name, mib, kind in PARTITIONS)["slot-a"] * MIB:
        sys.exit("image.py: the slot image is larger than a slot")
    write_update(os.path.join(out, "kite-%s-%s.update" % (options.version, options.board)), options.board,
                 options.version, slot)
    inbox, data = write_file_systems(out)
    write_disk(os.path.join(out, "disk.img"), {"slot-a": slot, "inbox": inbox, "data": data})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    for name in ("board", "version", "programs", "kernel", "fonts", "books", "languages"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--key", help="by which updates must be signed from then on")
    make_image(parser.parse_args())


if __name__ == "__main__":
    main()
