#!/usr/bin/python3
"""Keys and signatures by the real commands, beside minisign: what one signs the other believes, and what is forged, altered, of another
key, of another file or cut short is refused with the right words.

usage: signing.py BUILD [--rounds N]     N signatures each way with minisign, 20 unless given
"""

import base64
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 20
MINISIGN = shutil.which("minisign")
checks = failures = 0


def run(*command, text=None):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def kite(*arguments):
    return run(BUILD + "/kite", *arguments)


def check(what, is_so, told=""):
    global checks, failures
    checks += 1
    if not is_so:
        failures += 1
        print("not so: %s\n%s" % (what, told))


def expect(what, code, words, *arguments):
    got, told = kite(*arguments)
    check(what, got == code and words in told, "%s gave %d:\n%s" % (" ".join(arguments), got, told))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def make():
    write("letter.md", b"# A letter\n\nIt is spring here, and the lilac is out. I think of you each morning.\n")
    write("other.md", b"# Another letter\n\nIt is autumn here, and the lilac has gone.\n")
    for name, title in ("ana", "Legal Aid of Ana"), ("bob", "Bob"):
        expect("keys are made", 0, "secret key", "keygen", name, "--name", title)
    check("a secret key is its owner's alone", os.stat("ana").st_mode & 0o777 == 0o600)
    expect("a key is never written over", 3, "is there already", "keygen", "ana")
    check("nor half of it", kite("verify", "letter.md", "-k", "ana.pub")[0] != 2)
    for text, key, out in (("letter", None, "plain"), ("letter", "ana", "signed"), ("other", "ana", "other")):
        expect("a bundle is packed", 0, "", "pack", text + ".md", "-q", "--lang", "en", "-o", out + ".kite", *(["--sign", key] if key else []))


def good():
    expect("a signed bundle is its signer's", 0, "signed by Legal Aid of Ana", "verify", "signed.kite", "--key", "ana.pub")
    shutil.copy("plain.kite", "later.kite")
    expect("a bundle can be signed later", 0, "", "sign", "later.kite", "--key", "ana")
    check("the same bytes as when it was packed", read("later.kite") == read("signed.kite"))
    expect("again by the same key", 0, "", "sign", "later.kite", "--key", "ana")
    check("which changes nothing", read("later.kite") == read("signed.kite"))
    expect("by a second key", 0, "", "sign", "later.kite", "--key", "bob")
    for key in "ana", "bob":
        expect("both are believed", 0, "whole, signed by", "verify", "later.kite", "-k", key + ".pub")
    expect("into another file", 0, "", "sign", "plain.kite", "--key", "bob", "-o", "copy.kite")
    expect("which is signed", 0, "signed by Bob", "verify", "copy.kite", "-k", "bob.pub")
    expect("while the first is not", 1, "not signed", "verify", "plain.kite", "-k", "bob.pub")
    expect("info names the key", 0, "signed by    key", "info", "signed.kite")
    check("a text comes back from a signed bundle", kite("text", "signed.kite") == kite("text", "plain.kite"))


def words(path, old, new):
    data = read(path)
    assert old in data, (path, old)
    return data.replace(old, new, 1)


def signature_of(path):
    data = read(path)
    return data[data.index(b"sign\x4a\0\0\0"):]


def bad_bundles():
    """What an attacker can make of bundles; each is refused. (name, bytes, key, words)"""
    signed, plain, other = read("signed.kite"), read("plain.kite"), read("other.kite")
    trailer = signature_of("signed.kite")
    kite("sign", "plain.kite", "--key", "bob", "-o", "by-bob.kite")
    by_bob = signature_of("by-bob.kite")

    def packed(payload):
        import zlib
        head = b"sign" + len(payload).to_bytes(4, "little")
        return head + zlib.crc32(head + payload).to_bytes(4, "little") + payload
    payload = trailer[12:]
    forged = payload[:10] + bytes(64)
    yield "no signature", plain, "ana", "not signed"
    yield "of another key", plain + by_bob, "ana", "signed by key"
    yield "of another bundle", plain + signature_of("other.kite"), "ana", "signature is false"
    yield "bundle changed behind it", other[:-len(trailer)] + trailer, "ana", "signature is false"
    yield "of zeros", plain + packed(forged), "ana", "signature is false"
    yield "another's under this id", plain + packed(payload[:2] + payload[2:10] + by_bob[22:]), "ana", "signature is false"
    yield "the older kind", plain + packed(b"Ed" + payload[2:]), "ana", "older or unknown kind"
    yield "an unknown kind", plain + packed(b"XX" + payload[2:]), "ana", "older or unknown kind"
    yield "too short", plain + packed(payload[:73]), "ana", "another length"
    yield "too long", plain + packed(payload + b"x"), "ana", "another length"
    yield "empty", plain + packed(b""), "ana", "another length"
    yield "S of the order of the group added", plain + packed(payload[:42] + (int.from_bytes(payload[42:], "little") + 2**252 + 27742317777372353535851937790883648493 & 2**256 - 1).to_bytes(32, "little")), "ana", "signature is false"
    yield "its type changed", signed[:-len(trailer)] + b"tign" + trailer[4:], "ana", "damaged"
    yield "its type critical", signed[:-len(trailer)] + b"SIGN" + trailer[4:], "ana", "newer Kite"
    yield "cut by a byte", signed[:-1], "ana", "not its own"
    yield "cut to its head", signed[:-74], "ana", "not its own"
    yield "a byte behind", signed + b"\0", "ana", "not its own"
    yield "the text damaged", signed[:len(plain) - 5] + bytes([signed[len(plain) - 5] ^ 1]) + signed[len(plain) - 4:], "ana", "damage"
    yield "cut in the text", signed[:len(plain) - 5], "ana", "cut short"
    yield "empty file", b"", "ana", "no bundle"


def bad_keys():
    """Key files that are none, or say what their owner did not. (name, bytes, words)"""
    key = read("ana.pub")
    lines = key.split(b"\n")
    yield "empty", b"", "no public key"
    yield "a text", b"hello\n", "no public key"
    yield "a secret key", read("ana"), "no public key"
    yield "another name", key.replace(b"Legal Aid of Ana", b"Legal Aid of Bob"), "not those that its owner signed"
    yield "another's picture", key.replace(lines[3], read("bob.pub").split(b"\n")[3]), "not those that its owner signed"
    yield "another's card", key.replace(lines[4], read("bob.pub").split(b"\n")[4]), "not those that its owner signed"
    yield "another's key under this name", key.replace(lines[1], read("bob.pub").split(b"\n")[1]), "not those that its owner signed"
    yield "another id", key.replace(lines[1], base64.b64encode(b"Ed" + bytes(8) + base64.b64decode(lines[1])[10:])), "not those that its owner signed"
    yield "another kind", key.replace(lines[1], base64.b64encode(b"ED" + base64.b64decode(lines[1])[2:])), "another kind"
    yield "name that turns the text", key.replace(b"Legal", b"\xe2\x80\xaeLegal"), "no name"
    yield "cut in the picture", key[:len(key) // 2], "picture"
    yield "lines behind", key + b"more\n", "behind its end"


def bad_files():
    """Signature files beside a file. (name, bytes of the file, of its signature, words)"""
    data = read("letter.md")
    good_one = read("letter.md.minisig")
    lines = good_one.split(b"\n")
    yield "altered file", data + b".", good_one, "signature is false"
    yield "altered comment", data, good_one.replace(b"for the spring", b"for the autumn"), "comment was altered"
    yield "another file's", data, read("other.md.minisig"), "signature is false"
    yield "another's comment", data, b"\n".join(lines[:2] + read("other.md.minisig").split(b"\n")[2:]), "comment was altered"
    yield "cut short", data, good_one[:100], "cut short"
    yield "no signature", data, b"hello\n", "no signature file"
    yield "the older kind", data, good_one.replace(lines[1], base64.b64encode(b"Ed" + base64.b64decode(lines[1])[2:])), "older or unknown kind"
    yield "lines behind", data, good_one + b"more\n", "behind its end"


def attacks():
    for name, data, key, told in bad_bundles():
        write("bad.kite", data)
        expect("bundle, " + name, 1, told, "verify", "bad.kite", "--key", key + ".pub")
    for name, data, told in bad_keys():
        write("bad.pub", data)
        expect("key, " + name, 1, told, "verify", "signed.kite", "--key", "bad.pub")
    for name in "letter.md", "other.md":
        expect("a file of another kind is signed", 0, "", "sign", name, "--key", "ana", "--comment", "for the spring" if name == "letter.md" else "from me")
        expect("and believed", 0, "signed by Legal Aid of Ana", "verify", name, "--key", "ana.pub")
    expect("by its key alone", 1, "not by", "verify", "letter.md", "--key", "bob.pub")
    cases = list(bad_files())
    for name, data, signature, told in cases:
        write("bad.txt", data)
        write("bad.txt.minisig", signature)
        expect("file, " + name, 1, told, "verify", "bad.txt", "--key", "ana.pub")
    secret = read("ana")
    for name, data, told in (("cut short", secret[:150], "cut short"), ("altered", secret[:180] + b"AAAA" + secret[184:], "altered"),
                             ("a public key", read("ana.pub"), "cut short")):
        write("bad", data)
        expect("secret key, " + name, 1, told, "sign", "plain.kite", "--key", "bad", "-o", "x.kite")
    damaged = read("plain.kite")
    write("bad.kite", damaged[:-3] + b"xyz")
    expect("what is damaged is not signed", 1, "damage", "sign", "bad.kite", "--key", "ana")


def passwords():
    write("right", b"a long word\n")
    write("wrong", b"another word\n")
    expect("a key is locked", 0, "", "keygen", "locked", "--password-file", "right")
    expect("and opened", 0, "", "sign", "plain.kite", "--key", "locked", "--password-file", "right", "-o", "x.kite")
    expect("what it signed is its own", 0, "signed by locked", "verify", "x.kite", "--key", "locked.pub")
    expect("by no other word", 1, "not this key's", "sign", "plain.kite", "--key", "locked", "--password-file", "wrong", "-o", "y.kite")
    check("and nothing is written then", not os.path.exists("y.kite"))


def beside_minisign():
    if not MINISIGN:
        print("SKIP: minisign is not installed")
        return
    run(MINISIGN, "-G", "-W", "-p", "mini.pub", "-s", "mini")
    write("message", b"")
    for i in range(ROUNDS):
        write("message", b"message %d" % i * (i * 100 + 1))
        kite("sign", "message", "--key", "ana", "--comment", "number %d" % i)
        code, told = run(MINISIGN, "-Vm", "message", "-p", "ana.pub")
        check("minisign believes kite", code == 0 and "number %d" % i in told, told)
        run(MINISIGN, "-Sm", "message", "-s", "ana" if i % 2 else "mini")
        code, told = kite("verify", "message", "--key", "ana.pub" if i % 2 else "mini.pub")
        check("kite believes minisign", code == 0, told)
    expect("minisign's key signs bundles", 0, "", "sign", "plain.kite", "--key", "mini", "-o", "mini.kite")
    expect("and is believed without a name", 0, "signed by key", "verify", "mini.kite", "--key", "mini.pub")
    write("root", kite("info", "--root", "plain.kite")[1].encode())
    run(MINISIGN, "-Sm", "root", "-s", "mini")
    expect("minisign's signature of the root goes into a bundle", 0, "", "sign", "plain.kite", "--attach", "root.minisig", "-o", "attached.kite")
    check("and is the same", read("attached.kite") == read("mini.kite"))
    if ROUNDS > 20:  # scrypt takes its time
        run(MINISIGN, "-G", "-p", "mini2.pub", "-s", "mini2", text=b"a long word\na long word\n")
        expect("minisign's locked key opens", 0, "", "sign", "plain.kite", "--key", "mini2", "--password-file", "right", "-o", "x.kite")


def repair():
    expect("with repair data", 0, "", "pack", "letter.md", "-q", "--lang", "en", "--repair", "10%", "--sign", "ana", "-o", "mend.kite")
    expect("nonsense is none", 2, "1% to 50%", "pack", "letter.md", "--repair", "much", "-o", "x.kite")
    whole = read("mend.kite")
    check("the bundle itself is the same", whole.startswith(read("signed.kite")))
    expect("signed and whole", 0, "signed by Legal Aid", "verify", "mend.kite", "--key", "ana.pub")
    expect("nothing to repair", 0, "whole", "repair", "mend.kite")
    for at in range(0, len(whole), 17):
        write("bad.kite", whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1:])
        check("byte %d is missed" % at, kite("verify", "bad.kite", "--key", "ana.pub")[0] == 1)
        code, told = kite("repair", "bad.kite", "-o", "good.kite")
        check("byte %d comes back" % at, code == 0 and read("good.kite") == whole, told)
    write("bad.kite", whole[:130] + bytes(120) + whole[250:])
    expect("repaired in its place", 0, "repaired", "repair", "bad.kite")
    check("bit for bit", read("bad.kite") == whole)
    write("bad.kite", bytes(len(read("signed.kite")) - 50) + whole[len(read("signed.kite")) - 50:])
    before = read("bad.kite")
    code, told = kite("repair", "bad.kite")
    check("too much is told, and the file left", code == 1 and "too much" in told and read("bad.kite") == before or code == 0, told)
    expect("without repair data", 1, "no repair data", "repair", "signed.kite")
    expect("a second signature renews it", 0, "", "sign", "mend.kite", "--key", "bob")
    data = read("mend.kite")
    write("bad.kite", data[:150] + b"x" * 64 + data[214:])
    expect("and is covered by it", 0, "repaired", "repair", "bad.kite")
    check("with both", read("bad.kite") == data)


def updates_and_sets():
    import hashlib
    image = bytes(range(256)) * 40
    header = ("Kite update 1. Put this on a stick.\nversion: 0.2.0\nboard: virt\nbytes: %d\nhash: %s\n"
              % (len(image), hashlib.blake2b(image, digest_size=32).hexdigest())).encode()
    update = header + bytes(4096 - len(header)) + image
    write("plain.update", update)
    write("plain.txt", b"kite provision 1\n" + b"ab" * 32 + b" First.kite\nend 1\n")
    for name in "plain.update", "plain.txt":
        signed = name.replace("plain", "signed")
        expect("not signed yet", 1, "not signed", "verify", name, "--key", "ana.pub")
        expect("it is signed", 0, "", "sign", name, "--key", "bob", "-o", signed)
        expect("and by another, in its place", 0, "", "sign", signed, "--key", "ana")
        expect("who is believed", 0, "signed by Legal Aid of Ana", "verify", signed, "--key", "ana.pub")
        expect("and not the first", 1, "not by", "verify", signed, "--key", "bob.pub")
        data = read(signed)
        for at in list(range(0, min(len(data), 420), 3)) + [len(data) - 1]:
            write("bad", data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
            code, told = kite("verify", "bad", "--key", "ana.pub")
            check("%s, byte %d changed, is refused" % (signed, at), code != 0 or at >= len(data), told)
        write("bad", data[:len(data) // 2])
        check("cut short", kite("verify", "bad", "--key", "ana.pub")[0] == 1)
        expect("what is cut is not signed", 1, "", "sign", "bad", "--key", "ana")
    data = read("signed.update")
    line = data[data.index(b"signature: "):data.index(b"\n\0")]
    other = update.replace(b"0.2.0", b"0.3.0")
    start = other.index(b"\0")
    write("bad", other[:start] + line + b"\n" + other[start + len(line) + 1:])
    expect("another version under this signature", 1, "signature is false", "verify", "bad", "--key", "ana.pub")
    write("bad", data[:-1] + b"x")
    expect("another image", 1, "damaged", "verify", "bad", "--key", "ana.pub")


def news():
    old = read("ana.pub").split(b"\n")[0].split()[-1].decode()
    expect("news are written", 0, "", "news", "--key", "ana", "--number", "3", "--next", "bob", "--withdraw", old, "-o", "news")
    told = read("news").decode()
    check("and say what was asked", "number 3" in told and "withdrawn " + old in told and "name: Bob" in told and told.count("signature ") == 2, told)
    expect("news say something", 2, "", "news", "--key", "ana", "--number", "3")
    expect("ids are ids", 1, "no key's id", "news", "--key", "ana", "--number", "3", "--withdraw", "ABC")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make()
        good()
        attacks()
        passwords()
        repair()
        updates_and_sets()
        beside_minisign()
        news()
        os.chdir("/")
    print("%d of %d checks hold" % (checks - failures, checks))
    return 1 if failures else 0


sys.exit(main())
