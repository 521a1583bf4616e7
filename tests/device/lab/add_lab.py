#!/usr/bin/python3
"""Append the lab's modules and agent to an initramfs of the firmware, which itself stays as it is.

usage: add_lab.py INITRAMFS LAB OUT [KERNEL MODULE...]
       add_lab.py INITRAMFS LAB OUT --held SLOT

With KERNEL, its named modules take the place of the virtual e-ink controller. --held loads those of the slot too, which
the firmware loads later and then finds there, and holds the start behind them (kite_pause.c). LAB holds agent, modules/
and files/, which the agent's computer copies to the device. The kernel unpacks one archive after the other, so a longer
list of modules takes the place of the firmware's own.
"""

import gzip
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../firmware/image"))
import image  # noqa: E402

DISPLAY, OTHERS = "kite_epdc", ["kite_power", "kite_agent"]


def slot_modules(slot):
    with open(os.path.join(slot, "modules/load"), encoding="ascii") as load:
        return [os.path.join(slot, "modules", name.strip()) for name in load]


def main():
    initramfs, lab, out = sys.argv[1:4]
    ours = [os.path.join(lab, "modules", name + ".ko") for name in [DISPLAY] + OTHERS]
    if len(sys.argv) < 5:
        modules = ours
    elif sys.argv[4] == "--held":
        modules = ours + slot_modules(sys.argv[5]) + [os.path.join(lab, "modules/kite_pause.ko")]
    else:
        modules = image.module_files(sys.argv[4], sys.argv[5:]) + ours[1:]
    with open(os.path.join(os.path.dirname(initramfs), "root/modules/load"), encoding="ascii") as load:
        own = load.read()
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(folder + "/modules")
        os.makedirs(folder + "/lab")
        shutil.copy(os.path.join(lab, "agent"), folder + "/lab")
        shutil.copytree(os.path.join(lab, "files"), folder + "/lab/files")
        for path in modules:
            shutil.copy(path, folder + "/modules")
        with open(folder + "/modules/load", "w", encoding="ascii") as load:
            load.write(own + "".join(os.path.basename(path) + "\n" for path in modules))
        with open(initramfs, "rb") as first, open(out, "wb") as both:
            content = first.read()
            both.write(content + b"\0" * (-len(content) % 4) + gzip.compress(image.cpio(folder), 6, mtime=0))


main()
