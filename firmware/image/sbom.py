#!/usr/bin/python3
"""What Kite is made of: the libraries that its programs link and the fonts that they carry, with versions and licences.

usage: sbom.py BUILD [-o FILE]      a table, or CycloneDX 1.4 in JSON into FILE

Read from the programs themselves and from what Debian says of each package; the same machine gives the same bytes. The programs of a device are linked statically from
the same sources. Exits with 1 when a package's licence cannot be told.
"""

import json
import os
import re
import subprocess
import sys

PROGRAMS = ("kite", "kite-emulator", "kite-reader", "kite-boot", "kite-press")
STATIC = ("libmupdf-dev",)  # linked in, so that no program names it
FONTS = ("fonts-noto-core", "fonts-sil-andika", "fonts-opendyslexic", "fonts-noto-mono")
# What a licence is known by where Debian's copyright file only has its text.
TEXTS = (("Permission is hereby granted, free of charge", "MIT"), ("Permission to use, copy, modify, distribute", "MIT"), ("Redistribution and use in source and binary", "BSD"),
         ("Lesser General Public", "LGPL"), ("Library General Public", "LGPL"), ("General Public License", "GPL"))
# Debian's copyright files that are not in the form for machines.
LICENCES = {"libc6": "LGPL-2.1+", "libgcc-s1": "GPL-3+ with GCC exception", "libstdc++6": "GPL-3+ with GCC exception", "libz1": "Zlib", "zlib1g": "Zlib",
            "libfreetype6": "FTL or GPL-2", "libbrotli1": "MIT", "libjpeg62-turbo": "BSD-3-clause and IJG", "libsodium23": "ISC",
            "libpng16-16": "libpng", "libsqlite3-0": "public-domain", "libfribidi0": "LGPL-2.1+", "libexpat1": "MIT", "libx11-6": "MIT", "libxcb1": "MIT",
            "libgumbo1": "Apache-2.0", "libglib2.0-0": "LGPL-2.1+", "libpcre2-8-0": "BSD-3-clause", "libopenjp2-7": "BSD-2-clause", "libmupdf-dev": "AGPL-3+",
            "libexttextcat-2.0-0": "BSD-3-clause", "libgraphite2-3": "LGPL-2.1+ or MPL-1.1 or GPL-2+", "libharfbuzz0b": "MIT", "libharfbuzz-subset0": "MIT", "libwebp7": "BSD-3-clause", "libmd4c0": "MIT", "libmujs2": "ISC",
            "libutf8proc2": "MIT", "libzopfli1": "Apache-2.0", "libuchardet0": "MPL-1.1 or GPL-2+ or LGPL-2.1+", "libjbig2dec0": "AGPL-3+", "libminizip1": "Zlib",
            "fonts-noto-core": "OFL-1.1", "fonts-noto-mono": "OFL-1.1", "fonts-opendyslexic": "Bitstream Vera and CC-BY-3.0"}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode("utf-8", "replace")


def packages_of(program):
    """Packages whose libraries a program loads."""
    found = set()
    for path in re.findall(r"=> (/\S+)", output("ldd", program)):
        for candidate in (path, os.path.realpath(path), os.path.realpath(path).replace("/usr/lib/", "/lib/", 1), path.replace("/lib/", "/usr/lib/", 1)):
            owner = output("dpkg", "-S", candidate).split(":")[0]
            if owner and " " not in owner:
                found.add(owner)
                break
    return found


def licence(package):
    if package in LICENCES:
        return LICENCES[package]
    try:
        with open("/usr/share/doc/%s/copyright" % package, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return ""
    names = re.findall(r"^License: *(\S[^\n]*)", text, re.M) or [name for words, name in TEXTS if words in " ".join(text.split())][:1]
    return " and ".join(sorted(set(n.strip() for n in names if len(n) < 60)))


def component(package, used_by):
    version, source = (output("dpkg-query", "-W", "-f", "${Version}\t${source:Package}", package).split("\t") + [""])[:2]
    return {"package": package, "version": version, "source": source, "licence": licence(package), "used_by": sorted(used_by)}


def components(build):
    users = {}
    for program in PROGRAMS:
        path = os.path.join(build, program)
        if os.path.exists(path):
            for package in packages_of(path):
                users.setdefault(package, set()).add(program)
    for package in STATIC:
        users.setdefault(package, set()).add("kite")
    for package in FONTS:
        users.setdefault(package, set()).add("fonts")
    return [component(package, users[package]) for package in sorted(users)]


def cyclonedx(found):
    return {"bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1,
            "metadata": {"component": {"type": "application", "name": "kite", "licenses": [{"license": {"id": "AGPL-3.0-or-later"}}]}},
            "components": [{"type": "library", "name": c["package"], "version": c["version"], "purl": "pkg:deb/debian/%s@%s" % (c["package"], c["version"]),
                            "licenses": [{"license": {"name": c["licence"]}}],
                            "properties": [{"name": "used by", "value": ", ".join(c["used_by"])}]} for c in found]}


def main():
    found = components(sys.argv[1])
    if "-o" in sys.argv:
        with open(sys.argv[sys.argv.index("-o") + 1], "w", encoding="utf-8") as out:
            json.dump(cyclonedx(found), out, indent=1, sort_keys=True)
            out.write("\n")
    for c in found:
        print("%-24s %-26s %-40s %s" % (c["package"], c["version"], c["licence"][:40], ", ".join(c["used_by"])))
    unknown = [c["package"] for c in found if not c["licence"] or not c["version"]]
    if unknown:
        print("licence or version not known: " + " ".join(unknown))
    return 1 if unknown else 0


sys.exit(main())
