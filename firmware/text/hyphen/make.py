#!/usr/bin/python3
"""Make the hyphenation tables from pattern files.

usage: make.py PATTERNS DICTIONARIES

PATTERNS is hyph-utf8's folder `patterns/txt` (Debian: texlive-base, texlive-lang-*), DICTIONARIES the folder of
LibreOffice's patterns (Debian: hyphen-*). Writes one C file a language beside this script. README.md names every
source and licence. A pattern set becomes a trie whose equal branches are shared.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Kite's tags, file (None: by rule, below), smallest number of letters left and right (as the sources state them).
LANGUAGES = [
    (["en"], "hyph-en-us", 2, 3), (["en-GB"], "hyph-en-gb", 2, 3), (["es"], "hyph-es", 2, 2),
    (["fr"], "hyph-fr", 2, 2), (["pt"], "hyph_pt_BR.dic", 2, 2), (["it"], "hyph-it", 2, 2),
    (["de"], "hyph-de-1996", 2, 2), (["ca"], "hyph_ca_ES.dic", 2, 2), (["nl"], "hyph_nl_NL.dic", 2, 2),
    (["pl"], "hyph-pl", 2, 2), (["sv"], "hyph_sv_SE.dic", 2, 2), (["da"], "hyph-da", 2, 2),
    (["el"], "hyph_el_GR.dic", 2, 2), (["ru"], None, 2, 2), (["uk"], None, 2, 2), (["bg"], "hyph-bg", 2, 2), (["be"], "hyph-be", 2, 2),
    (["sr"], "hyph_sr_RS.dic", 2, 2), (["sr-Latn", "hr", "bs"], "hyph-hr", 2, 2), (["tr"], None, 2, 2),
    (["sl"], "hyph-sl", 2, 2), (["et"], "hyph-et", 2, 3), (["lt"], "hyph-lt", 2, 2), (["ga"], "hyph-ga", 2, 3),
    (["cy"], "hyph-cy", 2, 3), (["eu"], "hyph-eu", 2, 2), (["oc"], "hyph-oc", 2, 2), (["la"], "hyph-la", 2, 2),
]
APOSTROPHES = "'\u2019"
NONE = 0xffff  # no edge
FREE = 0xff  # a slot of no node
ONE_PAST_LETTERS = 0x80  # letters have numbers below this


def parse(pattern):
    """(letters, digits before each letter and behind the last)."""
    letters, digits = "", [0]
    for c in pattern:
        if c.isdigit():
            digits[-1] = int(c)
        else:
            letters += c
            digits.append(0)
    return letters, digits


def fixed(word):
    """A word divided by hand, as a pattern that wins over all others; "word*" begins longer words too."""
    parts = word.lower().rstrip("*").split("-")
    text, digits = "." + "".join(parts), [8] * (len("".join(parts)) + 2)
    if word.endswith("*"):
        digits[-1] = 0
    else:
        text, digits = text + ".", digits + [8]
    at = 1
    for part in parts[:-1]:
        at += len(part)
        digits[at] = 9
    return text, digits


def exceptions(tag, path):
    """The list that comes with the patterns, then Kite's own: the later one wins."""
    words = []
    theirs = path and path.replace(".pat.", ".hyp.")
    if theirs and theirs != path and os.path.exists(theirs):
        with open(theirs, encoding="utf-8") as text:
            words += text.read().split()
    with open(os.path.join(HERE, "exceptions.txt"), encoding="utf-8") as lines:
        for line in lines:
            own = line.split("#")[0].split()
            words += own[1:] if own and own[0] == tag else []
    return list(dict(fixed(w) for w in words).items())


def read(path):
    """The patterns of a file of hyph-utf8 or, with its encoding in the first line, LibreOffice."""
    with open(path, "rb") as file:
        text = file.read()
    if not path.endswith(".dic"):
        words = text.decode("utf-8").split()
    else:
        lines = text.decode(text.split()[0].decode("ascii")).split("\n")[1:]
        # Left out: options, and patterns that change the spelling at a division.
        words = [line.strip() for line in lines if not re.search(r"[A-Z%#=\s]", line.strip())]
    patterns = [parse(w) for w in words if re.search(r"\d", w)]
    return [(t, d) for t, d in patterns if t and not any(c in APOSTROPHES or c in "-\u2010·ŀ" for c in t)]


def before_consonant_and_vowel(vowels, consonants):
    """Syllables that begin with the last consonant before a vowel; the first one has a vowel too."""
    out = [(c + v, [1, 0, 0]) for c in consonants for v in vowels]
    heads = [""]
    for _ in range(3):
        heads = [h + c for h in heads for c in consonants]
        out += [("." + h + c, [0] * (len(h) + 1) + [2, 0]) for h in heads for c in consonants]
    return out


def turkish():
    """Exactly one consonant goes with the vowel behind it; two vowels are two syllables (sa-at)."""
    vowels = "aeıioöuüâîû"
    return before_consonant_and_vowel(vowels, "bcçdfgğhjklmnprsştvyz") + [(a + b, [0, 1, 0]) for a in vowels for b in vowels]


def slavic(vowels, consonants, pairs=()):
    """The rules of Russian (1956) and Ukrainian without morphology: a part has a vowel; the last consonant goes with the
    vowel behind it, over a soft sign too (се-мья); a division may follow a hard sign (объ-ект). pairs: two letters that
    stand for one consonant."""
    out = before_consonant_and_vowel(vowels, consonants)
    out += [(c + "ь" + v, [1, 0, 0, 0]) for c in consonants for v in vowels]
    out += [(pair + v, [1, 2, 0, 0]) for pair in pairs for v in vowels]
    return out + [("ъ" + v, [0, 1, 0]) for v in vowels]


def russian():
    return slavic("аеёиоуыэюя", "бвгджзйклмнпрстфхцчшщ")


def ukrainian():
    return slavic("аеєиіїоуюя", "бвгґджзйклмнпрстфхцчшщ", ("дж", "дз"))


RULES = {"ru": russian, "uk": ukrainian, "tr": turkish}


class Tables:
    def __init__(self, patterns):
        self.alphabet = sorted({c for text, _ in patterns for c in text if c != "."})
        index = {c: i + 2 for i, c in enumerate(self.alphabet)}
        index["."] = 1
        root = {}
        for text, digits in patterns:
            node = root
            for c in text:
                node = node.setdefault(index[c], {})
            node[0] = tuple(digits)
        self.pack(root)

    def pack(self, root):
        """The trie of a root, {letter: node} with a node's digits at 0, as arrays in which every edge is found by its letter."""
        self.values, self.value_at = [0], {(): 0}
        self.nodes, self.seen = [], {}
        edges = {letter: self.add(child) for letter, child in root.items() if letter}
        self.letters, self.targets, self.used, self.bases = [], [], 0, 0  # the last two: a bit for each index
        places = [None] * len(self.nodes)
        for number in sorted(range(len(self.nodes)), key=lambda n: (-len(self.nodes[n][1]), n)):
            places[number] = self.place(*self.nodes[number])
        for (value, node_edges), at in zip(self.nodes, places):
            if value:
                self.targets[at] = value
            for letter, child in node_edges:
                self.targets[at + letter] = places[child]
        self.letters += [FREE] * ONE_PAST_LETTERS  # a look behind the last node finds no edge
        self.targets += [0] * ONE_PAST_LETTERS
        self.first = [places[edges[letter]] if letter in edges else NONE for letter in range(max(edges) + 1)]
        assert max(len(self.targets), len(self.values)) < NONE and max(edges) < ONE_PAST_LETTERS

    def place(self, value, edges):
        """The first index where a node's slots are free, and that is no other node's."""
        slots = ([0] if value else []) + [letter for letter, _ in edges]
        blocked = self.bases
        for slot in slots:
            blocked |= self.used >> slot
        at = (~blocked & (blocked + 1)).bit_length() - 1
        self.bases |= 1 << at
        for slot in slots:
            self.used |= 1 << (at + slot)
        more = at + slots[-1] + 1 - len(self.letters)
        self.letters += [FREE] * more
        self.targets += [0] * more
        for slot in slots:
            self.letters[at + slot] = slot
        return at

    def value(self, digits):
        """Digits without the zeros at the end: their number, then they."""
        digits = list(digits)
        while digits and digits[-1] == 0:
            digits.pop()
        key = tuple(digits)
        if key not in self.value_at:
            self.value_at[key] = len(self.values)
            self.values += [len(digits)] + digits
        return self.value_at[key]

    def add(self, node):
        """The number of a node: (value, edges to numbers of nodes). Equal ones are one."""
        edges = tuple((letter, self.add(child)) for letter, child in sorted(node.items()) if letter)
        key = (self.value(node.get(0, ())), edges)
        if key not in self.seen:
            self.seen[key] = len(self.nodes)
            self.nodes.append(key)
        return self.seen[key]


def rows(numbers, form, per_line):
    texts = [form % n for n in numbers]
    return "\n".join("    " + " ".join(t + "," for t in texts[i:i + per_line]) for i in range(0, len(texts), per_line))


def letters(alphabet):
    """Letter numbers of a to z, and (code point, number) of all others, in order; capitals with bit 8 set."""
    number = {ord(c): i + 2 for i, c in enumerate(alphabet)}
    ascii_numbers = [number.get(c, 0) for c in range(ord("a"), ord("z") + 1)]
    out = {c: n for c, n in number.items() if c > 0x7f}
    for i, c in enumerate(alphabet):
        if len(c.upper()) == 1 and c.upper() != c and ord(c.upper()) > 0x7f:
            out[ord(c.upper())] = (i + 2) | 0x100
    if "ı" in alphabet:
        out[ord("İ")] = number[ord("i")] | 0x100
    return ascii_numbers, sorted(out.items())


def write(tag, name, t, left, right):
    ident = tag.replace("-", "_").lower()
    ascii_numbers, pairs = letters(t.alphabet)
    with open(os.path.join(HERE, "hyphen_%s.c" % ident), "w", encoding="utf-8") as out:
        out.write('/* Hyphenation patterns of "%s" (%s). Made by make.py; see README.md. */\n' % (tag, name))
        out.write('#include "text/hyphen/tables.h"\n\n')
        for kind, array, numbers, per_line in (("uint16_t", "first", t.first, 16), ("uint8_t", "letters", t.letters, 28),
                                               ("uint16_t", "targets", t.targets, 18), ("uint8_t", "values", t.values, 32)):
            out.write("static const %s %s[] = {\n%s\n};\n\n" % (kind, array, rows(numbers, "%d", per_line)))
        if pairs:
            out.write("static const struct kite_hyphen_letter others[] = {\n%s\n};\n\n" % rows(pairs, "{ 0x%x, 0x%x }", 7))
        out.write("const struct kite_hyphen_table kite_hyphen_%s = {\n" % ident)
        out.write("    %d, %d, %d,\n    { %s },\n" % (left, right, len(pairs), ", ".join(map(str, ascii_numbers))))
        out.write("    %s, first, letters, targets, values\n};\n" % ("others" if pairs else "NULL"))
    size = 3 * len(t.targets) + len(t.values) + 2 * len(t.first) + 4 * len(pairs) + 72
    print("%-8s %6d bytes" % (tag, size))
    return ident, size


def notice(path):
    """Title, copyright and licence at the head of hyph-utf8's TeX file of the same name."""
    source = path.replace("/txt/", "/tex/").replace(".pat.txt", ".tex")
    head, is_kept = [], True
    with open(source, encoding="utf-8") as lines:
        for line in lines:
            if not line.startswith("%") or line.startswith("% ====="):
                break
            if re.match(r"% ?\w", line):  # a key; what belongs to it is indented
                is_kept = not re.match(r"% ?(hyphenmins|changes|texlive)", line)
            if is_kept:
                head.append(line[1:].rstrip())
    return "\n".join(line[1:] if line.startswith(" ") else line for line in head).strip()


def main():
    patterns, dictionaries = sys.argv[1:]
    languages, notices, total = [], [], 0
    for tags, name, left, right in LANGUAGES:
        path = name and (os.path.join(dictionaries, name) if name.endswith(".dic")
                         else os.path.join(patterns, name + ".pat.txt"))
        found = read(path) if path else RULES[tags[0]]()
        ident, size = write(tags[0], name or "a rule", Tables(found + exceptions(tags[0], path)), left, right)
        languages += [(tag, ident) for tag in tags]
        notices += [notice(path)] if path and not path.endswith(".dic") else []
        total += size
    with open(os.path.join(HERE, "NOTICES.txt"), "w", encoding="utf-8") as out:
        out.write("Notices of the pattern files of hyph-utf8. Kite's tables are made from the patterns: they are changed in form,\n"
                  "and by Kite's exceptions. README.md has the other sources.\n\n")
        out.write(("\n\n" + "-" * 80 + "\n\n").join(notices) + "\n")
    with open(os.path.join(HERE, "tables.c"), "w", encoding="utf-8") as out:
        out.write('/* The languages with patterns. Made by make.py. */\n#include "text/hyphen/tables.h"\n\n')
        for ident in dict.fromkeys(ident for _, ident in languages):
            out.write("extern const struct kite_hyphen_table kite_hyphen_%s;\n" % ident)
        out.write("\nconst struct kite_hyphen_language kite_hyphen_languages[] = {\n")
        for tag, ident in languages:
            number = int.from_bytes(tag.encode("ascii"), "little")
            out.write("    { 0x%x, &kite_hyphen_%s }, /* %s */\n" % (number, ident, tag))
        out.write("};\nconst size_t kite_hyphen_language_count = sizeof kite_hyphen_languages / "
                  "sizeof *kite_hyphen_languages;\n")
    print("%d bytes of tables" % total)


main()
