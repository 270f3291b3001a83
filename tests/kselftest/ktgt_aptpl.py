#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reservations that outlive a loss of power (APTPL, SPC-4, 5.12.5).

    target namespace: t1 with LUN 1 null_blk  -- veth -- this program: initiators
    and a state file                                     1 to 3

Shown: registrations and reservation come back with the state file, if they are to;
which slot counts when one is damaged, and that the logical unit is not ready when
both are; that nothing changes when the file cannot be written, or not in time; that
one command after the other changes them; what the user can give and take.
"""
# Timeout: 480
# Short: debug

import errno
import json
import os
import shutil
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import genl  # noqa: E402
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import inquiry, pr_in, pr_list, pr_out, tur, write10  # noqa: E402
from ktap import Suite, check, equal  # noqa: E402
from lab import SLOW, Lab, outcome, run, seconds  # noqa: E402

GOOD, BUSY, CONFLICT = 0, 8, 0x18
REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_ABORT, IGNORE, MOVE = range(8)
KEYS, RESERVATION, CAPABILITIES, FULL = range(4)
WE, EARO = 1, 6
# as netlink calls them
GIVEN_WE, GIVEN_WEAR = 1, 5
SPEC_I_PT, ALL_TG_PT, APTPL = 8, 4, 1
ONE, TWO, THREE = 0x111, 0x222, 0x333
SLOT, SLOTS = 128 << 10, 256 << 10
SMALLEST = 8192
NOT_SAVED, NOT_READY, PREEMPTED = (4, 0x44, 0), (2, 4, 3), (6, 0x2A, 3)
LIMIT = 10          # seconds after which a save is too late
# attributes of a registration
PORT, KEY, TARGET_PORT, HOLDER = range(1, 5)
REGISTRATION = genl.ATTRS["reservation"]["registration"]
GENERATION = genl.ATTRS["reservation"]["generation"]


def after(lab):
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
    lab.close_all()
    lab.stop_target()
    for mount in Disk.mounted[:]:
        mount.unmount()
    dm.remove_all()
    shutil.rmtree(FOLDER, ignore_errors=True)
    lab.adm("net", "set", "nop-interval", 10, "state-dir", "none")


suite = Suite(Lab)
suite.after = after
FOLDER = f"/tmp/ktgt-aptpl{os.getpid()}"


def isid_of(nr):
    return bytes.fromhex(f"80000000ab0{nr}")


def port_of(nr):
    return f"{iscsi.NAME}{nr},i,0x{isid_of(nr).hex()}"


def initiator(lab, nr):
    """Initiator NR, with all unit attentions taken."""
    return lab.login(lab.targets()[0]["name"], name=f"{iscsi.NAME}{nr}",
                     isid=isid_of(nr), timeout=20 * SLOW)


def make_file(name="state", folder=FOLDER, size=SLOTS):
    """A new state file."""
    os.makedirs(folder, exist_ok=True)
    path = f"{folder}/{name}"
    with open(path, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    return path


def add(lab, disk, path, **more):
    """LUN 1, with its state file."""
    nl = lab.genl()
    with open(path, "r+b") as file:
        nl.do("lu-new", target_id=1, lun=1, path=disk,
              state_descriptor=file.fileno(), **more)
    nl.close()


def setup(lab, path=None):
    """A disk with a state file; gives back the device and the file."""
    lab.adm("net", "set", "nop-interval", 0)
    lab.target("t1", tid=1)
    disk = lab.null_blk(16)
    path = path or make_file()
    add(lab, disk, path)
    return disk, path


def anew(lab, disk, path):
    """As after a loss of power."""
    lab.close_all()
    lab.drop_lun(1, 1)
    add(lab, disk, path)


def out(ini, action, key=0, new=0, kind=0, flags=0, more=b""):
    data = pr_list(key, new, flags) + more
    return ini.command(pr_out(action, kind, 0, len(data)), write=data)


def does(ini, action, key=0, new=0, kind=0, **kwargs):
    """It has to be good."""
    task = out(ini, action, key, new, kind, **kwargs)
    equal((task.status, task.key), (GOOD, None), f"service action {action}")


def keys(ini):
    """(generation, [keys])."""
    data = ini.good(pr_in(KEYS), read=8192).data
    generation, length = struct.unpack_from(">II", data)
    return generation, list(struct.unpack_from(f">{length // 8}Q", data, 8))


def reservation(ini):
    """(key, type), or None."""
    data = ini.good(pr_in(RESERVATION), read=8192).data
    if not struct.unpack_from(">I", data, 4)[0]:
        return None
    return struct.unpack_from(">Q", data, 8)[0], data[21]


def everything(ini):
    """What READ FULL STATUS says, READ RESERVATION and REPORT CAPABILITIES."""
    return (ini.good(pr_in(FULL), read=8192).data, reservation(ini),
            ini.good(pr_in(CAPABILITIES), read=8192).data)


def bits(ini):
    """PTPL_C and PTPL_A."""
    data = ini.good(pr_in(CAPABILITIES), read=8192).data
    return data[2] & 1, data[3] & 1


def registered(lab):
    """1 holds a reservation, 2 is registered, and both outlive a loss of power."""
    one, two = initiator(lab, 1), initiator(lab, 2)
    does(one, REGISTER, 0, ONE, flags=APTPL)
    does(two, REGISTER, 0, TWO, flags=APTPL)
    does(one, RESERVE, ONE, 0, WE)
    return one, two


def shown(lab):
    """What reservation-list says of LUN 1: (head, [registrations])."""
    nl = lab.genl()
    answers = nl.do("reservation-list", target_id=1, lun=1)
    nl.close()
    names = {number: name for name, number in genl.ATTRS["reservation"].items()}
    heads = [{names[kind]: data for kind, data in answer.items()}
             for answer in answers]
    return heads[0], [genl.attrs_of(head["registration"]) for head in heads[1:]]


def one_of(nr, key, *flags):
    """A registration for reservation-set."""
    return genl.attr(REGISTRATION | 0x8000, genl.attr(PORT, port_of(nr))
                     + genl.attr(KEY, struct.pack(">Q", key))
                     + b"".join(genl.attr(flag, None) for flag in flags))


def give(lab, *registrations, **values):
    """reservation-set for LUN 1."""
    nl = lab.genl()
    # that of the configuration is a longer number
    generation = b"".join(genl.attr(GENERATION, values.pop(name))
                          for name in ("generation",) if name in values)
    try:
        nl.request(genl.COMMANDS["reservation-set"],
                   genl.words("reservation", target_id=1, lun=1, **values)
                   + generation + b"".join(registrations))
    finally:
        nl.close()


def refused(lab, error, text, *registrations, **values):
    try:
        give(lab, *registrations, **values)
    except genl.Refused as err:
        equal(err.errno, error, err.extack)
        check(text in err.extack, err.extack)
        return
    check(False, f"{values} was accepted")


def damage(path, slot, at=70):
    """One bit of a slot is another one."""
    with open(path, "r+b") as file:
        file.seek(slot * SLOT + at)
        old = file.read(1)[0]
        file.seek(slot * SLOT + at)
        file.write(bytes([old ^ 1]))


# --- what comes back --------------------------------------------------------

@suite.case
def come_back(lab):
    """Keys, ports, holder, type and generation, after the logical unit was away."""
    disk, path = setup(lab)
    one, _ = registered(lab)
    equal(bits(one), (1, 1), "PTPL_C and PTPL_A")
    before = everything(one)
    anew(lab, disk, path)
    one, three = initiator(lab, 1), initiator(lab, 3)
    equal(everything(one), before, "after it")
    one.good(write10(0, 1), write=bytes(512))
    equal(three.command(write10(0, 1), write=bytes(512)).status, CONFLICT, "3")
    does(one, RELEASE, ONE, 0, WE)
    before = everything(one)
    anew(lab, disk, path)
    equal(everything(initiator(lab, 1)), before, "after RELEASE")


@suite.case
def do_not_come_back(lab):
    """Without APTPL, and when the last who registers says so."""
    disk, path = setup(lab)
    one = initiator(lab, 1)
    equal(bits(one), (1, 0), "PTPL_C and PTPL_A")
    does(one, REGISTER, 0, ONE)
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1)), (0, []), "without APTPL")
    _, two = registered(lab)
    does(two, IGNORE, 0, TWO)
    equal(bits(two), (1, 0), "APTPL was taken back")
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1))[1], [], "taken back")


@suite.case
def no_file(lab):
    """There is nothing to outlive it in."""
    lab.target("t1", tid=1)
    lab.lun(lab.targets()[0]["name"], 1, lab.null_blk(16))
    one = initiator(lab, 1)
    equal(bits(one), (0, 0), "PTPL_C and PTPL_A")
    equal(out(one, REGISTER, 0, ONE, flags=APTPL).key, (5, 0x26, 0), "APTPL")
    refused(lab, errno.EINVAL, "no state file", one_of(1, ONE), aptpl=1)


@suite.case
def each_action(lab):
    """What each service action leaves is what comes back."""
    disk, path = setup(lab)
    for action, new, kind in ((CLEAR, 0, 0), (PREEMPT, TWO, WE),
                              (PREEMPT_ABORT, TWO, EARO), (IGNORE, THREE, 0)):
        one, _ = registered(lab)
        flags = APTPL if action == IGNORE else 0
        does(one, action, ONE, new, kind, flags=flags)
        before = everything(one)
        anew(lab, disk, path)
        one = initiator(lab, 1)
        equal(everything(one), before, f"service action {action}")
        give(lab)
        lab.close_all()
    equal(keys(initiator(lab, 1))[1], [], "taken by the user")


@suite.case
def swap(lab):
    """They are the logical unit's, whatever its device."""
    setup(lab)
    one, _ = registered(lab)
    before = everything(one)
    lab.adm("lun", "set", "target", 1, "lun", 1, "path", lab.null_blk(16), "force")
    lab.clear_ua(one)
    equal(everything(one), before, "after a change of the device")


# --- the file ---------------------------------------------------------------

@suite.case
def one_slot(lab):
    """The other one counts: it has what was there before the last save."""
    disk, path = setup(lab)
    one, _ = registered(lab)
    all_ = everything(one)
    for slot in (0, 1):
        lab.close_all()
        lab.drop_lun(1, 1)
        shutil.copy(path, f"{path}{slot}")
        damage(f"{path}{slot}", slot)
        add(lab, disk, f"{path}{slot}")
        equal(shown(lab)[0]["fault"][0], 0, f"slot {slot}")
        one = initiator(lab, 1)
        equal(keys(one)[1], [ONE, TWO], f"slot {slot}")
        check(reservation(one) in (None, (ONE, WE)), f"slot {slot}")
        does(one, REGISTER, ONE, THREE, flags=APTPL)
        anew(lab, disk, f"{path}{slot}")
        equal(keys(initiator(lab, 1))[1], [THREE, TWO], f"after slot {slot}")
    anew(lab, disk, path)
    equal(everything(initiator(lab, 1)), all_, "the whole file")


def is_lost(lab, fault):
    """LUN 1 is not ready, and nothing of it is served but what always is."""
    head, registrations = shown(lab)
    equal((int.from_bytes(head["fault"], sys.byteorder), registrations),
          (fault, []), "reservation-list")
    one = initiator(lab, 1)
    for cdb, kwargs in ((tur(), {}), (write10(0, 1), {"write": bytes(512)}),
                        (pr_in(KEYS), {"read": 8192})):
        equal(one.command(cdb, **kwargs).key, NOT_READY, f"{cdb[0]:02x}h")
    equal(out(one, REGISTER, 0, ONE).key, NOT_READY, "REGISTER")
    one.good(inquiry(96), read=96)
    return one


@suite.case
def both_slots(lab):
    """It is not ready until the user says what is so."""
    disk, path = setup(lab)
    registered(lab)
    lab.close_all()
    lab.drop_lun(1, 1)
    damage(path, 0)
    damage(path, 1)
    for _ in range(2):
        add(lab, disk, path)
        one = is_lost(lab, 1)
        lab.close_all()
        lab.drop_lun(1, 1)
    add(lab, disk, path)
    one = is_lost(lab, 1)
    give(lab, one_of(1, ONE, HOLDER), type=GIVEN_WE, aptpl=1)
    equal((keys(one)[1], reservation(one)), ([ONE], (ONE, WE)), "as given")
    for slot in (0, 1):
        lab.close_all()
        lab.drop_lun(1, 1)
        shutil.copy(path, f"{path}{slot}")
        damage(f"{path}{slot}", slot)
        add(lab, disk, f"{path}{slot}")
        equal(reservation(initiator(lab, 1)), (ONE, WE), "both were written")


def naa(ini, lun):
    """The NAA designator of page 83h."""
    page, at = ini.good(inquiry(1024, 0x83), lun, read=1024).data, 4
    while (page[at + 1] >> 4 & 3, page[at + 1] & 15) != (0, 3):
        at += 4 + page[at + 3]
    return page[at:at + 4 + page[at + 3]]


@suite.case
def copied_to(lab):
    """A copy into one that is not ready is refused as a WRITE is, and says so."""
    disk, path = setup(lab)
    registered(lab)
    lab.close_all()
    lab.drop_lun(1, 1)
    damage(path, 0)
    damage(path, 1)
    add(lab, disk, path)
    lab.lun(1, 2, lab.null_blk(4))
    one = is_lost(lab, 1)
    lab.clear_ua(one, 2)
    data = iscsi.copy_list([iscsi.copy_blocks(0, 1, 1, 0, 0)],
                           [iscsi.copy_cscd(naa(one, lun)) for lun in (2, 1)])
    task = one.command(iscsi.extended_copy(len(data)), 2, write=data)
    equal(task.key, (10, 0x0D, 1), "EXTENDED COPY")
    # behind the sense data: the status of the destination, and its sense data
    at, sense = task.sense[9], task.sense[19:]
    equal((at, task.sense[18], (sense[2], sense[12], sense[13])),
          (18, 2, NOT_READY), "the destination")


@suite.case
def newer(lab):
    """What a later version has written is not guessed at."""
    disk, path = setup(lab)
    registered(lab)
    lab.close_all()
    lab.drop_lun(1, 1)
    with open(path, "r+b") as file:
        data = bytearray(file.read(SLOT))
        length = struct.unpack_from("<I", data, 24)[0]
        struct.pack_into("<II", data, 8, 2, 0)
        struct.pack_into("<I", data, 12, iscsi.crc32c(bytes(data[:64 + length])))
        file.seek(0)
        file.write(data)
    add(lab, disk, path)
    one = is_lost(lab, 2)
    give(lab)
    equal(keys(one)[1], [], "taken by the user")


@suite.case
def wrong_file(lab):
    """Too short, closed, read only, a folder: each is refused with a reason."""
    disk, path = setup(lab)
    short = f"{FOLDER}/short"
    with open(short, "wb") as file:
        file.truncate(SMALLEST - 1)
    nl = lab.genl()
    for name, flags, text in ((short, os.O_RDWR, "8191 bytes; it must have 8192"),
                              (path, os.O_RDONLY, "for reading and writing"),
                              (path, os.O_RDWR | os.O_APPEND, "not with O_APPEND"),
                              (FOLDER, os.O_RDONLY, "regular file")):
        fd = os.open(name, flags)
        try:
            nl.do("lu-new", target_id=1, lun=2, path=disk, state_descriptor=fd)
            check(False, f"{name} was accepted")
        except genl.Refused as err:
            check(text in err.extack, err.extack)
        finally:
            os.close(fd)
    try:
        nl.do("lu-new", target_id=1, lun=2, path=disk, state_descriptor=fd)
        check(False, "a closed descriptor was accepted")
    except genl.Refused as err:
        equal(err.errno, errno.EBADF, err.extack)
    nl.close()


class Disk(Mapped):
    """A disk with a file system, which can stop to answer."""

    mounted = []

    def __init__(self, lab):
        super().__init__(lab.null_blk(32))
        self.folder = f"{FOLDER}/{self.name}"
        run("mkfs.ext4", "-q", "-F", self.path)
        os.makedirs(self.folder)
        run("mount", self.path, self.folder)
        self.file = make_file(folder=self.folder)
        Disk.mounted.append(self)

    def unmount(self):
        run("umount", self.folder)
        Disk.mounted.remove(self)


@suite.case
def too_late(lab):
    """After 10 s the command fails, and nothing has changed, then nor later."""
    place = Disk(lab)
    disk, path = setup(lab, place.file)
    one, two = registered(lab)
    before = everything(one)
    place.suspend()
    task, took = seconds(out, one, CLEAR, ONE)
    equal(task.key, NOT_SAVED, "CLEAR")
    check(LIMIT - 1 < took < LIMIT + 5 * SLOW, f"it took {took} s")
    equal(everything(two), before, "meanwhile")
    two.good(tur())
    waits = two.issue(pr_out(CLEAR), write=pr_list(TWO))
    two.nop()
    check(not waits.done, "it did not wait")
    place.resume()
    two.wait([waits])
    equal(waits.status, GOOD, "when the disk answers again")
    equal(keys(two)[1], [], "CLEAR")
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1))[1], [], "what was saved last")


@suite.case
def goes_away(lab):
    """An initiator that does not wait has changed nothing; its file is free soon."""
    place = Disk(lab)
    disk, path = setup(lab, place.file)
    one, two = registered(lab)
    before = everything(two)
    place.suspend()
    waits = one.issue(pr_out(CLEAR), write=pr_list(ONE))
    one.nop()
    check(not waits.done, "it did not wait")
    one.close()
    equal(everything(two), before, "it is gone")
    place.resume()
    does(two, IGNORE, 0, THREE, flags=APTPL)
    anew(lab, disk, path)
    two = initiator(lab, 2)
    equal((keys(two)[1], reservation(two)), ([ONE, THREE], (ONE, WE)),
          "what was saved last")


@suite.case
def other_ports(lab):
    """ALL_TG_PT, and there is one more target port when it is saved: what would be in
    force is not what is in the file, so it has to be asked for once more."""
    place = Disk(lab)
    disk, path = setup(lab, place.file)
    ini = initiator(lab, 1)
    portal = f"{lab.ADDR}:3262"
    place.suspend()
    waits = ini.issue(pr_out(REGISTER), write=pr_list(0, ONE, ALL_TG_PT | APTPL))
    ini.nop()
    check(not waits.done, "it did not wait")
    lab.adm("portal", "add", portal, "group-tag", 2)
    try:
        place.resume()
        ini.wait([waits])
        equal((waits.status, keys(ini)[1]), (BUSY, []), "saved with one port")
        does(ini, REGISTER, 0, ONE, flags=ALL_TG_PT | APTPL)
        equal(keys(ini)[1], [ONE, ONE], "at two")
        anew(lab, disk, path)
        equal(keys(initiator(lab, 1))[1], [ONE, ONE], "after it")
    finally:
        lab.adm("portal", "del", portal)


@suite.case
def fails(lab):
    """The disk of the file fails: so does the command, and nothing has changed."""
    place = Disk(lab)
    setup(lab, place.file)
    one, two = registered(lab)
    before = everything(two)
    place.change("0 {size} error")
    equal(out(one, CLEAR, ONE).key, NOT_SAVED, "CLEAR")
    equal(everything(two), before, "after it")
    place.change(dm.LINEAR)
    lab.close_all()
    lab.drop_lun(1, 1)


@suite.case
def turns(lab):
    """Three initiators change them at once: each change is there, none is lost."""
    disk, path = setup(lab)
    inis = [initiator(lab, nr) for nr in (1, 2, 3)]
    for nr, ini in enumerate(inis):
        does(ini, REGISTER, 0, 100 * (nr + 1), flags=APTPL)

    def change(ini, key):
        for new in range(key + 1, key + 21):
            does(ini, REGISTER, new - 1, new, flags=APTPL)

    threads = [threading.Thread(target=change, args=(ini, 100 * (nr + 1)))
               for nr, ini in enumerate(inis)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(keys(inis[0]), (63, [120, 220, 320]), "all")
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1)), (63, [120, 220, 320]), "after it")


def replace(lab, disk, path):
    """Another logical unit has the disk and its state file, in one transaction."""
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("lu-del", target_id=1, lun=1)
    with open(path, "r+b") as file:
        nl.do("lu-new", target_id=1, lun=1, path=disk,
              state_descriptor=file.fileno())
    nl.do("txn-commit")
    nl.close()


@suite.case
def replaced(lab):
    """Who changes its key all the time finds the last one in each next logical unit,
    and in the file."""
    disk, path = setup(lab)
    one, _ = registered(lab)
    key, stop = [ONE], threading.Event()
    ended = set()

    def change():
        while not stop.is_set():
            task = out(one, REGISTER, key[0], key[0] + 1, flags=APTPL)
            ended.add(task.status)
            if task.status == GOOD:
                key[0] += 1

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(20):
            replace(lab, disk, path)
    finally:
        stop.set()
        thread.join()
    check(key[0] > ONE + 20, f"it has changed {key[0] - ONE} times")
    check(CONFLICT not in ended, "a key came back that was there before")
    lab.clear_ua(one)
    equal((keys(one)[1], reservation(one)), ([key[0], TWO], (key[0], WE)), "the last")
    anew(lab, disk, path)
    one = initiator(lab, 1)
    equal((keys(one)[1], reservation(one)), ([key[0], TWO], (key[0], WE)), "saved")


@suite.case
def not_replaced(lab):
    """After a transaction that fails the logical unit can save as before."""
    disk, path = setup(lab)
    one, _ = registered(lab)
    nl = lab.genl()
    nl.do("txn-begin")
    nl.do("lu-del", target_id=1, lun=1)
    with open(path, "r+b") as file:
        nl.do("lu-new", target_id=1, lun=1, path=disk,
              state_descriptor=file.fileno())
    nl.do("lu-del", target_id=1, lun=7)
    try:
        nl.do("txn-commit")
        check(False, "LUN 7 was deleted")
    except genl.Refused as err:
        equal(err.errno, errno.ENOENT, err.extack)
    nl.close()
    does(one, REGISTER, ONE, THREE, flags=APTPL)
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1))[1], [THREE, TWO], "after it")


@suite.case
def other_length(lab):
    """A file that was made longer has its second slot elsewhere: nobody knows which is
    the newer one until the user says it; then there is room for more."""
    disk, path = setup(lab, make_file("small", size=SMALLEST))
    registered(lab)
    dump = lab.adm("pr", "dump", "target", 1, "lun", 1)
    lab.close_all()
    lab.drop_lun(1, 1)
    os.truncate(path, SLOTS)
    add(lab, disk, path)
    one = is_lost(lab, 1)
    file = f"{FOLDER}/dump"
    with open(file, "w", encoding="utf-8") as out_:
        out_.write(dump)
    lab.adm("pr", "restore", "target", 1, "lun", 1, "file", file)
    equal((keys(one)[1], reservation(one)), ([ONE, TWO], (ONE, WE)), "restored")
    lab.close_all()
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1))[1], [ONE, TWO], "after it")


# --- the user ---------------------------------------------------------------

@suite.case
def given(lab):
    """What reservation-list shows can be given to another logical unit."""
    disk, path = setup(lab)
    one, _ = registered(lab)
    before = everything(one)
    head, registrations = shown(lab)
    equal((head["type"][0], head["aptpl"][0], "persists" in head),
          (GIVEN_WE, 1, True),
          "head")
    equal([(reg[PORT].rstrip(b"\0").decode(),
            int.from_bytes(reg[KEY], "big"), HOLDER in reg)
           for reg in registrations],
          [(port_of(1), ONE, True), (port_of(2), TWO, False)], "registrations")
    give(lab)
    equal(one.command(tur()).key, PREEMPTED, "1 is told")
    equal(keys(one)[1], [], "cleared")
    nests = [genl.attr(REGISTRATION | 0x8000, b"".join(
        genl.attr(kind, data) for kind, data in reg.items()))
        for reg in registrations]
    give(lab, *nests, type=GIVEN_WE, aptpl=1,
         generation=int.from_bytes(head["generation"], sys.byteorder))
    equal(everything(one), before, "given back")
    anew(lab, disk, path)
    equal(everything(initiator(lab, 1)), before, "and saved")


@suite.case
def tool(lab):
    """ktgtadm pr dump, clear and restore; what is no dump is refused."""
    setup(lab)
    one, _ = registered(lab)
    before = everything(one)
    where = ("target", 1, "lun", 1)
    text = lab.adm("pr", "dump", *where)
    [shown_] = lab.adm_json("pr", "show")["reservations"]
    equal((shown_["type"], shown_["aptpl"], shown_["persists"], shown_["fault"],
           [(reg["port"], reg["key"], reg.get("holder", False))
            for reg in shown_["registration"]]),
          ("write-exclusive", True, True, "none",
           [(port_of(1), f"{ONE:016x}", True), (port_of(2), f"{TWO:016x}", False)]),
          "pr show")
    check(port_of(2) in lab.adm("pr", "show"), "the table")
    file = f"{FOLDER}/dump"
    with open(file, "w", encoding="utf-8") as out_:
        out_.write(text)
    lab.adm("pr", "clear", *where)
    lab.clear_ua(one)
    equal(keys(one)[1], [], "cleared")
    lab.adm("pr", "restore", *where, "file", file)
    equal(everything(one), before, "restored")
    for wrong in ("{}", text.replace("write-exclusive", "x"),
                  text.replace(f"{ONE:016x}", "1"), text[:-9]):
        with open(file, "w", encoding="utf-8") as out_:
            out_.write(wrong)
        lab.adm_fails("pr", "restore", *where, "file", file)
    much = json.loads(text)
    much["ktgt"]["reservations"][0]["registration"] *= 4000
    with open(file, "w", encoding="utf-8") as out_:
        json.dump(much, out_)
    says = lab.adm_fails("pr", "restore", *where, "file", file)
    equal((says[0], "more than 512" in says[1]), (1, True), str(says))
    equal(everything(one), before, "nothing has changed")


@suite.case
def by_tool(lab):
    """The tool makes a file for each disk where state-dir says, and finds it again,
    also in the transaction that makes its target."""
    lab.adm("net", "set", "nop-interval", 0)
    equal(lab.adm_json("net", "show")["net"]["state_dir"], "none", "by default")
    disk = lab.null_blk(16)
    lab.lun(lab.target("t1", tid=1), 1, disk)
    equal(shown(lab)[0].get("persists"), None, "without a folder")
    lab.drop_lun(1, 1)
    lab.adm("net", "set", "state-dir", FOLDER)
    lab.lun(1, 1, disk)
    one, _ = registered(lab)
    before = everything(one)
    naa = lab.disks()[0]["naa"].removeprefix("0x")
    equal(os.listdir(FOLDER), [f"naa.{naa}.state"], "files")
    found = os.stat(f"{FOLDER}/naa.{naa}.state")
    equal((found.st_mode & 0o777, found.st_size, found.st_blocks * 512 >= 65536),
          (0o600, 65536, True), "the file")
    conf = f"{FOLDER}.conf"
    with open(conf, "w", encoding="utf-8") as out_:
        out_.write(lab.adm("config", "show"))
    lab.close_all()
    lab.drop(1)
    lab.adm("config", "apply", conf)
    os.unlink(conf)
    equal(everything(initiator(lab, 1)), before, "after config apply")
    with open(f"{FOLDER}/naa.{naa}.state", "r+b") as file:
        try:
            lab.genl().do("lu-new", target_id=1, lun=2, path=lab.null_blk(4),
                          state_descriptor=file.fileno())
            check(False, "a second disk has it")
        except genl.Refused as err:
            check("that of another logical unit" in err.extack, err.extack)
    os.rename(f"{FOLDER}/naa.{naa}.state", f"{FOLDER}/elsewhere")
    os.symlink("elsewhere", f"{FOLDER}/naa.{naa}.state")
    lab.close_all()
    lab.drop_lun(1, 1)
    says = lab.adm_fails("lun", "add", "target", 1, "lun", 1, "type", "block",
                         "path", disk)[1]
    check("it may have its reservations" in says, says)
    os.rename(f"{FOLDER}/elsewhere", f"{FOLDER}/naa.{naa}.state")
    lab.lun(1, 1, disk)
    equal(everything(initiator(lab, 1)), before, "the file is back")
    lab.adm("net", "set", "state-dir", "/proc/none")
    lab.lun(1, 3, lab.null_blk(4))
    equal(len(lab.disks()), 2, "without a file all the same")
    lab.adm_fails("net", "set", "state-dir", "here")


@suite.case
def not_given(lab):
    """What makes no sense is refused with the reason."""
    setup(lab)
    one, two = one_of(1, ONE), one_of(2, TWO)
    holder = one_of(1, ONE, HOLDER)
    refused(lab, errno.EINVAL, "no holder", one, type=GIVEN_WE)
    refused(lab, errno.EINVAL, "no type", holder, two)
    refused(lab, errno.EINVAL, "nobody is registered", type=GIVEN_WE)
    refused(lab, errno.EINVAL, "held by all", holder, type=GIVEN_WEAR)
    refused(lab, errno.EEXIST, "twice", one, one)
    refused(lab, errno.EEXIST, "holds the reservation already", holder,
            one_of(2, TWO, HOLDER), type=GIVEN_WE)
    refused(lab, errno.EINVAL, "key 0", one_of(1, 0))
    refused(lab, errno.EINVAL, "must be the name", genl.attr(
        REGISTRATION | 0x8000, genl.attr(PORT, "iqn.x:y")
        + genl.attr(KEY, struct.pack(">Q", 1))))
    equal(shown(lab)[1], [], "nothing")


@suite.case
def many(lab):
    """512 registrations, in a dump, in the file, and one more."""
    disk, path = setup(lab)

    def nest(nr):
        name = f"iqn.2026-11.test:{'x' * 190}{nr},i,0x{nr:012x}"
        return genl.attr(REGISTRATION | 0x8000, genl.attr(PORT, name)
                         + genl.attr(KEY, struct.pack(">Q", nr)))

    nests = [nest(nr) for nr in range(1, 513)]
    refused(lab, errno.E2BIG, "at most 512", *nests, nest(513), aptpl=1)
    give(lab, *nests, type=GIVEN_WEAR, aptpl=1)
    equal(len(shown(lab)[1]), 512, "registrations")
    anew(lab, disk, path)
    equal([int.from_bytes(reg[KEY], "big") for reg in shown(lab)[1]],
          list(range(1, 513)), "keys")


@suite.case
def small(lab):
    """What does not fit into the file is refused, and what does is there."""
    disk, path = setup(lab, make_file("small", size=SMALLEST))
    one, _ = registered(lab)
    refused(lab, errno.ENOSPC, "do not fit", *(genl.attr(
        REGISTRATION | 0x8000, genl.attr(PORT, f"iqn.x:{'y' * 200},i,0x{nr}")
        + genl.attr(KEY, struct.pack(">Q", nr))) for nr in range(1, 21)), aptpl=1)
    before = everything(one)
    three = initiator(lab, 3)
    for count, want in ((20, (5, 0x55, 4)), (5, None)):
        ports = b"".join(iscsi.transport_id(f"iqn.x:{'y' * 200}{nr}", isid_of(3))
                         for nr in range(count))
        equal(out(three, REGISTER, 0, THREE, flags=SPEC_I_PT | APTPL,
                  more=struct.pack(">I", len(ports)) + ports).key, want,
              f"{count} other ports")
        if want:
            equal(everything(one), before, "nothing has changed")
    anew(lab, disk, path)
    equal(keys(initiator(lab, 1))[1], [ONE, TWO] + [THREE] * 6, "keys")


if __name__ == "__main__":
    suite.main()
