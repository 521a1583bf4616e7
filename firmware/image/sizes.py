#!/usr/bin/python3
"""Sizes of a firmware image against their budgets.

usage: sizes.py PROGRAMS FONTS IMAGE     folders; exit code 1 when a budget is not kept
"""

import os
import sys

MIB = 1 << 20


def of_folder(folder, endings):
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(endings))


def main():
    programs, fonts, image = sys.argv[1:]
    rows = [
        ("program kite-reader", os.path.getsize(programs + "/kite-reader"), 3 * MIB),
        ("programs kite-reader and kite-press", os.path.getsize(programs + "/kite-reader") + os.path.getsize(programs + "/kite-press"),
         8 * MIB),
        ("program kite-boot", os.path.getsize(programs + "/kite-boot"), MIB // 2),
        ("fonts", of_folder(fonts, (".ttf", ".otf")), 3 * MIB),
        ("initramfs", os.path.getsize(image + "/initramfs.gz"), MIB),
        ("slot: programs, fonts, books, modules", os.path.getsize(image + "/slot.squashfs"), 24 * MIB),
    ]
    print("%-40s %12s %12s" % ("", "bytes", "at most"))
    for name, size, most in rows:
        print("%-40s %12d %12d%s" % (name, size, most, "" if size <= most else "  OVER BUDGET"))
    return 0 if all(size <= most for _, size, most in rows) else 1


sys.exit(main())
