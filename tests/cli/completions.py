#!/usr/bin/python3
"""The completions of kite, kite-emulator and kite-reader, asked in real shells: bash, zsh on a terminal of its own, fish.

usage: completions.py BUILD
"""

import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60
PROGRAMS = {"kite": ["help", "--completion"], "kite-emulator": ["--completion"], "kite-reader": ["--completion"]}
# What is typed, and what Tab makes of it.
CASES = [("kite rend", "render "), ("kite help vers", "version "), ("kite render --profi", "--profile "),
         ("kite render --profile la", "large "), ("kite render --notes p", "popup "), ("kite verify ess", "essay.kite "),
         ("kite help --completion f", "fish "), ("kite-emulator --pla", "--plain "), ("kite-emulator --panel sm", "small "),
         ("kite-emulator ess", "essay.kite "), ("kite-reader --board-f", "--board-file "),
         ("kite-reader --board-file ess", "essay.kite ")]


def fail(message):
    print(message)
    sys.exit(1)


def completion(build, program, shell):
    return subprocess.run([build + "/" + program, *PROGRAMS[program], shell], check=True, stdout=subprocess.PIPE).stdout.decode()


class Terminal:
    """zsh with the completions in its path, as they are when they are installed."""

    def __init__(self, build, folder, place):
        os.makedirs(folder + "/functions")
        for program in PROGRAMS:
            with open("%s/functions/_%s" % (folder, program), "w", encoding="utf-8") as out:
                out.write(completion(build, program, "zsh"))
        environment = dict(os.environ, TERM="dumb", COLUMNS="200", PATH=build + ":" + os.environ["PATH"], HOME=folder, ZDOTDIR=folder)
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(place)
            os.execvpe("zsh", ["zsh", "-f", "-i"], environment)
        self.typed("fpath=(%s/functions $fpath); autoload -Uz compinit; compinit -u -D; "
                   "tell() { print -rn -- \"<$BUFFER>\" }; zle -N tell; bindkey '^T' tell; PS1='rea''dy>'\n" % folder, "ready>")

    def typed(self, keys, end):
        """Type, and read up to what is waited for; False when it does not come."""
        os.write(self.screen, keys.encode())
        seen, until = "", time.monotonic() + PATIENCE_S
        while end not in seen and time.monotonic() < until:
            if select.select([self.screen], [], [], 0.1)[0]:
                seen += os.read(self.screen, 65536).decode(errors="replace")
        return end in seen

    def complete(self, line, whole):
        """Tab, then a key that tells what the line is now; the line is cleared for the next."""
        return self.typed(line + "\t\x14\x15", "<%s>" % (line[: line.rindex(" ") + 1] + whole))

    def close(self):
        os.write(self.screen, b"exit\n")
        os.waitpid(self.process, 0)


def complete_fish(build, place, line):
    """The ways on, without what is said about them."""
    said = "".join(completion(build, program, "fish") for program in PROGRAMS)
    done = subprocess.run(["fish", "-N", "-c", "source; complete -C '%s'" % line], cwd=place, input=said.encode(), check=True,
                          env=dict(os.environ, HOME=place, XDG_CONFIG_HOME=place), stdout=subprocess.PIPE)
    return [way.split("\t")[0] for way in done.stdout.decode().splitlines()]


def complete_bash(build, place, line):
    words = line.split(" ")
    program = words[0]
    ask = "%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=%d\n%s\nprintf '%%s\\n' \"${COMPREPLY[@]}\"" % (
        completion(build, program, "bash"), " ".join(words), len(words) - 1, "_" + program.replace("-", "_"))
    return subprocess.run(["bash", "--norc", "-c", ask], cwd=place, check=True, stdout=subprocess.PIPE).stdout.decode().split()


def main():
    build = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        place = folder + "/place"
        os.mkdir(place)
        with open(place + "/essay.kite", "w", encoding="ascii"):
            pass
        asked = 0
        for shell, ask in (("bash", complete_bash), ("fish", complete_fish)):
            if not shutil.which(shell):
                print("SKIP: completions are not tried in %s, which is not installed" % shell)
                continue
            for line, whole in CASES:
                ways = ask(build, place, line)
                if ways != [whole.strip()]:
                    fail("%s: %s: expected %s, got %s" % (shell, line, whole, ways))
                asked += 1
        if shutil.which("zsh"):
            terminal = Terminal(build, folder, place)
            for line, whole in CASES:
                if not terminal.complete(line, whole):
                    fail("zsh: %s: expected %s" % (line, whole))
                asked += 1
            terminal.close()
        else:
            print("SKIP: completions are not tried in zsh, which is not installed")
        print(asked, "completions")


main()
