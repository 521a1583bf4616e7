"""An emulated ARM machine: QEMU started, driven and watched. Only the standard library.

Everything that waits has a limit; when one runs out, the last lines of the console are part of what is raised.
QEMU dies with the program that started it.
"""

import json
import os
import select
import shutil
import socket
import subprocess
import tempfile
import time

WAIT_S = float(os.environ.get("KITE_LAB_WAIT", "90"))  # how long anything may take; never what is measured
CONSOLE = ("console=ttyAMA0 quiet panic=-1 fbcon=map:9 loglevel=4 kite.board=%s "
           "kite.boot=/dev/vda1 kite.slot_a=/dev/vda2 kite.slot_b=/dev/vda3")


class Expired(Exception):
    """Something did not come in time, or the machine is gone."""


class Channel:
    """A unix socket that is read in the background of every wait."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        until = time.monotonic() + WAIT_S
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > until:
                    raise Expired("QEMU did not open " + path) from None
                time.sleep(0.02)
        self.socket.setblocking(False)
        self.text = b""
        self.is_closed = False

    def fill(self):
        try:
            while chunk := self.socket.recv(65536):
                self.text += chunk
            self.is_closed = True
        except BlockingIOError:
            pass
        except OSError:
            self.is_closed = True

    def send(self, data):
        self.socket.setblocking(True)
        self.socket.sendall(data)
        self.socket.setblocking(False)


class Machine:
    """One boot. disk: a raw image, or a QEMU -blockdev text without node-name; extra: the display's part of the command;
    incoming: a file from which a machine that was held goes on, instead of from power-on."""

    def __init__(self, kernel, initramfs, disk, memory_mib=128, log=None, extra=("-device", "ramfb"), board="virt", reboots=False,
                 incoming=None):
        self.folder = tempfile.mkdtemp(prefix="kite-lab-")
        self.log = log
        self.mark = 0  # where in the console the next expect begins
        self.sticks = 0
        self.on_pump = None  # called in every wait; may raise
        block = disk if "," in disk else "driver=raw,cache.direct=off,file.driver=file,file.filename=" + disk
        command = [
            "setpriv", "--pdeathsig", "KILL", "qemu-system-arm", "-M", "virt,highmem=off", "-cpu", "cortex-a7",
            "-accel", "tcg", "-m", str(memory_mib), "-kernel", kernel, "-initrd", initramfs,
            "-append", CONSOLE % board, "-display", "none", "-monitor", "none", "-nic", "none",
            "-qmp", "unix:%s/qmp,server=on,wait=off" % self.folder,
            "-serial", "unix:%s/console,server=on,wait=on" % self.folder,
            "-device", "virtio-keyboard-pci", "-device", "virtio-tablet-pci",
            "-device", "qemu-xhci,id=x", "-blockdev", block + ",node-name=d0", "-device", "virtio-blk-pci,drive=d0",
            "-device", "virtio-serial-pci,id=v", "-chardev", "socket,id=agent,path=%s/agent,server=on,wait=off" % self.folder,
            "-device", "virtserialport,bus=v.0,nr=1,chardev=agent,name=agent", *extra]
        if not reboots:
            command.append("-no-reboot")
        if incoming:
            command += ["-incoming", "exec:cat " + incoming]
        self.errors = open(os.path.join(self.folder, "errors"), "wb+")
        self.process = subprocess.Popen(command, stdout=self.errors, stderr=self.errors)
        try:
            self.console = Channel(self.folder + "/console")
            self.agent_port = Channel(self.folder + "/agent")
            self.qmp = Channel(self.folder + "/qmp")
            self.command("qmp_capabilities")
            if incoming:
                self.go_on()
        except Expired as why:
            self.errors.seek(0)
            said = self.errors.read().decode(errors="replace")
            self.close()
            raise Expired("%s: %s" % (why, said)) from None

    # ---- waiting ----

    def text(self):
        return self.console.text.decode("utf-8", "replace").replace("\r", "")

    def fail(self, what):
        last = "\n".join("    | " + line for line in self.text().splitlines()[-25:])
        raise Expired("%s; the console's last lines:\n%s" % (what, last))

    def pump(self, seconds=0.05):
        if self.on_pump:
            self.on_pump()
        channels = [c for c in (self.console, self.agent_port, self.qmp) if not c.is_closed]
        ready, _, _ = select.select([c.socket for c in channels], [], [], seconds)
        for channel in channels:
            if channel.socket in ready:
                channel.fill()
        if not channels:
            time.sleep(seconds)

    def until(self, check, what, limit_s=None):
        end = time.monotonic() + (limit_s or WAIT_S)
        while True:
            found = check()
            if found:
                return found
            if self.process.poll() is not None:
                self.pump(0)
                found = check()
                if found:
                    return found
                self.fail("the machine ended before " + what)
            if time.monotonic() > end:
                self.fail("no " + what)
            self.pump()

    def expect(self, text, limit_s=None):
        """Wait for a line that holds text, behind the last one expected; returns the line."""
        def check():
            said = self.text()
            at = said.find(text, self.mark)
            end = said.find("\n", at)
            if at < 0 or end < 0:
                return None
            start = said.rfind("\n", 0, at) + 1
            self.mark = end
            return said[start:end]
        return self.until(check, "line with " + repr(text), limit_s)

    def says(self, text):
        """Whether the console holds text, anywhere so far."""
        self.pump(0)
        return text in self.text()

    # ---- QMP ----

    def command(self, name, **arguments):
        self.qmp.send(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")

        def check():
            while b"\n" in self.qmp.text:
                line, self.qmp.text = self.qmp.text.split(b"\n", 1)
                reply = json.loads(line)
                if "return" in reply or "error" in reply:
                    return reply
            return None
        reply = self.until(check, "answer to " + name)
        if "error" in reply:
            raise Expired("%s: %s" % (name, reply["error"]["desc"]))
        return reply["return"]

    def key(self, name, hold_ms=80):
        self.command("send-key", keys=[{"type": "qcode", "data": name}], **{"hold-time": hold_ms})
        time.sleep(hold_ms / 1000 + 0.02)

    def tap(self, x, y):
        """The tablet, at a place of 0 to 32767 on both axes."""
        def event(*events):
            self.command("input-send-event", events=list(events))
        event({"type": "abs", "data": {"axis": "x", "value": x}}, {"type": "abs", "data": {"axis": "y", "value": y}},
              {"type": "btn", "data": {"button": "left", "down": True}})
        time.sleep(0.1)
        event({"type": "btn", "data": {"button": "left", "down": False}})

    def photograph(self, path):
        self.command("screendump", filename=path, format="png")

    def plug(self, image):
        self.sticks += 1
        name = "stick%d" % self.sticks
        self.command("blockdev-add", **{"node-name": name, "driver": "raw", "read-only": False,
                                        "file": {"driver": "file", "filename": image}})
        self.command("device_add", driver="usb-storage", id=name, drive=name, bus="x.0", removable=True)
        return name

    def unplug(self, name):
        self.command("device_del", id=name)
        until = time.monotonic() + WAIT_S
        while True:
            try:
                self.command("blockdev-del", **{"node-name": name})
                return
            except Expired:
                if time.monotonic() > until:
                    raise
                self.pump(0.05)

    # ---- a start that is held ----

    def hold(self, path):
        """Write the machine, which is held by kite_pause, into a file."""
        self.expect("kite_pause: held")
        self.await_agent()
        self.command("migrate", uri="exec:cat > " + path)
        self.until(lambda: self.command("query-migrate").get("status") == "completed", "file of the machine")

    def go_on(self):
        self.until(lambda: self.command("query-status")["status"] == "running", "machine from its file")
        self.agent("write", "/sys/module/kite_epdc/parameters/photo", 1)
        self.agent("write", "/sys/module/kite_pause/parameters/go", 1)
        self.agent_port.text = b"agent\n"  # said long ago

    # ---- the agent ----

    def await_agent(self):
        self.until(lambda: b"agent\n" in self.agent_port.text, "agent")
        self.agent_port.text = b""

    def agent(self, *words, limit_s=None):
        """Lines that a command of the agent answers; an error is raised."""
        self.agent_port.send("\t".join(str(word) for word in words).encode() + b"\n")

        def check():
            lines = self.agent_port.text.decode("utf-8", "replace").split("\n")
            for number, line in enumerate(lines[:-1]):
                if not line.startswith(" "):
                    return lines[:number + 1]
            return None
        lines = self.until(check, "answer to " + " ".join(str(word) for word in words), limit_s)
        self.agent_port.text = b""
        if lines[-1] != "ok":
            raise Expired("agent %s: %s" % (" ".join(str(word) for word in words), lines[-1]))
        return [line[1:] for line in lines[:-1]]

    def fetch(self, path):
        """The bytes of a file of the machine."""
        return b"".join(bytes.fromhex(line) for line in self.agent("fetch", path))

    def panel(self):
        """Counters of the e-ink controller."""
        words = self.agent("read", "/sys/module/kite_epdc/parameters/stats")[0].split()
        return {words[i]: int(words[i + 1]) for i in range(0, len(words), 2)}

    def panel_at_rest(self):
        self.until(lambda: self.panel()["flying"] == 0, "panel at rest")

    # ---- the end ----

    def await_end(self, limit_s=None):
        """Until the machine has switched itself off."""
        end = time.monotonic() + (limit_s or WAIT_S)
        while self.process.poll() is None:
            if time.monotonic() > end:
                self.fail("end of the machine")
            self.pump()
        self.pump(0)

    def close(self):
        """Cut the power."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for name in ("console", "agent_port", "qmp"):
            if hasattr(self, name):
                getattr(self, name).fill()
                getattr(self, name).socket.close()
        self.errors.close()
        if self.log and hasattr(self, "console"):
            with open(self.log, "a", encoding="utf-8") as log:
                log.write(self.text())
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
