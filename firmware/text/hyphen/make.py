#!/usr/bin/python3
"""Make the hyphenation tables from pattern files.

usage: make.py PATTERNS PT_BR_DIC

PATTERNS is hyph-utf8's folder `patterns/txt` (Debian: texlive-base, texlive-lang-*), PT_BR_DIC is
hyph_pt_BR.dic (Debian: hyphen-pt-br). Writes one C file a language beside this script. README.md names every
source and licence. A pattern set becomes a trie whose equal branches are shared.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Kite's tag, file, smallest number of letters left and right (as hyph-utf8 states them).
LANGUAGES = [
    ("en", "en-us", 2, 3), ("en-GB", "en-gb", 2, 3), ("es", "es", 2, 2), ("fr", "fr", 2, 2), ("pt", None, 2, 2),
    ("it", "it", 2, 2), ("de", "de-1996", 2, 2), ("da", "da", 2, 2), ("pl", "pl", 2, 2), ("sl", "sl", 2, 2),
    ("et", "et", 2, 3), ("lt", "lt", 2, 2), ("cy", "cy", 2, 3), ("oc", "oc", 2, 2), ("la", "la", 2, 2),
]
APOSTROPHES = "'\u2019"


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


def exceptions(tag):
    """Words divided by hand, as patterns that win over all others."""
    out = []
    with open(os.path.join(HERE, "exceptions.txt"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split("#")[0].split()
            for word in words[1:] if words and words[0] == tag else []:
                parts = word.lower().split("-")
                text, digits = "." + "".join(parts) + ".", [8] * (len("".join(parts)) + 3)
                at = 1
                for part in parts[:-1]:
                    at += len(part)
                    digits[at] = 9
                out.append((text, digits))
    return out


def read(tag, path):
    with open(path, encoding="utf-8") as text:
        words = text.read().split()
    if path.endswith(".dic"):
        words = [w for w in words if re.search(r"\d", w) and w not in ("2", "3") and "=" not in w and w != "UTF-8"]
    patterns = [parse(w) for w in words]
    patterns = [(t, d) for t, d in patterns if not any(c in APOSTROPHES or c == "-" for c in t)]
    return patterns + exceptions(tag)


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
        self.values, self.value_at = [0], {(): 0}
        self.trie, self.seen = [], {}
        self.root = self.add(root)

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
        edges = tuple((letter, self.add(child)) for letter, child in sorted(node.items()) if letter)
        key = (self.value(node.get(0, ())), edges)
        if key not in self.seen:
            self.seen[key] = len(self.trie)
            self.trie.append(key[0] << 8 | len(edges))
            self.trie += [child << 8 | letter for letter, child in edges]
        return self.seen[key]


def rows(numbers, form, per_line):
    texts = [form % n for n in numbers]
    return "\n".join("    " + " ".join(t + "," for t in texts[i:i + per_line]) for i in range(0, len(texts), per_line))


def letters(alphabet):
    """(code point, letter number) of lower case, and of upper case with bit 8 set, in order."""
    out = {}
    for i, c in enumerate(alphabet):
        out[ord(c)] = i + 2
        if len(c.upper()) == 1 and c.upper() != c:
            out[ord(c.upper())] = (i + 2) | 0x100
    return sorted(out.items())


def write(tag, name, t, left, right):
    ident = tag.replace("-", "_").lower()
    pairs = letters(t.alphabet)
    with open(os.path.join(HERE, "hyphen_%s.c" % ident), "w", encoding="utf-8") as out:
        out.write('/* Hyphenation patterns of "%s" (%s). Made by make.py; see README.md. */\n' % (tag, name))
        out.write('#include "text/hyphen/tables.h"\n\n')
        out.write("static const uint32_t trie[] = {\n%s\n};\n\n" % rows(t.trie, "0x%x", 11))
        out.write("static const uint8_t values[] = {\n%s\n};\n\n" % rows(t.values, "%d", 32))
        out.write("static const struct kite_hyphen_letter letters[] = {\n%s\n};\n\n"
                  % rows(pairs, "{ 0x%x, 0x%x }", 7))
        out.write("const struct kite_hyphen_table kite_hyphen_%s = {\n    %d, %d, %d, %d, letters, trie, values\n};\n"
                  % (ident, left, right, len(pairs), t.root))
    print("%-6s %6d nodes+edges %6d value bytes" % (tag, len(t.trie), len(t.values)))
    return ident, 4 * len(t.trie) + len(t.values)


def main():
    folder, dic = sys.argv[1:]
    idents, total = [], 0
    for tag, name, left, right in LANGUAGES:
        path = os.path.join(folder, "hyph-%s.pat.txt" % name) if name else dic
        ident, size = write(tag, name or "pt_BR", Tables(read(tag, path)), left, right)
        idents.append((tag, ident))
        total += size
    with open(os.path.join(HERE, "tables.c"), "w", encoding="utf-8") as out:
        out.write('/* The languages with patterns. Made by make.py. */\n#include "text/hyphen/tables.h"\n\n')
        for _, ident in idents:
            out.write("extern const struct kite_hyphen_table kite_hyphen_%s;\n" % ident)
        out.write("\nconst struct kite_hyphen_language kite_hyphen_languages[] = {\n")
        for tag, ident in idents:
            out.write('    { "%s", &kite_hyphen_%s },\n' % (tag, ident))
        out.write("};\nconst size_t kite_hyphen_language_count = sizeof kite_hyphen_languages / "
                  "sizeof *kite_hyphen_languages;\n")
    print("%d bytes of tables" % total)


main()
