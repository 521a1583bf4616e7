#!/usr/bin/python3
"""Append the lab's modules and agent to an initramfs of the firmware, which itself stays as it is.

usage: add_lab.py INITRAMFS LAB OUT

LAB holds agent, modules/ and files/, which the agent's computer copies to the device. The kernel unpacks one archive after the other, so a longer list of modules takes the place of the firmware's own.
"""

import gzip
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../firmware/image"))
import image  # noqa: E402

MODULES = ["kite_epdc.ko", "kite_power.ko", "kite_agent.ko"]


def main():
    initramfs, lab, out = sys.argv[1:]
    with open(os.path.join(os.path.dirname(initramfs), "root/modules/load"), encoding="ascii") as load:
        own = load.read()
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + "/modules")
        os.makedirs(folder + "/lab")
        shutil.copy(os.path.join(lab, "agent"), folder + "/lab")
        shutil.copytree(os.path.join(lab, "files"), folder + "/lab/files")
        for name in MODULES:
            shutil.copyfile(os.path.join(lab, "modules", name), os.path.join(folder, "modules", name))
        with open(folder + "/modules/load", "w", encoding="ascii") as load:
            load.write(own + "".join(name + "\n" for name in MODULES))
        with open(initramfs, "rb") as first, open(out, "wb") as both:
            content = first.read()
            both.write(content + b"\0" * (-len(content) % 4) + gzip.compress(image.cpio(folder), 6, mtime=0))


main()
