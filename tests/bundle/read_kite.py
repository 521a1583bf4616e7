#!/usr/bin/python3
"""Print the text of a bundle, paragraph by paragraph, each ended by an empty line. Made from FORMAT.md alone, with nothing but
the standard library, so that the document is known to be enough.

usage: read_kite.py LEXICONS BUNDLE   LEXICONS: the folder of the resident lexicons' C files

All hashes are checked, and that the index agrees with itself.
"""

import ast
import bisect
import hashlib
import os
import re
import sys
import zlib

LEAF_BLOCKS = 64
TABLES = ["blocks", "contents", "notes", "links", "ids", "pictures"]
CLOSES = set(",.;:!?)]}-/%\n\t \u00a0\u202f»‐–—’”…")
OPENS = set("([{-/\n\t \u00a0\u202f¡«¿‐–—‘“„")


class Broken(Exception):
    pass


def must(claim, what):
    if not claim:
        raise Broken(what)


def blake(data, size):
    return hashlib.blake2b(data, digest_size=size).digest()


class Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        must(count <= len(self.data) - self.at, "bytes are missing")
        self.at += count
        return self.data[self.at - count:self.at]

    def u8(self):
        return self.take(1)[0]

    def u16(self):
        return int.from_bytes(self.take(2), "little")

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def varint(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                must((byte or shift == 7) and shift <= 35 and value < 1 << 32, "a varint")
                return value

    def string(self):
        end = self.data.index(b"\0", self.at)
        text = self.take(end - self.at).decode()
        self.at += 1
        must(len(text.encode()) <= 1024 and all(c >= " " and c != "\x7f" for c in text), "a string")
        return text

    def is_end(self):
        return self.at == len(self.data)


def inflate(stored, count):
    stream = zlib.decompressobj(-15)
    out = stream.decompress(stored)
    must(stream.eof and not stream.unused_data and len(out) == count, "raw deflate")
    return out


# ---- the file, META, the tables ----------------------------------------------------------------------


def metas(meta):
    out = {}
    while True:
        key = meta.varint()
        if key == 0:
            return out
        out[key] = meta.string()


class Bundle:
    def __init__(self, data, lexicons):
        self.data = data
        chunks = self.read_chunks()
        at, count = chunks["META"]
        self.read_meta(Bytes(inflate(data[at + 4:at + count], int.from_bytes(data[at:at + 4], "little"))), lexicons)
        self.read_pages(chunks)
        self.read_fonts(chunks)
        self.read_blocks(chunks)

    def read_pages(self, chunks):
        for d in self.documents:
            d["pages"], d["opens pages"] = [], 0
        if "page" not in chunks:
            return
        at, count = chunks["page"]
        pages = Bytes(inflate(self.data[at + 4:at + count], int.from_bytes(self.data[at:at + 4], "little")))
        for d in self.documents:
            place = (0, 0)
            for i in range(pages.varint()):
                if i == 0:
                    d["opens pages"] = pages.u8()
                before, place = place, (place[0] + pages.varint(), pages.varint())
                picture, label = pages.varint(), pages.string()
                must(before <= place and place[0] < d["paragraphs"] and place[1] <= 32768, "a page's place")
                must(picture <= self.picture_count, "a page's picture")
                d["pages"].append((place, picture, label))
            must(d["opens pages"] < 2, "how pages are opened")

    def read_fonts(self, chunks):
        self.fonts = []
        if "font" not in chunks:
            return
        at, count = chunks["font"]
        fonts = Bytes(inflate(self.data[at + 4:at + count], int.from_bytes(self.data[at:at + 4], "little")))
        for _ in range(fonts.u8()):
            self.fonts.append(fonts.take(fonts.varint()))
        must(0 < len(self.fonts) <= 4 and all(f[:4] == b"\0\1\0\0" for f in self.fonts), "the fonts")

    def read_chunks(self):
        head = Bytes(self.data)
        must(head.take(54) == b"Kite bundle. Open it with a Kite reader or with kite.\n", "not a bundle")
        must(head.take(8) == b"\x8bKTE\r\n\x1a\0", "the file's first bytes were changed")
        must(head.u8() == 1, "another version")
        head.u8()
        count = head.u8()
        must(count <= 16 and head.u8() == 0, "the number of chunks")
        table = [(head.take(4).decode(), head.u32()) for _ in range(count)]
        chunks, at = {}, head.at
        for name, length in table:
            must(name in ("META", "HASH", "DATA") or name[0].islower(), "a newer chunk")
            must(name not in chunks, "a chunk twice")
            chunks[name] = (at, length)
            at += length
        must(chunks["DATA"][0] > chunks["HASH"][0] and at <= len(self.data), "cut short")
        must("page" not in chunks or chunks["page"][0] < chunks["HASH"][0], "the place of the pages")
        must("font" not in chunks or chunks["font"][0] < chunks["HASH"][0], "the place of the fonts")
        trailers = Bytes(self.data[at:])
        while not trailers.is_end():
            kind, length, check = trailers.take(4), trailers.u32(), trailers.u32()
            must(kind[:1].islower(), "a newer trailer")
            payload = trailers.take(length)
            must(zlib.crc32(kind + length.to_bytes(4, "little") + payload) == check, "a trailer")
        start, length = chunks["HASH"]
        root = start + length - 32
        must(blake(self.data[:root], 32) == self.data[root:root + 32], "the root")
        return chunks

    def read_meta(self, meta, lexicons):
        must(meta.varint() == 0, "newer features")
        self.metas = metas(meta)
        lang = meta.string()
        self.resident = []
        if lang:
            identity, count = meta.take(8), meta.varint()
            self.resident = read_lexicon(lexicons, lang, identity)
            must(len(self.resident) == count, "the resident lexicon")
        self.own_count = meta.varint()
        self.lists = [meta.varint() for _ in range(meta.varint())]
        must(sum(self.lists) == self.own_count, "the word lists")
        one_byte, self.two_byte_leads = meta.u8(), meta.u8()
        self.one_byte = [meta.varint() for _ in range(one_byte)] if meta.u8() else list(range(one_byte))
        self.documents = [self.read_document(meta) for _ in range(meta.varint())]
        self.picture_count, self.picture_blocks, self.text_blocks = meta.varint(), meta.varint(), meta.varint()
        self.list_bytes, self.text_stored_bytes = meta.varint(), meta.varint()
        self.directories = [self.read_directory(meta, name) for name in TABLES]
        self.tails = [meta.take(tail) for _, tail in self.directories]

    @staticmethod
    def read_document(meta):
        d = {"lang": meta.string(), "direction": meta.u8(), "metas": metas(meta)}
        d["paragraphs"], d["note paragraphs"], d["text"] = meta.varint(), meta.varint(), meta.varint()
        levels = meta.u8()
        d["levels"] = [meta.varint() if levels >> bit & 1 else 0 for bit in range(6)]
        d["notes"], d["links"], d["ids"] = meta.varint(), meta.varint(), meta.varint()
        return d

    @staticmethod
    def read_directory(meta, name):
        leaves = []
        for _ in range(meta.varint()):
            leaf = {"stored": meta.varint(), "bytes": meta.varint()}
            leaf["records"] = LEAF_BLOCKS if name == "blocks" else meta.varint()
            leaf["key"] = meta.varint()
            if name == "blocks":
                leaf["data"], leaf["text"] = meta.varint(), meta.varint()
            leaves.append(leaf)
        return leaves, meta.varint()

    def read_blocks(self, chunks):
        hashes, self.at = Bytes(self.data[chunks["HASH"][0]:][:chunks["HASH"][1] - 32]), chunks["DATA"][0]
        totals = {"blocks": len(self.lists) + self.text_blocks + self.picture_blocks, "pictures": self.picture_count,
                  "contents": sum(sum(d["levels"]) for d in self.documents)}
        totals.update({name: sum(d[name] for d in self.documents) for name in ("notes", "links", "ids")})
        number, tables, raw = 0, {}, b""
        for name, (leaves, _), tail in zip(TABLES, self.directories, self.tails):
            records = []
            self.key = 0
            for leaf in leaves:
                stored = self.data[self.at:self.at + leaf["stored"]]
                self.at += leaf["stored"]
                must(blake(b"\3" + number.to_bytes(4, "little") + stored, 24) == hashes.take(24), "a leaf's hash")
                number += 1
                if name == "blocks":
                    raw += stored[:LEAF_BLOCKS * 24]
                    stored = stored[LEAF_BLOCKS * 24:]
                before, key = len(records), self.key
                self.read_records(name, Bytes(inflate(stored, leaf["bytes"])), leaf["records"], records)
                must(self.key - key == leaf["key"], "a leaf's key")
                if name == "blocks":
                    must(sum(r["stored"] for r in records[before:]) == leaf["data"], "a leaf's blocks")
                    must(sum(r.get("text", 0) for r in records[before:]) == leaf["text"], "a leaf's text")
            self.read_records(name, Bytes(tail), totals[name] - len(records), records)
            tables[name] = records
        self.tables = tables
        raw += hashes.take(len(hashes.data) - hashes.at)
        must(len(raw) == 24 * len(tables["blocks"]), "the hashes' number")
        must(self.at + sum(b["stored"] for b in tables["blocks"]) == sum(chunks["DATA"]), "the blocks' length")
        for i, block in enumerate(tables["blocks"]):
            block["hash"], block["at"] = raw[24 * i:24 * i + 24], self.at
            self.at += block["stored"]

    def read_records(self, name, leaf, count, records):
        for _ in range(count):
            record = {}
            if name == "blocks":
                record = {"stored": leaf.varint(), "bytes": leaf.varint()}
                if len(records) >= len(self.lists):
                    record["count"] = leaf.varint()
                if len(self.lists) <= len(records) < len(self.lists) + self.text_blocks:
                    record["text"] = leaf.varint()
                    self.key += record["count"]
            elif name == "contents":
                self.key += leaf.varint()
                record = {"paragraph": self.key - 1, "level": leaf.u8(), "title": leaf.string()}
            elif name == "notes":
                record = {"paragraphs": leaf.varint()}
                self.key += record["paragraphs"]
            elif name == "links":
                record = [leaf.varint() for _ in range(3)] if leaf.u8() else leaf.string()
            elif name == "ids":
                self.key += leaf.varint()
                record = (self.key - 1, leaf.varint())
            else:
                record = {"size": (leaf.varint(), leaf.varint()), "codec": leaf.take(3), "blocks": leaf.varint()}
                self.key += record["blocks"]
            records.append(record)
        must(leaf.is_end(), "a leaf's end")

    def block(self, number):
        b = self.tables["blocks"][number]
        kind = 0 if number < len(self.lists) else 1 if number < len(self.lists) + self.text_blocks else 2
        stored = self.data[b["at"]:b["at"] + b["stored"]]
        must(blake(bytes([kind]) + number.to_bytes(4, "little") + stored, 24) == b["hash"], "a block's hash")
        return inflate(stored, b["bytes"])


# ---- pieces ------------------------------------------------------------------------------------------


def read_lexicon(folder, lang, identity):
    """The pieces of a resident lexicon, out of its C file."""
    with open(os.path.join(folder, lang + ".c"), encoding="utf-8") as source:
        code = source.read()
    lines = re.search(r"char text\[\] =(.*?);\n", code, re.S)[1].strip().splitlines()
    text = "".join(ast.literal_eval(line.strip().replace("\\?", "?")) for line in lines).encode()
    offsets = [int(n) for n in re.findall(r"\d+", re.search(r"offsets\[\] = \{(.*?)\}", code, re.S)[1])]
    pieces = [text[a:b].decode() for a, b in zip(offsets, offsets[1:])]
    must(blake("".join(p + "\n" for p in pieces).encode(), 32)[:8] == identity, "another resident lexicon")
    return pieces


def own_pieces(bundle):
    out = []
    for number, count in enumerate(bundle.lists):
        words, before, first = Bytes(bundle.block(number)), b"", len(out)
        while not words.is_end():
            shared = words.u8()
            must(shared < 0x1E and shared <= len(before), "a word's beginning")
            piece = before[:shared]
            while not words.is_end() and words.data[words.at] >= 0x1E:
                byte = words.u8()
                must(byte != 0x1F, "a reserved byte")
                piece += bytes([words.u8() if byte == 0x1E else byte])
            must(shared < len(piece) < 256, "a word's length")
            out.append(piece.decode())
            before = piece
        must(len(out) - first == count, "a word list's count")
    return out


ALONE = [(0xE0, 0xF6, 32), (0xF8, 0xFE, 32), (0x3B1, 0x3C1, 32), (0x3C3, 0x3CB, 32), (0x430, 0x44F, 32), (0x450, 0x45F, 80), (0x61, 0x7A, 32)]
PAIRS_EVEN = [(0x100, 0x12F), (0x132, 0x137), (0x14A, 0x177), (0x1A0, 0x1A5), (0x1DE, 0x1EF), (0x1F8, 0x21F), (0x222, 0x233), (0x460, 0x481),
              (0x48A, 0x4BF), (0x4D0, 0x52F), (0x1E00, 0x1E95), (0x1EA0, 0x1EFF)]
PAIRS_ODD = [(0x139, 0x148), (0x1CD, 0x1DC)]
UPPER = {chr(c): chr(c - apart) for first, last, apart in ALONE for c in range(first, last + 1)}
UPPER.update({chr(c + 1): chr(c) for first, last in PAIRS_EVEN + PAIRS_ODD for c in range(first, last + 1, 2)})
LOWER = {capital: small for small, capital in UPPER.items()}


# ---- paragraphs --------------------------------------------------------------------------------------


class Paragraph:
    def __init__(self):
        self.text, self.is_sentence, self.is_elision = "", True, False

    def put(self, base, written, turns_space):
        first, last = base[0], self.text[-1:]
        is_expected = (last and not self.is_elision and not (first in CLOSES or first >= "\u2e80")
                       and not (last in OPENS or (last >= "\u2e80" and last != "\ufffc")))
        self.text += (" " if bool(is_expected) != turns_space else "") + written

    def put_piece(self, base, turns_space, turns_case, is_upper):
        if is_upper:
            written = "".join(UPPER.get(c, c) for c in base)
        elif (self.is_sentence and base[0] in UPPER) != turns_case:
            written = UPPER.get(base[0], LOWER.get(base[0], base[0])) + base[1:]
        else:
            written = base
        self.put(base, written, turns_space)
        for c in written:
            if c in ".!?…\n\t":
                self.is_sentence = True
            elif c in ",;:" or not (c in CLOSES or c in OPENS or c == '"' or c >= "\u2e80"):
                self.is_sentence = False
        self.is_elision = written[-1] in "'’" and (written[0] in UPPER or written[0] in LOWER)

    def put_note(self, turns_space):
        self.put("\ufffc", "\ufffc", turns_space)
        self.is_elision = False


def skip_record(codes):
    codes.u8()
    bits = codes.u8()
    codes.take((bits & 1) + (bits >> 1 & 1))
    if bits & 16:
        codes.varint()
    if bits & 32:
        value = codes.varint()
        if value & 1:
            codes.take(((value >> 1) + 3) // 4)
    if bits & 128:
        codes.take(codes.varint())


def skip_attributes(codes):
    mask = codes.u8()
    must(mask < 8, "attributes")
    if mask & 1:
        codes.u8()
    if mask & 2:
        codes.varint()
    if mask & 4:
        codes.take(codes.u8())


def number_of(bundle, code, codes):
    index = code - 8
    if index < len(bundle.one_byte):
        return bundle.one_byte[index]
    index -= len(bundle.one_byte)
    if index < bundle.two_byte_leads:
        return index * 256 + codes.u8()
    return bundle.two_byte_leads * 256 + (index - bundle.two_byte_leads) * 65536 + codes.u16()


def paragraphs_of(bundle, codes, pieces):
    out, pending = [], set()
    while not codes.is_end():
        code = codes.u8()
        if code < 2:
            must(not pending, "a code that speaks of nothing")
            out.append(Paragraph())
            if code == 1:
                skip_record(codes)
        elif code in (2, 3, 4):
            pending.add(code)
        elif code == 5:
            skip_attributes(codes)
        elif code == 7:
            codes.varint()
            must(pending <= {2}, "a capital note")
            out[-1].put_note(2 in pending)
            pending.clear()
        elif code >= 8:
            out[-1].put_piece(pieces[number_of(bundle, code, codes)], 2 in pending, 3 in pending, 4 in pending)
            pending.clear()
    must(not pending, "a code that speaks of nothing")
    return [p.text for p in out]


def main():
    lexicons, path = sys.argv[1:]
    with open(path, "rb") as file:
        bundle = Bundle(file.read(), lexicons)
    pieces = bundle.resident + own_pieces(bundle)
    ends, texts = [], []
    for i in range(bundle.text_blocks):
        number = len(bundle.lists) + i
        block = bundle.tables["blocks"][number]
        got = paragraphs_of(bundle, Bytes(bundle.block(number)), pieces)
        must(len(got) == block["count"] and sum(len(t.encode()) for t in got) == block["text"], "a block's count")
        texts += got
        ends.append(len(texts))
    must(len(texts) == sum(d["paragraphs"] for d in bundle.documents), "the number of paragraphs")
    first = 0
    for d in bundle.documents:
        must(sum(len(t.encode()) for t in texts[first:first + d["paragraphs"]]) == d["text"], "a document's text")
        first += d["paragraphs"]
        must(first == 0 or first == len(texts) or bisect.bisect_left(ends, first) < bisect.bisect_right(ends, first), "a block of two documents")
    sys.stdout.buffer.write("".join(t + "\n\n" for t in texts).encode())


if __name__ == "__main__":
    main()
