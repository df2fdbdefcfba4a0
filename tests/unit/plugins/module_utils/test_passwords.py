# Copyright (c) 2026, the auth.services developers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import ctypes
import random
import re
import threading
import time

import pytest

from ansible_collections.auth.services.plugins.module_utils import passwords
from ansible_collections.auth.services.plugins.module_utils.passwords import SCHEMES, cost, crypt, kdf

# password_hash() of PHP 8.2
BCRYPT = "$2y$09$KHYif6QHgDKUtGiJUFLWBOwGCySTnRRQTlXyTzj9w3uOY7rltQATy"
ARGON2 = "$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA$KGVRWiyUfnkVHpV5Huj4TyGR5OzDE4KaiAB5ARXOM8U"
PASSWORD = b"Correct-Horse-9"
# doveadm pw of Dovecot 2.3.19
SHA_CRYPT = "$6$GqM1GstAvMhPZWLz$gNC33fE1nRgcI7/mGfN4FJUHeU9CBSP2mdCV1cTt70VlOTzJOHTttbBPq0jmR/SGpG5/i9///JSqLuqp8NedG."


def matching(name):
    scheme = SCHEMES[name]
    return lambda password, stored: scheme.verify(stored, password.decode())


bcrypt_matches, argon2_matches, sha_crypt_matches, md5_crypt_matches = map(matching, ("bcrypt", "argon2", "sha_crypt", "md5_crypt"))


@pytest.mark.parametrize(("matches", "stored"), [
    (bcrypt_matches, BCRYPT),
    (bcrypt_matches, BCRYPT.replace("$2y$", "$2b$")),
    (argon2_matches, ARGON2),
])
def test_vectors(matches, stored):
    assert matches(PASSWORD, stored)
    assert not matches(PASSWORD + b"x", stored)
    assert not matches(b"", stored)


def test_bcrypt_looks_at_72_bytes():
    bcrypt = pytest.importorskip("bcrypt")
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert bcrypt_matches(b"x" * 100, stored)
    assert not bcrypt_matches(b"x" * 71, stored)


@pytest.mark.parametrize("stored", [
    "", "$", "x", "$2y$", "$2y$09$", "$2y$09$short", BCRYPT[:-1], BCRYPT + "x", "$2y$xx" + BCRYPT[6:],
    "$2z$09" + BCRYPT[6:], BCRYPT.replace("K", "é"), ARGON2,
    # The library takes them for costs of 31 and 28.
    *(f"$2y${cost}$" + BCRYPT[7:] for cost in ("031", "+31", " 31", "31 ", "0031", "3_1", "٣١", "+28", "-1", "0x1f", "1e1", "03", "32", "99")),
    "$2y$\x0031$" + BCRYPT[7:], "$2y$31\n$" + BCRYPT[7:], "$2y$31$" + BCRYPT[7:] + "\n", "x" + BCRYPT, "$2y$$31$" + BCRYPT[7:], "$2$31$" + BCRYPT[7:],
    "$2by$31$" + BCRYPT[7:], "$2\n$31$" + BCRYPT[7:],
])
def test_what_is_no_bcrypt_matches_nothing(stored):
    assert not bcrypt_matches(PASSWORD, stored)


@pytest.mark.parametrize("stored", [
    "", "$", "x", "$argon2id", "$argon2id$v=19$m=65536,t=4,p=1$dE5SdFQ3WERuZkd5WWUxVA", ARGON2[:-2], ARGON2 + "!",
    *(ARGON2.replace("m=65536", f"m={number}") for number in (
        "04000000", "+4000000", " 4000000", "4_000_000", "٤٠٠٠٠٠٠", "-1", "0", "", "4e6", "4000000\n", "18446744073709617152")),
    *(ARGON2.replace("t=4", text) for text in ("t=04", "t=+4000", "t=4000,t=4", "t=4,t=4000", "t=4,m=4000000", "p=1,t=4", "t=4 ")),
    *(ARGON2.replace("p=1", text) for text in ("p=+20000", "p=020000", "p=1,keyid=AAAA", "p=1,data=AAAA", "p=1,p=20000", "p= 1")),
    *(ARGON2.replace("$v=19", text) for text in ("$v=18", "$v=019", "$v=+19", "$v=19$v=19", "$v=19$m=4000000,t=4,p=1", "$")),
    ARGON2.replace("m=65536,t=4,p=1", "t=4,m=4000000,p=1"), ARGON2.replace("m=65536,t=4,p=1", "m=65536,p=1,t=4000000"), ARGON2 + "\n", "x" + ARGON2,
    ARGON2.replace("$argon2id", "$$argon2id"), ARGON2.replace("argon2id", "argon2ID"), ARGON2 + "A" * 2000,
    ARGON2.replace("argon2id", "argon2i"), ARGON2.replace("t=4", "t=-4"), ARGON2.replace("t=4", "t=x"), ARGON2.replace("dE", "é"), BCRYPT,
])
def test_what_is_no_argon2_matches_nothing(stored):
    assert not argon2_matches(PASSWORD, stored)


@pytest.mark.parametrize(("matches", "stored"), [
    (bcrypt_matches, "$2y$31" + BCRYPT[6:]),
    (bcrypt_matches, "$2y$21" + BCRYPT[6:]),
    (bcrypt_matches, "$2y$17" + BCRYPT[6:]),
    (argon2_matches, ARGON2.replace("t=4", "t=4000000000")),
    (argon2_matches, ARGON2.replace("m=65536", "m=4000000000")),
    (argon2_matches, ARGON2.replace("m=65536,t=4", "m=3145728,t=1")),
    (argon2_matches, ARGON2.replace("m=65536,t=4", "m=262145,t=1")),
    (argon2_matches, ARGON2.replace("p=1", "p=20000")),
    (argon2_matches, ARGON2.replace("p=1", "p=65")),
    (argon2_matches, ARGON2.replace("$v=19", "").replace("p=1", "p=20000")),
    (argon2_matches, ARGON2.replace("argon2id", "argon2d").replace("t=4", "t=1000")),
    (sha_crypt_matches, SHA_CRYPT.replace("$6$", "$6$rounds=12000000$")),
    (sha_crypt_matches, SHA_CRYPT.replace("$6$", "$6$rounds=999999999$")),
])
def test_expensive_hashes_are_refused(matches, stored):
    with pytest.raises(passwords.UnverifiableHash, match="would take more than"):
        matches(PASSWORD, stored)


@pytest.mark.parametrize(("module", "matches", "library", "stored"), [
    ("bcrypt", bcrypt_matches, "bcrypt", BCRYPT),
    ("argon2", argon2_matches, "argon2-cffi", ARGON2),
])
def test_a_missing_library_is_named(monkeypatch, module, matches, library, stored):
    monkeypatch.setattr(crypt, module, None)
    monkeypatch.setattr(crypt, module.upper() + "_IMPORT_ERROR", "Traceback ...", raising=False)
    with pytest.raises(passwords.MissingLibrary) as caught:
        matches(PASSWORD, stored)
    assert caught.value.library == library
    assert caught.value.details == "Traceback ..."
    assert library in str(caught.value) and "password" in str(caught.value)


@pytest.mark.parametrize("number", [0, 1, 2, 100])
def test_results_come_in_order(number):
    assert passwords.on_all_cores(lambda item: item * item, iter(range(number))) == [item * item for item in range(number)]


def test_the_work_runs_on_several_threads():
    together = threading.Barrier(2, timeout=10)  # one thread alone would wait for ever
    if cost.os.cpu_count() == 1:
        pytest.skip("one core")
    passwords.on_all_cores(lambda item: together.wait(), range(2))


def test_an_error_comes_through():
    def fail(item):
        if item == 3:
            raise passwords.UnverifiableHash("of a type nobody knows")

    with pytest.raises(passwords.UnverifiableHash, match="nobody knows"):
        passwords.on_all_cores(fail, range(5))


def test_same():
    assert passwords.same(b"digest", b"digest")
    assert not passwords.same(b"digest", b"digesT")
    assert not passwords.same(b"digest", b"digest ")


MD5_CRYPT = "$1$saltstri$YMyguxXMBpd2TEZ.vS/3q1"  # openssl passwd -1
LONG = "a very much longer text to encrypt.  This one even stretches over morethan one line."


# The specification's own: https://www.akkadia.org/drepper/SHA-crypt.txt
@pytest.mark.parametrize(("setting", "password", "stored"), [
    ("$6$saltstring", "Hello world!", "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"),
    ("$6$rounds=10000$saltstringsaltstring", "Hello world!",
     "$6$rounds=10000$saltstringsaltst$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."),
    ("$6$rounds=5000$toolongsaltstring", "This is just a test",
     "$6$rounds=5000$toolongsaltstrin$lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0"),
    ("$6$rounds=1400$anotherlongsaltstring", LONG,
     "$6$rounds=1400$anotherlongsalts$POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1"),
    ("$6$rounds=77777$short", "we have a short salt string but not a short password",
     "$6$rounds=77777$short$WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0"),
    ("$6$rounds=123456$asaltof16chars..", "a short string",
     "$6$rounds=123456$asaltof16chars..$BtCwjqMJGx5hrJhZywWvt0RLE8uZ4oPwcelCjmw2kSYu.Ec6ycULevoBK25fs2xXgMNrCzIMVcgEJAstJeonj1"),
    ("$5$saltstring", "Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"),
    ("$5$rounds=10000$saltstringsaltstring", "Hello world!", "$5$rounds=10000$saltstringsaltst$3xv.VbSHBb41AL9AvLeujZkZRBAwqFMz2.opqey6IcA"),
    ("$5$rounds=5000$toolongsaltstring", "This is just a test", "$5$rounds=5000$toolongsaltstrin$Un/5jzAHMgOGZ5.mWJpuVolil07guHPvOW8mGRcvxa5"),
    ("$5$rounds=1400$anotherlongsaltstring", LONG, "$5$rounds=1400$anotherlongsalts$Rx.j8H.h8HjEDGomFU8bDkXm3XIUnzyxf12oP84Bnq1"),
    ("$5$rounds=77777$short", "we have a short salt string but not a short password", "$5$rounds=77777$short$JiO1O3ZpDAxGJeaDIuqCoEFysAe1mZNJRs3pw0KQRd/"),
    ("$5$rounds=123456$asaltof16chars..", "a short string", "$5$rounds=123456$asaltof16chars..$gP3VQ/6X7UUEW3HkBn2w1/Ptq2jxPyzV/cZKmF/wJvD"),
    ("$5$rounds=1000$roundstoolow", "the minimum number is still observed", "$5$rounds=1000$roundstoolow$yfvwcWrQ8l/K0DAWyuPMDNHpIVlTQebY9l/gL972bIC"),
])
def test_sha_crypt_of_its_specification(setting, password, stored):
    assert crypt.sha_crypt(password.encode(), setting) == stored
    assert sha_crypt_matches(password.encode(), stored)
    assert not sha_crypt_matches(password.encode() + b"x", stored)


@pytest.fixture
def libcrypt():
    try:
        crypt = ctypes.CDLL("libcrypt.so.1").crypt
    except OSError:
        pytest.skip("no libcrypt.so.1")
    crypt.restype = ctypes.c_char_p
    return lambda password, setting: crypt(password, setting.encode()).decode()


@pytest.mark.parametrize(("setting", "matches"), [
    ("$5$", sha_crypt_matches), ("$5$rounds=1000$", sha_crypt_matches),
    ("$6$", sha_crypt_matches), ("$6$rounds=1041$", sha_crypt_matches), ("$1$", md5_crypt_matches),
])
def test_what_libcrypt_makes_matches(libcrypt, setting, matches):
    choose = random.Random(setting).choice
    for length in (0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127):
        password = "".join(choose("aZ0 ~é€𝔘") for _letter in range(length)).encode()
        stored = libcrypt(password, setting + "".join(choose(crypt.DIGITS) for _digit in range(choose(range(17)))))
        assert matches(password, stored), stored
        assert not matches(password + b"x", stored)


def test_libcrypt_knows_what_we_make(libcrypt):
    made = SCHEMES["sha_crypt"].make("päßwörd €漢🔑")
    assert libcrypt("päßwörd €漢🔑".encode(), made) == made


@pytest.mark.parametrize("stored", [
    "", "$1$", "$1$salt$", MD5_CRYPT[:-1], MD5_CRYPT + "x", MD5_CRYPT.replace("$1$", "$2$"), MD5_CRYPT.replace("Y", "é"), MD5_CRYPT[1:], BCRYPT,
])
def test_what_is_no_md5_crypt_matches_nothing(stored):
    assert md5_crypt_matches(b"Hello world!", MD5_CRYPT)
    assert not md5_crypt_matches(b"Hello world!", stored)


def test_a_new_sha_crypt():
    first, second = (SCHEMES["sha_crypt"].make(PASSWORD.decode()) for _time in range(2))
    assert re.fullmatch(r"\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}", first)
    assert first != second
    assert sha_crypt_matches(PASSWORD, first)


@pytest.mark.parametrize("stored", [
    "", "$", "x", "$6$", "$6$salt", SHA_CRYPT[:-1], SHA_CRYPT + "x", SHA_CRYPT.replace("$6$", "$5$"), SHA_CRYPT.replace("N", "é"),
    SHA_CRYPT.replace("$6$", "$6$rounds=999$"), SHA_CRYPT.replace("$6$", "$6$rounds=05000$"), SHA_CRYPT.replace("$6$", "$6$rounds=$"),
    "$6$rounds=5000", BCRYPT,
])
def test_what_is_no_sha_crypt_matches_nothing(stored):
    assert sha_crypt_matches(b"correct horse", SHA_CRYPT)
    assert not sha_crypt_matches(b"correct horse", stored)


def test_argon2_without_a_version_is_the_first():
    from argon2 import low_level
    made = low_level.hash_secret(PASSWORD, b"saltsaltsalt", 1, 64, 2, 16, low_level.Type.I, version=16).decode()
    assert argon2_matches(PASSWORD, made)
    assert argon2_matches(PASSWORD, made.replace("$v=16", ""))


@pytest.mark.parametrize(("algorithm", "iterations", "length"), [
    ("sha256", 1 << 40, None), ("sha512", 10 ** 18, 64), ("sha1", 1000, 1 << 30), ("md5", 1, 1 << 29), ("sha512", 30_000, 1 << 16),
])
def test_pbkdf2_that_takes_long_is_not_tried(algorithm, iterations, length):
    with pytest.raises(passwords.UnverifiableHash, match="would take more than"):
        passwords.pbkdf2(algorithm, PASSWORD, b"salt", iterations, length)


@pytest.mark.parametrize(("algorithm", "iterations", "length"), [
    ("sha256", 0, None), ("sha256", -1, None), ("sha256", 1, 0), ("shake_128", 1, 32), ("nonsense", 1, None), ("", 1, None),
])
def test_what_is_no_pbkdf2(algorithm, iterations, length):
    with pytest.raises(ValueError, match="not PBKDF2"):
        passwords.pbkdf2(algorithm, PASSWORD, b"salt", iterations, length)


@pytest.mark.parametrize("parameters", [(1 << 22, 1, 1), (2, 1 << 24, 1), (2, 1, 1 << 24), (1 << 14, 8, 200)])
def test_scrypt_that_takes_long_or_much_memory_is_not_tried(parameters):
    with pytest.raises(passwords.UnverifiableHash, match="would take more than"):
        passwords.scrypt(PASSWORD, b"salt", *parameters, 64)


def test_scrypt_of_its_specification():
    made = passwords.scrypt(b"pleaseletmein", b"SodiumChloride", 16384, 8, 1, 64)  # RFC 7914, 12
    assert made.hex().startswith("7023bdcb3afd7348461c06cd81fd38eb")


@pytest.mark.parametrize("text", ["", "0", "01", "+1", "-1", " 1", "1 ", "1\n", "1_0", "1e3", "1.0", "0x1", "١", "²", "9" * 20])
def test_numbers_that_parsers_read_in_different_ways(text):
    with pytest.raises(ValueError, match="not a plain number"):
        passwords.number(text)


@pytest.mark.parametrize(("matches", "stored"), [
    (bcrypt_matches, "$2y$16" + BCRYPT[6:]),
    (argon2_matches, ARGON2.replace("m=65536,t=4", "m=262144,t=26")),
    (sha_crypt_matches, SHA_CRYPT.replace("$6$", "$6$rounds=10000000$")),
    (lambda password, stored: passwords.pbkdf2("sha512", password, b"", stored), 12_000_000),
    (lambda password, stored: passwords.scrypt(password, b"", *stored, 64), (1 << 17, 8, 1)),
])
def test_the_most_that_is_tried_is_estimated_and_not_done(matches, stored):
    began = time.process_time()
    seconds, result = passwords.estimate(lambda: matches(PASSWORD, stored))
    assert time.process_time() - began < 0.1
    assert 0.1 < seconds <= cost.MAX_SECONDS
    assert result is None


@pytest.mark.parametrize(("matches", "stored"), [
    (bcrypt_matches, "$2y$11" + BCRYPT[6:]),
    (argon2_matches, ARGON2),
    (sha_crypt_matches, SHA_CRYPT.replace("$6$", "$6$rounds=200000$")),
    (md5_crypt_matches, MD5_CRYPT),
    *((lambda password, stored, name=name: passwords.pbkdf2(name, password, b"", stored), 300_000) for name in kdf.PBKDF2_ROUNDS),
    (lambda password, stored: passwords.scrypt(password, b"", *stored, 64), (1 << 14, 8, 2)),
    (lambda password, stored: passwords.scrypt(password, b"", *stored, 64), (2, 8, 5000)),
])
def test_estimates_are_near_the_truth(matches, stored):
    estimated, _result = passwords.estimate(lambda: matches(PASSWORD, stored))
    measured = []
    for _time in range(3):
        began = time.process_time()
        matches(PASSWORD, stored)
        measured.append(time.process_time() - began)
    # Machines differ. A unit too many or too few would be a factor of a thousand.
    assert estimated / 20 < min(measured) < estimated * 20


def test_work_that_costs_nothing_is_done_when_it_is_estimated():
    assert passwords.estimate(lambda: bcrypt_matches(PASSWORD, "x")) == (0.0, False)
    with pytest.raises(passwords.UnverifiableHash):
        passwords.estimate(lambda: bcrypt_matches(PASSWORD, "$2y$31" + BCRYPT[6:]))
    assert bcrypt_matches(PASSWORD, BCRYPT)  # not in the mode of estimating any more


def test_memory_of_all_together_is_bounded():
    room, running, most, lock = cost._Room(100), [], [], threading.Lock()

    def work(size):
        with room.take(size):
            with lock:
                running.append(size)
                most.append(sum(running))
            time.sleep(0.001)
            with lock:
                running.remove(size)

    threads = [threading.Thread(target=work, args=(size,)) for size in (60, 30, 100, 10, 50, 50, 70, 20) * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(most) == 40 and 50 < max(most) <= 100
    assert cost.MAX_MEMORY <= cost.MAX_MEMORY_TOGETHER


def test_argon2_and_scrypt_wait_for_memory(monkeypatch):
    monkeypatch.setattr(cost, "_ROOM", cost._Room(0))
    threads = [threading.Thread(target=work, daemon=True) for work in (
        lambda: argon2_matches(PASSWORD, ARGON2), lambda: passwords.scrypt(PASSWORD, b"salt", 1024, 8, 1, 64))]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert all(thread.is_alive() for thread in threads)
    with cost._ROOM._changed:
        cost._ROOM._free = 1 << 30
        cost._ROOM._changed.notify_all()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
