#!/usr/bin/env python3
"""Write entity_names.c: HTML's named characters that texts use (those of HTML 4 and a few of HTML 5), by name."""
import html.entities
import pathlib

EXTRA = ["apos", "hairsp", "numsp", "puncsp", "NoBreak", "period", "comma", "excl", "quest", "colon", "semi",
         "lpar", "rpar", "lbrack", "rbrack", "lsqb", "rsqb", "lbrace", "rbrace", "lcub", "rcub", "ast", "num",
         "dollar", "percnt", "plus", "equals", "sol", "bsol", "lowbar", "grave", "Hat", "commat", "verbar", "vert",
         "horbar", "check", "cross", "star", "starf", "phone", "female", "male", "sung", "flat", "natural", "sharp",
         "hyphen", "dash", "Amacr", "amacr", "Emacr", "emacr", "Imacr", "imacr", "Omacr", "omacr", "Umacr", "umacr",
         "Abreve", "abreve", "Aogon", "aogon", "Cacute", "cacute", "Ccaron", "ccaron", "Dcaron", "dcaron", "Eogon",
         "eogon", "Ecaron", "ecaron", "Gbreve", "gbreve", "Idot", "imath", "Lstrok", "lstrok", "Nacute", "nacute",
         "Ncaron", "ncaron", "Odblac", "odblac", "Rcaron", "rcaron", "Sacute", "sacute", "Scedil", "scedil",
         "Tcaron", "tcaron", "Uring", "uring", "Udblac", "udblac", "Zacute", "zacute", "Zdot", "zdot", "Zcaron",
         "zcaron", "numero", "frac13", "frac23", "frac15", "frac18", "frac38", "frac58", "frac78"]

names = dict(html.entities.name2codepoint)
for name in EXTRA:
    value = html.entities.html5[name + ";"]
    assert len(value) == 1, name
    names[name] = ord(value)

lines = ["/* Made by entities.py: names of characters, in the order of their bytes. */",
         '#include "press/entities.h"', "",
         "const struct kite_entity_name kite_entity_names[] = {"]
for name in sorted(names):
    lines.append('    { "%s", 0x%04x },' % (name, names[name]))
lines += ["};", "const size_t kite_entity_name_count = sizeof kite_entity_names / sizeof *kite_entity_names;", ""]
pathlib.Path(__file__).with_name("entity_names.c").write_text("\n".join(lines))
