#!/bin/sh
# Install into a stage, build the example against what was installed, and compare its page with kite's own.
# usage: install.sh BUILD
set -eu
build=$1
stage=$(pwd)/$build/stage
rm -rf "$stage"
make --no-print-directory -s BUILD="$build" DESTDIR="$stage" PREFIX=/usr install
export PKG_CONFIG_PATH="$stage/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR=
flags=$(pkg-config --define-variable=prefix="$stage/usr" --cflags --static --libs kite)
cc -std=c11 -Wall -Wextra -Werror tests/example/first_page.c $flags -o "$build/first_page"
kite=$stage/usr/bin/kite
"$kite" pack books/guide.en.md -o "$build/stage.kite" --fast 2>/dev/null
"$build/first_page" "$build/stage.kite" "$stage/usr/share/kite/fonts" > "$build/example.pgm"
"$kite" render "$build/stage.kite" --panel 600x800@167 --format pgm -o "$build/own.pgm"
cmp "$build/example.pgm" "$build/own.pgm"
# The man page and the completions are there and not empty.
test -s "$stage/usr/share/man/man1/kite.1"
test -s "$stage/usr/share/bash-completion/completions/kite"
man -l "$stage/usr/share/man/man1/kite.1" > "$build/man.txt" 2> "$build/man.err"
test ! -s "$build/man.err"
grep -q "kite pack" "$build/man.txt"
man -l "$stage/usr/share/man/man1/kite-emulator.1" > "$build/man.txt" 2> "$build/man.err"
test ! -s "$build/man.err"
grep -q -- "--script" "$build/man.txt"
bash -n "$stage/usr/share/bash-completion/completions/kite-emulator"
test -s "$stage/usr/share/zsh/site-functions/_kite-emulator"
test -s "$stage/usr/share/fish/vendor_completions.d/kite-emulator.fish"
man -l "$stage/usr/share/man/man1/kite-reader.1" > "$build/man.txt" 2> "$build/man.err"
test ! -s "$build/man.err"
grep -q -- "--board-file" "$build/man.txt"
bash -n "$stage/usr/share/bash-completion/completions/kite-reader"
# The installed emulator finds the installed fonts.
printf 'expect screen library\nkey select\nexpect screen page\n' | "$stage/usr/bin/kite-emulator" --script - "$build/stage.kite"
make --no-print-directory -s BUILD="$build" DESTDIR="$stage" PREFIX=/usr uninstall
test -z "$(find "$stage" -type f)"
