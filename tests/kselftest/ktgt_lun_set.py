#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Disks that are changed while they are in use.

    target namespace: t1 with LUN 1 -- veth -- this program

Shown: another device takes the place of the first one, under load too, and no
command fails or is lost; the new one gets nothing before the former one has ended
what it had, unless "force" says so; what does not fit is refused, and then nothing
has changed; read-only and write-cache follow, and initiators are told; names change
as a whole, stay unique, and do not make another disk of it without "force".
"""
# Timeout: 240
# Short: debug

import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
from dm import LINEAR, Mapped  # noqa: E402
from iscsi import inquiry, read10, tur, wce, write10  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, is_free, outcome, read, run  # noqa: E402
from lab import seconds, start  # noqa: E402

CAPACITY, MODE = (6, 0x2A, 9), (6, 0x2A, 1)
PROTECTED = (7, 0x27, 0)
THRESHOLD = (6, 0x38, 7)
OTHER_ISID = bytes.fromhex("80000000ab02")


suite = Suite(Lab)
suite.after = dm.leave_nothing


def disk(lab, dev, **options):
    """Target 1 with this device; gives back a session."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, dev, **options)
    return lab.login(iqn)


def change(lab, *words):
    lab.adm("lun", "set", "target", 1, "lun", 1, *words)


def refused(lab, why, *words):
    """It is refused with this reason."""
    status, text = lab.adm_fails("lun", "set", "target", 1, "lun", 1, *words)
    check(status == 2 and why in text, f"{words}: {text}")


def told(ini, *keys):
    """The unit attentions that a session finds."""
    got = []
    for _ in range(8):
        task = ini.command(tur())
        if task.status == 0:
            break
        got.append(task.key)
    equal(got, list(keys), "unit attentions")


def fill(dev, byte):
    """Blocks of the device that nobody has opened yet."""
    run("dd", "of=" + dev, "bs=4k", "count=1", "oflag=direct", "status=none",
        stdin=chr(byte) * 4096)


def block(dev, lba=0):
    """What the device has, past all caches."""
    text = run("sh", "-c", f"dd if={dev} bs=512 skip={lba} count=1 iflag=direct "
               "status=none | od -An -v -tx1")
    return bytes.fromhex("".join(text.split()))


def write(ini, byte, lba=0):
    """A WRITE under way."""
    return ini.issue(write10(lba, 1), write=bytes([byte]) * 512)


@suite.case
def another_device(lab):
    """The blocks are those of the new one, the session stays, and the former one
    is free."""
    one, two = lab.null_blk(4), lab.null_blk(8)
    fill(two, 0x42)
    ini = disk(lab, one)
    change(lab, "path", two)
    check(is_free(one), "the former device is in use")
    check(not is_free(two), "the new device is not in use")
    told(ini, CAPACITY)
    equal(ini.good(read10(0, 1), read=512).data, b"\x42" * 512, "data")
    lu = next(lu for lu in lab.adm_json("lun", "show")["lus"] if lu["lun"] == 1)
    equal((lu["path"], lu["size"]), (two, 8 << 20), "path and size")
    ini.logout()


@suite.case
def not_that_one(lab):
    """What does not fit is named, and nothing changes."""
    one, other = lab.null_blk(8), lab.null_blk(8)
    small, wide = lab.null_blk(4), lab.null_blk(8, blocksize=4096)
    ini = disk(lab, one)
    iqn = lab.targets()[0]["name"]
    lab.lun(iqn, 2, other)
    lab.null_lun(iqn, 3, "1M")
    lab.clear_ua(ini)
    refused(lab, "nothing is to be changed")
    refused(lab, "nothing is to be changed", "force")
    refused(lab, "does not exist", "path", "/dev/none")
    refused(lab, "is in use: LUN 2 of target 1", "path", other)
    refused(lab, "less than the 8388608 that initiators know of", "path", small)
    refused(lab, "must not be less than the device's, 4096", "path", wide,
            "force")
    for lun, why in ((0, "is the controller"), (3, "has type null and no path"),
                     (4, "has no LUN 4")):
        text = lab.adm_fails("lun", "set", "target", 1, "lun", lun, "path",
                             small)[1]
        check(why in text, text)
    told(ini)
    ini.good(write10(0, 1), write=b"\x17" * 512)
    equal(block(one), b"\x17" * 512, "the block")
    for dev in small, wide:
        check(is_free(dev), f"{dev} is in use")
    change(lab, "path", small, "force")
    told(ini, CAPACITY)
    wait_until(lambda: is_free(one), 5 * SLOW, "the former device is free")
    ini.logout()


@suite.case
def in_its_turn(lab):
    """A WRITE in a slow device ends there, before the new one gets any."""
    slow = lab.null_blk(4, irqmode=2, completion_nsec=5_000_000_000)
    two = lab.null_blk(4)
    ini = disk(lab, slow)
    first = write(ini, 1)
    time.sleep(0.2)
    setter = threading.Thread(target=change, args=(lab, "path", two))
    setter.start()
    wait_until(lambda: lab.adm_json("lun", "show")["lus"][1]["path"] == two,
               5 * SLOW, "the new path")
    second = write(ini, 2)
    ini.nop()
    check(not first.done and not second.done, f"{first}, {second}")
    equal(block(two), bytes(512), "the block of the new device")
    ini.wait([first])
    ini.wait([second])
    setter.join()
    equal((first.status, second.status), (0, 0), "status")
    equal((block(slow)[0], block(two)[0]), (1, 2), "the blocks")
    check(is_free(slow), "the former device is in use")
    ini.logout()


@suite.case
def a_dead_one(lab):
    """With force the new device is used at once; the former one ends what it has
    when it answers."""
    base, two = lab.null_blk(4), lab.null_blk(4)
    dead = Mapped(base)
    ini = disk(lab, dead.path)
    dead.suspend()
    first = write(ini, 1)
    ini.nop()
    _, took = seconds(change, lab, "path", two, "force")
    check(took < 3 * SLOW, f"it took {took:.1f} s")
    ini.good(write10(0, 1), write=b"\x02" * 512)
    check(not first.done, "the first has ended")
    equal((block(base)[0], block(two)[0]), (0, 2), "the blocks")
    dead.resume()
    ini.wait([first])
    equal((first.status, block(base)[0], block(two)[0]), (0, 1, 2), "the end")
    wait_until(lambda: is_free(dead.path), 5, "the former device is free")
    ini.logout()


class Load(threading.Thread):
    """Writes random blocks, four at a time, and reads them again."""

    def __init__(self, ini):
        super().__init__()
        self.ini, self.stop, self.rounds, self.error = ini, False, 0, None

    def run(self):
        try:
            while not self.stop:
                self._round(random.sample(range(1000), 4))
                self.rounds += 1
        except Exception as err:  # pylint: disable=broad-except
            self.error = err

    def _round(self, lbas):
        data = {lba: os.urandom(512) for lba in lbas}
        self._all([self.ini.issue(write10(lba, 1), write=data[lba])
                   for lba in lbas])
        reads = self._all([self.ini.issue(read10(lba, 1), read=512)
                           for lba in lbas])
        equal([task.data for task in reads], [data[lba] for lba in lbas],
              "data")

    def _all(self, tasks):
        self.ini.wait(tasks)
        equal([task.status for task in tasks], [0] * len(tasks), "status")
        return tasks


@suite.case
def under_load(lab):
    """Two ways to one disk, back and forth: no command fails, no block is lost."""
    base = lab.null_blk(4, irqmode=2, completion_nsec=1_000_000)
    ways = [Mapped(base).path for _ in range(2)]
    ini = disk(lab, ways[0])
    load = Load(ini)
    load.start()
    for i in range(8):
        before = load.rounds
        wait_until(lambda at=before: load.error or load.rounds > at + 2, 30,
                   "rounds")
        change(lab, "path", ways[(i + 1) % 2])
        check(is_free(ways[i % 2]), "the former device is in use")
    change(lab, "path", ways[0])
    load.stop = True
    load.join()
    check(load.error is None, f"{load.error}")
    told(ini)
    ini.logout()


@suite.case
def read_only(lab):
    """On: WRITEs are refused, also one whose data comes later; off: they are
    done."""
    dev = lab.null_blk(4)
    ini = disk(lab, dev)
    late = ini.waiting_write()
    change(lab, "read-only", "on")
    ini.answer(late)
    ini.wait([late])
    equal((late.status, late.key), (2, PROTECTED), "the late one")
    told(ini, MODE)
    equal(ini.command(write10(0, 1), write=bytes(512)).key, PROTECTED, "a WRITE")
    change(lab, "read-only", "on")
    told(ini)
    run("blockdev", "--setro", dev)
    refused(lab, "read-only", "read-only", "off")
    run("blockdev", "--setrw", dev)
    change(lab, "read-only", "off")
    told(ini, MODE)
    ini.good(write10(0, 1), write=b"\x33" * 512)
    equal(block(dev), b"\x33" * 512, "the block")
    ini.logout()


@suite.case
def threshold_reached(lab):
    """Each initiator is told once; a disk that is not thin has no threshold."""
    ini = disk(lab, lab.null_blk(4))
    other = lab.login(lab.targets()[0]["name"], isid=OTHER_ISID)
    change(lab, "threshold-reached")
    for one in (ini, other):
        told(one, THRESHOLD)
        told(one)
    change(lab, "threshold-reached")
    told(ini, THRESHOLD)
    lab.lun(lab.targets()[0]["name"], 2, lab.null_blk(4, discard=0))
    text = lab.adm_fails("lun", "set", "target", 1, "lun", 2,
                         "threshold-reached")[1]
    check("is not thin" in text, text)


def flushes(dev):
    """How many flushes a device has carried out."""
    return int(read(f"/sys/block/{os.path.basename(dev)}/stat").split()[15])


def writes(dev):
    """How many writes a device has carried out."""
    return int(read(f"/sys/block/{os.path.basename(dev)}/stat").split()[4])


def lun_1(lab):
    """What lun show says of it."""
    return next(lu for lu in lab.adm_json("lun", "show")["lus"] if lu["lun"] == 1)


def cached(lab, iqn, table=LINEAR):
    """A target whose LUN 1 has a write cache with something in it: the device below,
    the dm device that is the LUN, and an initiator."""
    below = lab.null_blk(8, cache_size=1)
    dm = Mapped(below, table)
    lab.target(iqn)
    lab.lun(iqn, 1, dm.path)
    ini = lab.login(iqn)
    equal(wce(ini), 1, "WCE before")
    ini.good(write10(0, 8), write=bytes(4096))
    return below, dm, ini


def start_off(lab, iqn, *words):
    """Begin to turn it off, with a device that answers late."""
    program = start("ktgtadm", "-n", lab.tns, "lun", "set", "target", iqn, "lun", 1,
                    "write-cache", "off", "shared", "on", *words)
    wait_until(lambda: lun_1(lab)["shared"], 10 * SLOW, "the change")
    return program


@suite.case
def cache_goes_off(lab):
    """write-cache off: what is in the cache is flushed when the commands before have
    ended; then there is none, and initiators are told."""
    below, dm, ini = cached(lab, "iqn.2026-11.org.example:off")
    before = flushes(below)
    dm.suspend()
    try:
        task = ini.issue(write10(8, 8), write=bytes(4096))
        program = start_off(lab, "iqn.2026-11.org.example:off")
        ini.expect_silence(0.3 * SLOW)
        equal(wce(ini), 1, "WCE while the device does not answer")
        equal(flushes(below), before, "flushes while a WRITE is under way")
    finally:
        dm.resume()
    equal(program.wait(20), 0, "exit status")
    check(flushes(below) > before, "nothing was flushed")
    ini.wait([task])
    equal(task.status, 0, "status of the WRITE")
    told(ini, MODE)
    equal(wce(ini), 0, "WCE afterwards")
    ini.good(write10(0, 8), write=bytes(4096))
    lab.drop("iqn.2026-11.org.example:off")
    dm.remove()


@suite.case
def cache_stays(lab):
    """The user changes his mind before the cache is flushed."""
    below, dm, ini = cached(lab, "iqn.2026-11.org.example:stays")
    before = flushes(below)
    dm.suspend()
    try:
        program = start_off(lab, "iqn.2026-11.org.example:stays")
        lab.adm("lun", "set", "target", "iqn.2026-11.org.example:stays", "lun", 1,
                "write-cache", "on")
        equal(program.wait(5 * SLOW), 0, "exit status")
    finally:
        dm.resume()
    wait_until(lambda: flushes(below) > before, 10 * SLOW, "the flush")
    ini.good(write10(0, 8), write=bytes(4096))
    equal(wce(ini), 1, "WCE afterwards")
    lab.drop("iqn.2026-11.org.example:stays")
    dm.remove()


@suite.case
def cache_of_another(lab):
    """The device is replaced before its cache is flushed, and never answers."""
    _, dm, ini = cached(lab, "iqn.2026-11.org.example:another")
    other = lab.null_blk(8, cache_size=1)
    dm.suspend()
    try:
        start_off(lab, "iqn.2026-11.org.example:another")
        before = flushes(other)
        lab.adm("lun", "set", "target", "iqn.2026-11.org.example:another", "lun", 1,
                "path", other, "force")
        wait_until(lambda: not lun_1(lab)["write_cache"], 10 * SLOW, "WCE 0")
        told(ini, MODE)
        equal(wce(ini), 0, "WCE of the other one")
        check(flushes(other) > before, "the other one was not flushed")
        ini.good(write10(0, 8), write=bytes(4096))
    finally:
        dm.resume()
    lab.drop("iqn.2026-11.org.example:another")
    dm.remove()


@suite.case
def cache_behind_a_swap(lab):
    """The device is opened anew in the same change, while a WRITE is under way: the
    flush comes after it, although the device would carry it out at once."""
    below, dm, ini = cached(lab, "iqn.2026-11.org.example:swap",
                            "0 {size} delay {dev} 0 0 {dev} 0 3000 {dev} 0 0")
    before, wrote = flushes(below), writes(below)
    task = ini.issue(write10(8, 8), write=b"\x05" * 4096)
    ini.nop()
    program = start_off(lab, "iqn.2026-11.org.example:swap", "read-only", "on")
    # WP of the mode parameter header
    told(ini, MODE)
    wait_until(lambda: flushes(below) > before, 20 * SLOW, "the flush")
    check(writes(below) > wrote, "it was flushed before the WRITE")
    equal(program.wait(20), 0, "exit status")
    ini.wait([task])
    equal(task.status, 0, "status of the WRITE")
    told(ini, MODE)
    equal(wce(ini), 0, "WCE afterwards")
    lab.drop("iqn.2026-11.org.example:swap")
    dm.remove()


@suite.case
def cache_cannot_go(lab):
    """The device fails to flush: there still is a cache, until it works."""
    _, dm, ini = cached(lab, "iqn.2026-11.org.example:fails")
    dm.change("0 {size} flakey {dev} 0 0 1000 1 error_writes")
    words = ("lun", "set", "target", "iqn.2026-11.org.example:fails", "lun", 1, "write-cache", "off")
    done = outcome("ktgtadm", "-n", lab.tns, *words)
    check("failed to flush" in done.stderr, done.stderr)
    equal(wce(ini), 1, "WCE after that")
    dm.change(LINEAR)
    lab.adm(*words)
    told(ini, MODE)
    equal(wce(ini), 0, "WCE when it works")
    lab.drop("iqn.2026-11.org.example:fails")
    dm.remove()


@suite.case
def write_cache(lab):
    """It is what was said, and the device's again with "default"."""
    ini = disk(lab, lab.null_blk(4))
    own = wce(ini)
    for word, wanted in (("on", 1), ("off", 0), ("on", 1), ("default", own)):
        before = wce(ini)
        change(lab, "write-cache", word)
        told(ini, *([MODE] if wanted != before else []))
        equal(wce(ini), wanted, f"WCE after {word}")
    change(lab, "shared", "on")
    lus = lab.adm_json("lun", "show")["lus"]
    equal([lu["shared"] for lu in lus if lu["lun"] == 1], [True], "shared")
    told(ini)
    ini.logout()


INQUIRY = (6, 0x3F, 3)


def texts(ini):
    """What INQUIRY and the page of the serial number tell."""
    data = ini.good(inquiry(36), read=36).data
    serial = ini.good(inquiry(255, 0x80), read=255).data[4:]
    return tuple(part.decode().rstrip()
                 for part in (data[8:16], data[16:32], data[32:36], serial))


def identifier(ini):
    """The first designator of page 83h, which is the NAA identifier."""
    data = ini.good(inquiry(1024, 0x83), read=1024).data[4:]
    return data[4:4 + data[3]].hex()


@suite.case
def names(lab):
    """Vendor, product and revision change, and initiators are told once; what
    makes it another disk needs force. An empty text is the default."""
    ini = disk(lab, lab.null_blk(4), vendor="V1", product="P1")
    serial = texts(ini)[3]
    change(lab, "vendor", "V2", "revision", "7")
    told(ini, INQUIRY)
    equal(texts(ini), ("V2", "P1", "7", serial), "texts")
    change(lab, "vendor", "V2")
    told(ini)
    change(lab, "vendor", "", "product", "", "revision", "")
    told(ini, INQUIRY)
    equal(texts(ini), ("IET", "VIRTUAL-DISK", "0001", serial), "defaults")
    naa = identifier(ini)
    for words in (("serial", "S1"), ("naa", "5000000000000001"),
                  ("eui", "0123456789abcdef"), ("scsi-id", "x"),
                  ("scsi-name", "iqn.x"), ("vendor", "V3", "serial", "S1")):
        refused(lab, "take it for another disk; stop that, and add force", *words)
    told(ini)
    change(lab, "serial", serial)
    change(lab, "serial", "S1", "naa", "5000000000000001", "force")
    told(ini, INQUIRY)
    equal((texts(ini)[3], identifier(ini)), ("S1", "5000000000000001"), "names")
    lu = next(lu for lu in lab.adm_json("lun", "show", "target", 1, "lun", 1)["lus"])
    equal((lu["scsi_name"], lu["given"], lu["vendor"]),
          ("naa.5000000000000001", ["serial", "naa"], "IET"), "what is shown")
    equal(len(naa), 32, "digits of the former one")
    refused(lab, "not printable", "vendor", "\u00e9")
    ini.logout()


@suite.case
def names_of_others(lab):
    """Names stay unique: those of another disk, of a new one in the same
    transaction, and of one whose change has failed."""
    ini = disk(lab, lab.null_blk(4), serial="S1", naa="5000000000000001")
    iqn = lab.targets()[0]["name"]
    lab.lun(iqn, 2, lab.null_blk(4), serial="S2", naa="5000000000000002")
    three = lab.null_blk(4)
    refused(lab, "is that of LUN 2", "naa", "5000000000000002", "force")
    refused(lab, "are those of LUN 2", "serial", "S2", "force")
    change(lab, "vendor", "V2", "serial", "S2", "force")
    refused(lab, "are those of LUN 2", "vendor", "")
    change(lab, "vendor", "", "serial", "S3", "force")
    lab.lun(iqn, 3, three, serial="S1", naa="5000000000000003")
    lab.drop_lun(iqn, 3)

    for second, why in (
            (dict(lun=3, path=three, serial="S4"), "are those of LUN 1"),
            (dict(lun=1, product="P"), "make one of both")):
        nl = lab.genl()
        nl.do("txn-begin")
        nl.do("lu-set", target_id=1, lun=1, serial="S4", force=None)
        nl.do("lu-set" if second["lun"] == 1 else "lu-new", target_id=1, **second)
        try:
            nl.do("txn-commit")
            check(False, f"{second} was accepted")
        except genl.Refused as err:
            check(why in err.extack, err.extack)
        nl.close()
    # what the transaction has kept is free again
    lab.lun(iqn, 3, three, serial="S4", naa="5000000000000003")
    refused(lab, "are those of LUN 3", "serial", "S4", "force")
    equal(texts(ini)[3], "S3", "serial")
    ini.logout()


@suite.case
def names_at_once(lab):
    """While they change, an initiator reads one set or the other."""
    ini = disk(lab, lab.null_blk(4))
    stop, seen = threading.Event(), set()

    def reader():
        while not stop.is_set():
            task = ini.command(inquiry(36), read=36)
            seen.add(bytes(task.data[8:36]))

    thread = threading.Thread(target=reader)
    thread.start()
    words = [("a" * 8, "b" * 16, "c" * 4), ("d" * 8, "e" * 16, "f" * 4)]
    for number in range(40):
        vendor, product, revision = words[number % 2]
        change(lab, "vendor", vendor, "product", product, "revision", revision)
    stop.set()
    thread.join()
    wanted = {"".join(one).encode() for one in words}
    wanted.add(b"IET".ljust(8) + b"VIRTUAL-DISK".ljust(16) + b"0001")
    check(seen <= wanted and len(seen) > 1, f"{seen}")
    ini.logout()


@suite.case
def others(lab):
    """One that is frozen, one that waits for its device, and one in a transaction
    that fails."""
    one, two = lab.null_blk(4), lab.null_blk(4)
    ini = disk(lab, one)
    lab.adm("lun", "freeze", "target", 1, "lun", 1, "timeout", 60)
    change(lab, "path", two)
    task = write(ini, 1)
    ini.nop()
    check(not task.done, "it was not held")
    lab.adm("lun", "thaw", "target", 1, "lun", 1)
    ini.wait([task])
    equal((block(one)[0], block(two)[0]), (0, 1), "the blocks")

    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("lu-set", target_id=1, lun=1, read_only=1)
    nl.do("lu-set", target_id=1, lun=1, path=two)
    try:
        nl.do("txn-commit")
        check(False, "one device was opened twice")
    except genl.Refused as err:
        check("another change of this transaction" in err.extack, err.extack)
    nl.close()
    ini.good(write10(0, 1), write=b"\x04" * 512)
    change(lab, "path", two, "read-only", "on")
    told(ini, MODE)
    lab.drop_lun(lab.targets()[0]["name"], 1)

    lab.adm("lun", "add", "target", 1, "lun", 1, "path", "/dev/none", "absent")
    change(lab, "path", one)
    lab.clear_ua(ini)
    equal(ini.good(read10(0, 1), read=512).data, bytes(512), "data")
    ini.logout()


if __name__ == "__main__":
    suite.main()
