#!/usr/bin/python3
"""Pack real documents and show a row for each: what it was taken for, time, peak memory, words, and what is in the bundle.

usage: corpus.py BUILD FILE...

Words are compared with those of `mutool draw -F txt` (package mupdf-tools) where that reads the file, else with the file itself
where it is plain text: `kept` is the part of them that the bundle has too, in the same order, notes apart from the rest; letters for words where mutool gives a text from right
to left without spaces between its words. `s` are seconds of CPU that
`kite pack --fast` takes, `x mutool` how many times those of mutool. Exit code 1 when a file cannot be packed, or loses more than 1 % of its words.
"""

import collections
import json
import os
import re
import subprocess
import sys
import tempfile
import unicodedata

LOST_MOST = 0.01
EDGE_LINES = 3  # of a page, where running heads stand
NAMED_LINES = 8  # of a page, where those stand that the report names
HEAD_PAGES_LEAST = 3
NUMBERED_LINES_LEAST = 8
UNSPACED = "\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
LIGATURES = {code + i: letters for code in (0x0b, 0x1b) for i, letters in enumerate(("ff", "fi", None, "ffi", "ffl")) if letters} | {0x1d: "fl"}  # of TeX
RIGHT_TO_LEFT_WORD_MOST = 10  # letters, in the mean
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
COLUMNS = ("file", "as", "s", "x mutool", "MB", "words in", "words out", "kept", "paragraphs", "headings", "notes", "pictures", "links", "warnings")


def words(text):
    text = unicodedata.normalize("NFKC", text.translate(LIGATURES)).replace("\u00ad", "").replace("\u0640", "").replace("\u2019", "'")
    # "word1" is a word and the mark of its note; where words have no spaces between them, each character counts
    return re.findall(rf"[{UNSPACED}]|(?:(?![{UNSPACED}])[^\W\d_])+|\d+", text.lower())


def alike(line):
    """A line with all numbers alike, so that the heads of pages are."""
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", words_of(line))


def words_of(line):
    return " ".join(words(line))


def has_joined_words(text):
    """Does a text from right to left lack the spaces between its words?"""
    found = re.findall(f"(?:{RIGHT_TO_LEFT.pattern})+", unicodedata.normalize("NFKC", text))
    return len(found) > 20 and sum(map(len, found)) > RIGHT_TO_LEFT_WORD_MOST * len(found)


def letters_apart(some):
    """Words from right to left as their letters."""
    return [part for word in some for part in (list(word) if RIGHT_TO_LEFT.search(word) else [word])]


def is_made_of(line, named):
    """Is a line some of the running heads that a report names, beside one another, and numbers?"""
    rest = f" {line} "
    for name in sorted(named, key=len, reverse=True):
        rest = rest.replace(f" {name} ", "  ") if name else rest
    return not rest.replace("#", "").strip() and bool(line)


def as_read(line):
    """A line as mutool gives those that run from right to left and were drawn from the left: as they are seen."""
    if not RIGHT_TO_LEFT.search(line):
        return line
    word = r"[^\W\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\u0660-\u0669\u06f0-\u06f9]"
    return re.sub(f"(?:{word})+(?:[ .,:/-]+(?:{word})+)*", lambda run: run[0][::-1], line[::-1])


def without_numbers(page):
    """Lines of a page without those that number them."""
    others = [line for line in page if not line.strip().isdigit()]
    return others if len(page) - len(others) >= NUMBERED_LINES_LEAST else page


def of_pages(text, report, change):
    """The words of pages, as they flow: what a line's end divides is one word. What the report says was left out is no loss: lines at the head or
    foot of a page that it names, that are numbers, or that stand there on three pages; and the numbers of lines."""
    named = {alike(name) for note in report for name in re.findall(r"running heads and page numbers of \d+ pages: (.*)", note) for name in name.split("; ")}
    has_numbers, has_heads = (any(what in note for note in report) for what in ("the numbers of lines", "running heads"))
    pages = [[change(line) for line in page.split("\n") if line.strip()] for page in text.split("\f")]
    pages = [without_numbers(page) if has_numbers else page for page in pages]
    heads = collections.Counter(alike(line) for page in pages for line in set(page[:EDGE_LINES] + page[-EDGE_LINES:]))
    kept = []
    for page in pages:
        for i, line in enumerate(page):
            same = alike(line)
            is_at_edge = i < EDGE_LINES or i >= len(page) - EDGE_LINES
            is_near_edge = i < NAMED_LINES or i >= len(page) - NAMED_LINES
            is_head = has_heads and (is_at_edge and (heads[same] >= HEAD_PAGES_LEAST or same == "#") or is_near_edge and is_made_of(same, named))
            if not is_head:
                kept.append(line)
    return words(undivided("\n".join(kept)))


def undivided(text):
    """Without hyphens, as nothing but the text itself knows which of those at line ends are its own."""
    return re.sub(r"[-\u00ad\u2010][ \t]*\n?", "", text)


def of_markdown(text, is_paged):
    """The words of what `kite text` writes, without its marks; of pages, without hyphens."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"^```pages.*?^```\n", "", text, flags=re.S | re.M)
    out, fence = [], None
    for line in text.split("\n"):
        mark = re.match(r"`{3,}", line)
        if fence:
            fence = None if line == fence else fence
            out.append("" if fence is None else line)
        elif mark:
            fence = mark[0]
        else:
            out.append(of_line(line))
    plain = "\n".join(out)
    return words(undivided(plain) if is_paged else plain)


def of_line(line):
    """A line without the marks of Markdown; `code` is as it stands."""
    out = []
    for i, part in enumerate(re.split(r"(?<!\\)(`+)(?!`)(.*?)(?<!`)\1(?!`)", line)):
        if i % 3 == 2:
            out.append(part)
        elif i % 3 == 0:
            part = re.sub(r"!\[((?:[^\]\\]|\\.)*)\]\([^)\s]*\)", "", part)
            part = re.sub(r"\]\((?:[^()\s\\]|\\.)*\)", "]", part)
            part = re.sub(r"\[\^(\d+)\]", r" \1 ", part)
            part = re.sub(r"^\s*\{[.#](?:[^}\n]*?ordinal=(\d+))?[^}\n]*\} ", r" \1 ", part)
            part = re.sub(r"(?<!\\)<[^>\n]*>|(?<!\\)\]\{[^}\n]*\}", "", part)
            part = re.sub(r"(?<!\\)(?:\*+|~~)", "", re.sub(r"\\$", "", part))
            out.append(re.sub(r"\\(.)", r"\1", part))
    return "".join(out)


def of_notes(text):
    """(the text, the notes behind it), as a bundle holds them wherever they stood."""
    at = re.search(r"^\[\^1\]: ", text, flags=re.M)
    return (text[:at.start()], text[at.start():]) if at else (text, "")


def run(command):
    """(output, seconds of CPU, peak MB, exit code)."""
    with tempfile.NamedTemporaryFile("r") as usage:
        done = subprocess.run(["/usr/bin/env", "time", "-f", "%U %S %M", "-o", usage.name] + command, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        user, system, peak = usage.read().split()[-3:]
    return done.stdout.decode("utf-8", "replace"), float(user) + float(system), int(peak) / 1024, done.returncode


def reference(path, report):
    """(lists of words, one of which is wanted, seconds of mutool or None, are they letters). report: the notes on a document of pages, else None."""
    text, took, _, code = run(["mutool", "draw", "-q", "-F", "txt", path])
    if code == 0 and text.strip():
        if report is None:
            return [words(text.replace("\f", "\n"))], took, False  # where pages end, and not TeX's "fi"
        ways = [lambda line: line] + [as_read] * bool(RIGHT_TO_LEFT.search(text))
        apart = has_joined_words(text)
        return [letters_apart(of_pages(text, report, way)) if apart else of_pages(text, report, way) for way in ways], took, apart
    if path.endswith((".txt", ".text")):
        with open(path, encoding="utf-8", errors="replace") as file:
            return [words(file.read())], None, False
    return [], None, False


def lost(wanted, got, folder):
    """Those of the wanted words that are not among those got, in order: by diff, as they may be a million."""
    names = [os.path.join(folder, name) for name in ("wanted", "got")]
    for name, some in zip(names, (wanted, got)):
        with open(name, "w", encoding="utf-8") as file:
            file.writelines(word + "\n" for word in some)
    done = subprocess.run(["diff", "--speed-large-files"] + names, stdout=subprocess.PIPE, check=False)
    return [line[2:].decode() for line in done.stdout.splitlines() if line.startswith(b"<")]


def row_of(kite, path, folder):
    """(cells, is well)."""
    bundle = os.path.join(folder, "bundle.kite")
    out, took, peak, code = run([kite, "pack", "--fast", "--json", path, "-o", bundle])
    report = json.loads(out) if out else {}
    name = os.path.basename(path)
    if code != 0:
        return [name, "-", f"{took:.1f}", "-", f"{peak:.0f}", report.get("problem", "cannot be read")], False
    document = report["documents"][0]
    is_paged = document["format"] == "PDF"
    text = run([kite, "text", bundle])[0]
    body, notes = (of_markdown(part, is_paged) for part in of_notes(text))
    ways, reference_took, are_letters = reference(path, [note["sentence"] for note in report["report"]] if is_paged else None)
    body, notes = (letters_apart(body), letters_apart(notes)) if are_letters else (body, notes)
    shares = [(1 - len(lost(lost(wanted, body, folder), notes, folder)) / max(len(wanted), 1), len(wanted)) for wanted in ways]
    share, wanted = max(shares) if shares else (None, None)
    cells = [name, document["format"], f"{took:.1f}", f"{took / max(reference_took, 0.01):.1f}" if reference_took else "-", f"{peak:.0f}",
             str(wanted) if shares else "-", str(len(body) + len(notes)), f"{100 * share:.2f} %" if shares else "-"]
    cells += [str(document[key]) for key in ("paragraphs", "headings", "notes")]
    cells += [str(report["pictures"]), str(document["links"]), str(report["warnings"])]
    return cells, share is None or share >= 1 - LOST_MOST


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    kite = os.path.join(sys.argv[1], "kite")
    rows, is_well = [list(COLUMNS)], True
    with tempfile.TemporaryDirectory() as folder:
        for path in sys.argv[2:]:
            cells, is_good = row_of(kite, path, folder)
            is_well = is_well and is_good
            rows.append(cells)
    widths = [max(len(row[i]) for row in rows if i < len(row) and (i < 5 or len(row) == len(COLUMNS))) for i in range(len(COLUMNS))]
    for row in rows:
        print("  ".join(cell.ljust(width) if i < 2 or len(row) < len(COLUMNS) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(row, widths))).rstrip())
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
