#!/usr/bin/python3
"""Feed damaged documents to `kite pack` and see that each ends well.

usage: mutate.py BUILD [--runs N] [--cuts N] [--seed N] [--jobs N] [--formats A,B] [FILE...]

Cuts are fed to the program itself; mutations to BUILD/feed, one process (--jobs: several) that packs one after the other in the same way, each
in a sandbox of its own: most of what a run of the program costs is its start.

Without FILE, the documents are those that tests/press/formats.py and paged.py make, one or more for each format. Each is first cut at every
hundredth of its length (--cuts 20: at every twentieth), then mutated --runs times (200 unless given), each mutation from its number and --seed
alone: bytes and bits, stretches removed, repeated, moved, numbers set to what breaks arithmetic, words exchanged for others of the same format; in
ZIP files one time in two inside a member, which is then packed anew with the right sums.

Each must end, by itself, within 10 s of CPU and the 512 MB of the sandbox; with exit code 0 and a bundle, or with 1 and one message and no bundle; and the folder
that it ran in must hold nothing else. A row for each format says how many were packed and refused, how often what reads it in the sandbox crashed
or ran out of time (which the parent survives; it is counted, and fails the run all the same unless --bears-crashes), the longest time and the most memory.
Files that failed are kept in BUILD/mutated, with the command that shows it. Exit code 1 when there is one.

For other scripts: `Kite(build).feed(path)` packs one file under these rules and gives an Outcome; hostile.py uses it.
"""

import argparse
import concurrent.futures
import dataclasses
import io
import os
import pathlib
import queue
import random
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import warnings
import zipfile

warnings.filterwarnings("ignore", "Duplicate name")  # which is what they are for
CPU_S_MOST = 10
WALL_S_MOST = 300  # for a machine that has other work
MB_MOST = 512
CRASHED = ("what reads it crashed", "led astray", "took too long", "takes too long")
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "press"))


# ---- one file -------------------------------------------------------------------------------------------------------

@dataclasses.dataclass
class Outcome:
    is_packed: bool
    message: str  # all that was said
    wrong: str  # "" when it ended as it must
    cpu_s: float
    mb: float
    has_crashed: bool = False  # in the sandbox


def is_sanitized(program):
    """No sanitizer bears a bound on memory, and all take several times as long."""
    return b"__asan_init" in pathlib.Path(program).read_bytes()


class Kite:
    def __init__(self, build):
        self.program = str(pathlib.Path(build).absolute() / "kite")
        self.is_sanitized = is_sanitized(self.program)

    def feed(self, path, options=()):
        """Pack one file in a folder of its own."""
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen([self.program, "pack", "--fast", *options, str(path), "-o", "out.kite"], cwd=folder, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limit)
            message, status, usage = wait(process)
            left = sorted(os.listdir(folder))
        cpu_s, mb = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        return Outcome(left == ["out.kite"], message, self.judge(status, message, left, cpu_s, mb), cpu_s, mb,
                       status == 1 and any(words in message for words in CRASHED))

    def judge(self, status, message, left, cpu_s, mb):
        if status < 0:
            return f"ended by signal {-status}"
        if status not in (0, 1):
            return f"exit code {status}"
        if left != (["out.kite"] if status == 0 else []):
            return f"exit code {status}, and its folder holds {left}"
        if status == 1 and sum(line.startswith("kite pack: ") for line in message.splitlines()) != 1:
            return "refused, and not with one message"
        if cpu_s > CPU_S_MOST * (5 if self.is_sanitized else 1):
            return f"took {cpu_s:.1f} s of CPU"
        if mb > MB_MOST and not self.is_sanitized:
            return f"took {mb:.0f} MB"
        return ""


def limit():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def wait(process):
    """(what it said, exit code, what it and its children used)."""
    timer = concurrent.futures.ThreadPoolExecutor(1)
    said = timer.submit(process.stderr.read)
    try:
        message = said.result(WALL_S_MOST)
    except concurrent.futures.TimeoutError:
        process.kill()
        message = said.result()
    timer.shutdown()
    process.stderr.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return message.decode("utf-8", "replace"), process.returncode, usage


class Feed:
    """BUILD/feed, started again when it was ended."""

    def __init__(self, kite, build):
        self.kite, self.program, self.process = kite, str(pathlib.Path(build).absolute() / "feed"), None
        self.folder = tempfile.TemporaryDirectory()

    def feed(self, path):
        """As Kite.feed. The memory is that of the largest document so far."""
        if not self.process:
            self.process = subprocess.Popen([self.program], cwd=self.folder.name, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
                                            errors="replace", preexec_fn=limit)
        timer = threading.Timer(WALL_S_MOST, self.process.kill)
        timer.start()
        try:
            self.process.stdin.write(f"{path}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().rstrip("\n").split("\t")
        except BrokenPipeError:
            answer = []
        timer.cancel()
        left = os.listdir(self.folder.name)
        if len(answer) != 4:
            return Outcome(False, "", f"ended with {self.end()}", 0, 0)
        (result, ms, kb, message), is_packed = answer, answer[0] == "packed"
        cpu_s, mb = int(ms) / 1000, int(kb) / 1024
        if mb > MB_MOST:
            self.end()
        wrong = f"its folder holds {left}" if left else self.kite.judge(0 if is_packed else 1, f"kite pack: {message}" if message else "", ["out.kite"] if is_packed else [],
                                                                        cpu_s, mb)
        return Outcome(is_packed, message, wrong, cpu_s, mb, any(words in message for words in CRASHED))

    def end(self):
        """Its exit code."""
        process, self.process = self.process, None
        if not process:
            return 0
        process.stdin.close()
        process.stdout.close()
        return process.wait()


# ---- mutations ------------------------------------------------------------------------------------------------------

NUMBERS = (0, 1, -1, 2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 99999999, 2147483647, 2147483648, 4294967295, 4294967296, 10**18, 10**30)


def stretch(r, data, longest=64):
    """(from, to) of some of the bytes, mostly few."""
    start = r.randrange(len(data) + 1)
    return start, min(len(data), start + 1 + int(r.random() ** 3 * longest))


def set_byte(r, data, other):
    for _ in range(r.choice((1, 1, 2, 4, 16))):
        at = r.randrange(len(data))
        data[at] = r.choice((0, 0xff, 0x7f, 0x80, data[at] ^ 1 << r.randrange(8), r.randrange(256)))


def remove(r, data, other):
    start, end = stretch(r, data, r.choice((4, 64, 4096)))
    del data[start:end]


def repeat(r, data, other):
    start, end = stretch(r, data, r.choice((4, 64, 1024)))
    data[start:end] = bytes(data[start:end]) * r.choice((2, 3, 10, 200 if end - start < 100 else 20))


def move(r, data, other):
    start, end = stretch(r, data, 512)
    piece = bytes(data[start:end])
    at = r.randrange(len(data) + 1)
    data[at:at if r.random() < 0.5 else at + len(piece)] = piece


def splice(r, data, other):
    start, end = stretch(r, other, r.choice((64, 1024, len(other) + 1)))
    at = r.randrange(len(data) + 1)
    data[at:at + r.choice((0, end - start))] = other[start:end]


def set_binary(r, data, other):
    form = r.choice("BHIQ")
    value = struct.pack(r.choice("<>") + form, r.choice(NUMBERS) & (1 << 8 * struct.calcsize("<" + form)) - 1)
    at = r.randrange(len(data))
    data[at:at + len(value)] = value


def some_match(r, pattern, data):
    """One of those near a place by chance: files may be long."""
    at = r.randrange(len(data))
    found = [m for m in re.finditer(pattern, bytes(data[at:at + 2000]))]
    return (at, r.choice(found)) if found else (at, None)


def set_number(r, data, other):
    at, found = some_match(r, rb"-?\d+", data)
    if found:
        data[at + found.start():at + found.end()] = str(r.choice(NUMBERS)).encode()


def set_word(r, data, other):
    at, found = some_match(r, rb"[A-Za-z][\w:.-]+", data)
    _, word = some_match(r, rb"[A-Za-z][\w:.-]+", other)
    if found and word:
        data[at + found.start():at + found.end()] = word[0]


def nest(r, data, other):
    """Something between brackets, in itself, many times over."""
    at, found = some_match(r, rb"<[^<>]{1,80}>|<<|\[|\(|\{|q\n", data)
    if found:
        data[at + found.end():at + found.end()] = found[0] * r.choice((10, 300, 5000))


MUTATIONS = (set_byte, set_byte, remove, repeat, move, splice, set_binary, set_number, set_number, set_word, nest)


def mutate_bytes(r, data, other):
    data = bytearray(data)
    for _ in range(r.choice((1, 1, 1, 2, 3, 8))):
        if data:
            r.choice(MUTATIONS)(r, data, other or data)
    return bytes(data)


def mutate_member(r, data):
    """A ZIP file with one member changed, renamed, twice or not at all in it; itself when it is none."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        members = [(i.filename, old.read(i), i.compress_type) for i in old.infolist()]
        at = r.randrange(len(members))
        name, content, method = members[at]
        way = r.random()
        if way < 0.8:
            members[at] = (name, mutate_bytes(r, content, r.choice(members)[1]), method)
        elif way < 0.87:
            members[at] = (mutate_bytes(r, name.encode(), b"../../\\\0/").decode("utf-8", "replace") or "x", content, method)
        elif way < 0.94:
            members.append((name, mutate_bytes(r, content, content), method))
        else:
            del members[at]
        for name, content, method in members:
            try:
                new.writestr(zipfile.ZipInfo(name), content, method)
            except UnicodeEncodeError:
                new.writestr("x", content, method)
    return out.getvalue()


def mutate(number, seed, data, other):
    r = random.Random(f"{seed}/{number}")
    if data[:4] == b"PK\3\4" and r.random() < 0.5:
        return mutate_member(r, data)
    return mutate_bytes(r, data, other)


# ---- formats --------------------------------------------------------------------------------------------------------

def made_documents(folder, build):
    import fonts
    import formats
    import paged
    formats.write_all(folder)
    fonts.epub(folder / "letters.epub", {"f.ttf": fonts.font()})
    paged.write_all(folder, build)
    return sorted(folder.iterdir())


def by_format(paths):
    """Files of one ending are of one format."""
    out = {}
    for path in paths:
        if path.is_file():
            out.setdefault(path.suffix[1:].lower(), []).append(path)
    return out


@dataclasses.dataclass
class Row:
    packed: int = 0
    refused: int = 0
    crashed: int = 0
    wrong: int = 0
    cpu_s: float = 0
    mb: float = 0

    def add(self, outcome):
        self.packed += outcome.is_packed
        self.refused += not outcome.is_packed
        self.crashed += outcome.has_crashed
        self.wrong += bool(outcome.wrong)
        self.cpu_s = max(self.cpu_s, outcome.cpu_s)
        self.mb = max(self.mb, outcome.mb)


def damaged(paths, options):
    """(what it is called, bytes, is it a cut) for each cut and mutation, in turn from all files of a format."""
    files = [path.read_bytes() for path in paths]
    for path, data in zip(paths, files):
        for i in range(options.cuts):
            yield f"{path.stem}-cut-{i}{path.suffix}", data[:len(data) * i // options.cuts], True
    for number in range(options.runs):
        at = number % len(files)
        data = mutate(number, f"{options.seed}/{paths[at].name}", files[at], files[(at + 1) % len(files)])
        yield f"{paths[at].stem}-{options.seed}-{number}{paths[at].suffix}", data, False


def feed_bytes(kite, feeds, name, data, is_cut, folder):
    path = folder / name
    path.write_bytes(data)
    if is_cut:
        return path, kite.feed(path)
    feed = feeds.get()
    outcome = feed.feed(path)
    feeds.put(feed)
    return path, outcome


def run_format(kite, feeds, paths, options, kept, pool):
    row, running = Row(), []

    def take():
        path, outcome = running.pop(0).result()
        row.add(outcome)
        if outcome.wrong or (outcome.has_crashed and not options.bears_crashes):
            kept.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, kept)
            print(f"{outcome.wrong or outcome.message.splitlines()[-1]}:\n  {kite.program} pack --fast {kept / path.name} -o /tmp/out.kite", flush=True)
        path.unlink()

    with tempfile.TemporaryDirectory() as folder:
        for name, data, is_cut in damaged(paths, options):
            running.append(pool.submit(feed_bytes, kite, feeds, name, data, is_cut, pathlib.Path(folder)))
            if len(running) > 4 * options.jobs:
                take()
        while running:
            take()
    return row


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n", 1)[1].removeprefix("usage: "))
    parser.add_argument("build", type=pathlib.Path)
    for name, usual in (("runs", 200), ("cuts", 100), ("seed", 1), ("jobs", 2)):
        parser.add_argument("--" + name, type=int, default=usual)
    parser.add_argument("--formats", default="")
    parser.add_argument("--bears-crashes", action="store_true")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_intermixed_args()
    kite, feeds, is_well = Kite(options.build), queue.SimpleQueue(), True
    for _ in range(options.jobs):
        feeds.put(Feed(kite, options.build))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        formats = by_format(options.files or made_documents(pathlib.Path(folder), options.build))
        print("format   packed  refused  crashed  wrong  longest s  most MB")
        for name, paths in formats.items():
            if options.formats and name not in options.formats.split(","):
                continue
            row = run_format(kite, feeds, paths, options, options.build.absolute() / "mutated", pool)
            print(f"{name:7} {row.packed:7} {row.refused:8} {row.crashed:8} {row.wrong:6} {row.cpu_s:10.1f} {row.mb:8.0f}", flush=True)
            is_well = is_well and row.wrong == 0 and (row.crashed == 0 or options.bears_crashes)
    while not feeds.empty():
        code = feeds.get().end()
        if code != 0:
            print(f"feed ended with exit code {code}")
            is_well = False
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
