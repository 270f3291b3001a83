#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Reservations: RESERVE and RELEASE (SPC-2), PERSISTENT RESERVE IN and OUT (SPC-4).

    target namespace: t1 with LUN 1 (null_blk, or a dm device that can keep a
    WRITE) -- veth -- initiators: a holder, one that is registered, a stranger

Shown: each type against each command, by the tables of the standards; what each
service action does, refuses and tells the others; that registrations outlive
sessions and a change of the device; that PREEMPT AND ABORT is answered behind the
last command of the victim; and when a RESERVE ends.
"""
# Timeout: 480
# Short: debug

import os
import struct
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
from dm import Late  # noqa: E402
from iscsi import (BLOCK_ERASE, EXIT_FAILURE, OVERWRITE,  # noqa: E402
                   compare_and_write, copy_list, copy_results,
                   extended_copy, format_unit,
                   get_lba_status, inquiry, log_select, log_sense,
                   mode_select6, mode_select10, mode_sense6, mode_sense10,
                   orwrite16, pr_in, pr_list, pr_out, pre_fetch10, pre_fetch16,
                   prevent_allow, read6, read10, read12, read16, read_buffer,
                   read_capacity10, read_capacity16, read_defects10,
                   read_defects12, receive_diagnostic, release6, release10,
                   overwrite_list, report_info, report_luns, report_timestamp,
                   request_sense, reserve6, reserve10, rsoc, rstmf, sanitize,
                   send_diagnostic, set_info,
                   set_timestamp, start_stop, sync_cache10, sync_cache16,
                   transport_id, tur, unmap, unmap_list, verify10, verify12,
                   verify16, write6, write10, write12, write16, write_buffer,
                   write_same10, write_same16, write_verify10, write_verify12,
                   write_verify16)
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, CommandError, Lab, outcome, run  # noqa: E402

GOOD, CHECK, CONFLICT, TASK_ABORTED = 0, 2, 0x18, 0x40
(REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_ABORT, IGNORE,
 MOVE) = range(8)
KEYS, RESERVATION, CAPABILITIES, FULL = range(4)
WE, EA, WERO, EARO, WEAR, EAAR = TYPES = 1, 3, 5, 6, 7, 8
SPEC_I_PT, ALL_TG_PT, APTPL = 8, 4, 1
BAD_LENGTH, BAD_CDB, BAD_LIST = (5, 0x1A, 0), (5, 0x24, 0), (5, 0x26, 0)
BAD_RELEASE, TOO_MANY = (5, 0x26, 4), (5, 0x55, 4)
RESERVATIONS_PREEMPTED, RESERVATIONS_RELEASED = (6, 0x2A, 3), (6, 0x2A, 4)
REGISTRATIONS_PREEMPTED, IDENTIFIER = (6, 0x2A, 5), (6, 0x3F, 5)
MAX = 512
# the keys of the initiators
ONE, TWO, THREE = 0x111, 0x222, 0x333
LUN_RESET, TARGET_WARM_RESET, NEXUS_RESET = 5, 6, 11


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    lab.adm("net", "set", "tmf-timeout", 10, "logout-timeout", 10,
            "nop-interval", 10)


suite = Suite(Lab)
suite.after = after


def isid_of(nr):
    return bytes.fromhex(f"80000000ab0{nr}")


def name_of(nr):
    return f"{iscsi.NAME}{nr}"


def initiator(lab, nr, **kwargs):
    """Initiator NR, with all unit attentions taken."""
    return lab.login(lab.targets()[0]["name"], name=name_of(nr),
                     isid=isid_of(nr), timeout=20 * SLOW, **kwargs)


def setup(lab, path=None):
    """A disk, and three initiators."""
    # they wait for one another, and answer no ping meanwhile
    lab.adm("net", "set", "nop-interval", 0)
    lab.lun(lab.target("t1"), 1, path or lab.null_blk(16))
    return [initiator(lab, nr) for nr in (1, 2, 3)]


def out(ini, action, key=0, new=0, kind=0, flags=0, scope=0, more=b""):
    """PERSISTENT RESERVE OUT; gives back its task."""
    data = pr_list(key, new, flags) + more
    return ini.command(pr_out(action, kind, scope, len(data)), write=data)


def does(ini, action, key=0, new=0, kind=0, **kwargs):
    """It has to be good."""
    task = out(ini, action, key, new, kind, **kwargs)
    equal((task.status, task.key), (GOOD, None), f"service action {action}")


def fails(ini, want, action, key=0, new=0, kind=0, **kwargs):
    """It has to end with this sense data, or with RESERVATION CONFLICT."""
    task = out(ini, action, key, new, kind, **kwargs)
    status = CONFLICT if want == CONFLICT else CHECK
    equal((task.status, task.key), (status, None if want == CONFLICT else want),
          f"service action {action}")


def register(ini, key):
    does(ini, REGISTER, 0, key)


def keys(ini):
    """(generation, [keys])."""
    data = ini.good(pr_in(KEYS), read=8192).data
    generation, length = struct.unpack_from(">II", data)
    equal(length, len(data) - 8, "length of READ KEYS")
    return generation, list(struct.unpack_from(f">{length // 8}Q", data, 8))


def reservation(ini):
    """(key, type), or None."""
    data = ini.good(pr_in(RESERVATION), read=8192).data
    generation, length = struct.unpack_from(">II", data)
    equal(generation, keys(ini)[0], "generation of READ RESERVATION")
    if not length:
        return None
    equal((length, len(data)), (16, 24), "length of READ RESERVATION")
    equal(data[21] >> 4, 0, "SCOPE")
    return struct.unpack_from(">Q", data, 8)[0], data[21]


def full_status(ini):
    """[(key, holds, all ports, type, port, TransportID)]."""
    data = ini.good(pr_in(FULL), read=8192).data
    equal(struct.unpack_from(">I", data, 4)[0], len(data) - 8, "length")
    found, at = [], 8
    while at < len(data):
        key, bits, kind, port, length = struct.unpack_from(">Q4xBB4xHI", data,
                                                           at)
        found.append((key, bits & 1, bits >> 1 & 1, kind, port,
                      data[at + 24:at + 24 + length]))
        at += 24 + length
    return found


def attention(ini, want):
    """What it is told next; None for nothing."""
    task = ini.command(tur())
    equal(task.key, want, "unit attention")


def settle(*inis):
    """No unit attention is left. Its connection has heard of a PREEMPT AND ABORT
    before it answers the NOP-Out, so what it sends now is not aborted."""
    for ini in inis:
        ini.nop()
        Lab.clear_ua(ini)


# --- each type against each command ----------------------------------------

# what an initiator that is not the holder may do, by the tables of SPC-4 (66),
# SBC-3 (13) and SPC-2 (9); each column:
#   write exclusive, exclusive access: from anybody else
#   registrants only and all registrants: from one that is registered
#   the same, from one that is not: write exclusive, exclusive access
#   RESERVE of another
ALLOWED = "YYYYY"
READS = "YNYYN"
WRITES = "NNYNN"
BLOCK = bytes(512)
TABLE = [
    # name, CDB, bytes in, data out, persistent, RESERVE
    ("TEST UNIT READY", tur(), 0, None, ALLOWED, "N"),
    ("REQUEST SENSE", request_sense(), 252, None, ALLOWED, "Y"),
    ("FORMAT UNIT", format_unit(), 0, None, WRITES, "N"),
    ("READ(6)", read6(0, 1), 512, None, READS, "N"),
    ("WRITE(6)", write6(0, 1), 0, BLOCK, WRITES, "N"),
    ("INQUIRY", inquiry(96), 96, None, ALLOWED, "Y"),
    ("MODE SELECT(6)", mode_select6(4), 0, bytes(4), WRITES, "N"),
    ("MODE SENSE(6)", mode_sense6(0x3F), 252, None, READS, "N"),
    ("START STOP UNIT that starts", start_stop(1), 0, None, ALLOWED, "N"),
    ("START STOP UNIT that stops", start_stop(0), 0, None, WRITES, "N"),
    ("RECEIVE DIAGNOSTIC RESULTS", receive_diagnostic(), 252, None, READS, "N"),
    ("SEND DIAGNOSTIC", send_diagnostic(), 0, None, WRITES, "N"),
    ("PREVENT ALLOW MEDIUM REMOVAL that allows", prevent_allow(0), 0, None,
     ALLOWED, "N"),
    ("PREVENT ALLOW MEDIUM REMOVAL that prevents", prevent_allow(1), 0, None,
     WRITES, "N"),
    ("READ CAPACITY(10)", read_capacity10(), 8, None, ALLOWED, "N"),
    ("READ(10)", read10(0, 1), 512, None, READS, "N"),
    ("WRITE(10)", write10(0, 1), 0, BLOCK, WRITES, "N"),
    ("WRITE AND VERIFY(10)", write_verify10(0, 1), 0, BLOCK, WRITES, "N"),
    ("VERIFY(10)", verify10(0, 1), 0, None, READS, "N"),
    ("PRE-FETCH(10)", pre_fetch10(0, 1), 0, None, READS, "N"),
    ("SYNCHRONIZE CACHE(10)", sync_cache10(), 0, None, WRITES, "N"),
    ("READ DEFECT DATA(10)", read_defects10(), 252, None, READS, "N"),
    ("WRITE BUFFER", write_buffer(2, 512), 0, BLOCK, WRITES, "N"),
    ("READ BUFFER", read_buffer(2, 512), 512, None, READS, "N"),
    ("WRITE SAME(10)", write_same10(0, 8), 0, BLOCK, WRITES, "N"),
    ("UNMAP", unmap(24), 0, unmap_list((0, 8)), WRITES, "N"),
    ("SANITIZE with OVERWRITE", sanitize(OVERWRITE, 5), 0, overwrite_list(b"p"),
     WRITES, "N"),
    ("SANITIZE with BLOCK ERASE", sanitize(BLOCK_ERASE), 0, None, WRITES, "N"),
    ("SANITIZE with EXIT FAILURE MODE", sanitize(EXIT_FAILURE), 0, None, WRITES,
     "N"),
    # it changes nothing, so nobody is told
    ("LOG SELECT", log_select(), 0, None, WRITES, "N"),
    ("LOG SENSE", log_sense(0x2F), 252, None, ALLOWED, "N"),
    ("MODE SELECT(10)", mode_select10(8), 0, bytes(8), WRITES, "N"),
    ("MODE SENSE(10)", mode_sense10(0x3F), 4096, None, READS, "N"),
    ("READ(16)", read16(0, 1), 512, None, READS, "N"),
    ("COMPARE AND WRITE", compare_and_write(0, 1), 0, BLOCK + BLOCK, WRITES,
     "N"),
    ("WRITE(16)", write16(0, 1), 0, BLOCK, WRITES, "N"),
    ("ORWRITE(16)", orwrite16(0, 1), 0, BLOCK, WRITES, "N"),
    ("WRITE AND VERIFY(16)", write_verify16(0, 1), 0, BLOCK, WRITES, "N"),
    ("VERIFY(16)", verify16(0, 1), 0, None, READS, "N"),
    ("PRE-FETCH(16)", pre_fetch16(0, 1), 0, None, READS, "N"),
    ("SYNCHRONIZE CACHE(16)", sync_cache16(), 0, None, WRITES, "N"),
    ("WRITE SAME(16)", write_same16(0, 8), 0, BLOCK, WRITES, "N"),
    ("READ CAPACITY(16)", read_capacity16(), 32, None, ALLOWED, "N"),
    ("GET LBA STATUS", get_lba_status(0), 24, None, READS, "N"),
    ("REPORT LUNS", report_luns(), 4096, None, ALLOWED, "Y"),
    ("REPORT IDENTIFYING INFORMATION", report_info(0), 300, None, ALLOWED, "N"),
    ("REPORT SUPPORTED OPERATION CODES", rsoc(), 65535, None, READS, "N"),
    ("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", rstmf(), 64, None, READS,
     "N"),
    ("REPORT TIMESTAMP", report_timestamp(), 12, None, ALLOWED, "N"),
    ("SET IDENTIFYING INFORMATION", set_info(0, 0), 0, None, WRITES, "N"),
    ("SET TIMESTAMP", set_timestamp(0), 0, None, WRITES, "N"),
    ("READ(12)", read12(0, 1), 512, None, READS, "N"),
    ("WRITE(12)", write12(0, 1), 0, BLOCK, WRITES, "N"),
    ("WRITE AND VERIFY(12)", write_verify12(0, 1), 0, BLOCK, WRITES, "N"),
    ("VERIFY(12)", verify12(0, 1), 0, None, READS, "N"),
    ("READ DEFECT DATA(12)", read_defects12(), 252, None, READS, "N"),
    # of no blocks; and what is told of that
    ("EXTENDED COPY(LID1)", extended_copy(16), 0, copy_list(list_id=1), WRITES,
     "N"),
    ("EXTENDED COPY(LID4)", extended_copy(48, 1), 0,
     copy_list(list_id=2, lid4=1), WRITES, "N"),
    ("RECEIVE COPY STATUS(LID1)", copy_results(0, 1), 12, None, WRITES, "N"),
    ("RECEIVE COPY OPERATING PARAMETERS", copy_results(3), 47, None, WRITES,
     "N"),
    ("RECEIVE COPY FAILURE DETAILS(LID1)", copy_results(4, 1), 4, None, WRITES,
     "N"),
    ("RECEIVE COPY STATUS(LID4)", copy_results(5, 2), 32, None, WRITES, "N"),
    ("READ KEYS", pr_in(KEYS), 8192, None, ALLOWED, "N"),
    ("READ RESERVATION", pr_in(RESERVATION), 8192, None, ALLOWED, "N"),
    ("REPORT CAPABILITIES", pr_in(CAPABILITIES), 8192, None, ALLOWED, "N"),
    ("READ FULL STATUS", pr_in(FULL), 8192, None, ALLOWED, "N"),
]


def with_actions(cdb):
    return cdb[0] in (0x48, 0x5E, 0x5F, 0x83, 0x84, 0x9E, 0xA3, 0xA4)


def known():
    """(opcode, service action) of all rows, and of those that need cases of their
    own because they change what is reserved."""
    rows = {(cdb[0], cdb[1] & 0x1F if with_actions(cdb) else 0)
            for _, cdb, *_ in TABLE}
    own = {(op, 0) for op in (0x16, 0x17, 0x56, 0x57)}
    return rows | own | {(0x5F, action) for action in range(8)}


def served(ini):
    """What the logical unit says that it serves."""
    data = ini.good(rsoc(), read=65535).data
    return {(data[at], data[at + 3]) for at in range(4, len(data), 8)}


def expected(kind, relation, persistent):
    """Whether it is allowed, by the column that the type and the relation pick."""
    if relation == "holder" or (relation == "registered" and
                                kind in (WEAR, EAAR)):
        return True
    if kind in (WE, EA):
        column = (WE, EA).index(kind)
    elif relation == "registered":
        column = 2
    else:
        column = 3 if kind in (WERO, WEAR) else 4
    return persistent[column] == "Y"


def outcome_of(ini, cdb, read, write):
    """Whether it was good; anything but a conflict is a failure."""
    task = ini.command(cdb, read=read, write=write)
    # another one has set identifying information
    if task.key == IDENTIFIER:
        task = ini.command(cdb, read=read, write=write)
    check(task.status in (GOOD, CONFLICT), f"{task}")
    check(task.status == GOOD or not task.data, f"data with a conflict: {task}")
    return task.status == GOOD


def differences(inis, wanted):
    """Runs all rows from all initiators; WANTED(relation, row) says what is due."""
    found = []
    for relation, ini in zip(("holder", "registered", "stranger"), inis):
        for row in TABLE:
            name, cdb, read, write = row[:4]
            if outcome_of(ini, cdb, read, write) != wanted(relation, row):
                found.append(f"{relation}: {name}")
    settle(*inis)
    return found


@suite.case
def all_types(lab):
    """Six types, every row of REPORT SUPPORTED OPERATION CODES, three initiators."""
    inis = one, two, _ = setup(lab)
    equal(served(one) - known(), set(), "commands that this test does not know")
    equal(known() - served(one), set(), "commands that are not there")
    register(one, ONE)
    register(two, TWO)
    for kind in TYPES:
        does(one, RESERVE, ONE, 0, kind)
        equal(differences(inis, lambda who, row, kind=kind: expected(
            kind, who, row[4])), [], f"differences with type {kind}")
        does(one, RELEASE, ONE, 0, kind)
        settle(two)
    equal(differences(inis, lambda who, row: True), [], "without a reservation")


@suite.case
def reserve_all(lab):
    """The same for RESERVE; and no other initiator may change what is reserved."""
    inis = one, two, three = setup(lab)
    for take, give in ((reserve6(), release6()), (reserve10(), release10())):
        one.good(take)
        one.good(take)
        equal(differences(inis, lambda who, row: who == "holder" or
                          row[5] == "Y"), [], "differences")
        for ini in (two, three):
            equal(ini.command(take).status, CONFLICT, "RESERVE of another")
            ini.good(give)
            fails(ini, CONFLICT, REGISTER, 0, TWO)
            fails(ini, CONFLICT, IGNORE, 0, TWO)
        equal(two.command(write10(0, 1), write=BLOCK).status, CONFLICT,
              "after RELEASE of another")
        one.good(give)
        two.good(write10(0, 1), write=BLOCK)
    equal(one.command(bytes([0x16, 1, 0, 0, 0, 0])).key, BAD_CDB, "an extent")


# --- service actions -------------------------------------------------------

@suite.case
def registering(lab):
    """Keys, the generation, what REPORT CAPABILITIES says, and APTPL."""
    one, two, _ = setup(lab)
    data = one.good(pr_in(CAPABILITIES), read=8192).data
    equal(data.hex(), "00081cb0ea010000", "REPORT CAPABILITIES")
    equal((keys(one), reservation(one)), ((0, []), None), "at first")
    fails(one, CONFLICT, REGISTER, ONE, ONE)
    does(one, REGISTER)
    equal(keys(one), (0, []), "nothing was asked for")
    fails(one, BAD_LIST, REGISTER, 0, ONE, flags=APTPL)
    fails(one, BAD_LIST, IGNORE, 0, ONE, flags=APTPL)
    register(one, ONE)
    equal(keys(two), (1, [ONE]), "one")
    fails(one, CONFLICT, REGISTER, 0, TWO)
    does(one, REGISTER, ONE, THREE)
    does(two, IGNORE, 0x999, TWO)
    does(two, IGNORE, 0x999, TWO, flags=ALL_TG_PT)
    equal(keys(one), (4, [THREE, TWO]), "both")
    equal([(status[0], status[2]) for status in full_status(one)],
          [(THREE, 0), (TWO, 0)], "each is told by itself")
    does(one, REGISTER, THREE, 0)
    fails(one, CONFLICT, RESERVE, THREE, 0, WE)
    does(two, IGNORE, 0, 0)
    equal(keys(one), (6, []), "none")


@suite.case
def lists(lab):
    """Parameter lists, scopes and types that are wrong; short answers."""
    one, _, _ = setup(lab)
    data = pr_list(0, ONE)
    for length in (0, 23, 25, 8193):
        task = one.command(pr_out(IGNORE, length=length),
                           write=data.ljust(length, b"\0"))
        equal(task.key, BAD_LENGTH, f"{length} bytes")
    task = one.command(pr_out(IGNORE), write=data[:16])
    equal(task.key, BAD_LENGTH, "less than the CDB says")
    for more in (b"", bytes(3), struct.pack(">I", 24) + bytes(20),
                 struct.pack(">I", 3) + bytes(3)):
        fails(one, BAD_LENGTH, REGISTER, 0, ONE, flags=SPEC_I_PT, more=more)
    fails(one, BAD_LENGTH, REGISTER, 0, ONE, more=bytes(4))
    fails(one, BAD_LIST, IGNORE, 0, ONE, flags=SPEC_I_PT)
    fails(one, BAD_LIST, REGISTER, 0, 0, flags=SPEC_I_PT, more=bytes(4))
    equal(keys(one), (0, []), "nothing was registered")
    register(one, ONE)
    for kind in (0, 2, 4, 9, 15):
        fails(one, BAD_CDB, RESERVE, ONE, 0, kind)
    fails(one, BAD_CDB, RESERVE, ONE, 0, WE, scope=1)
    equal(one.command(bytes([0x5E, 4]) + bytes(8)).key, BAD_CDB, "action of IN")
    equal(one.command(bytes([0x5F, 8]) + bytes(8)).key, BAD_CDB, "action of OUT")
    whole = one.good(pr_in(KEYS), read=8192).data
    for size in (0, 4, 8, 12, 16):
        equal(one.good(pr_in(KEYS, size), read=size).data, whole[:size],
              f"{size} bytes of READ KEYS")


@suite.case
def reserving(lab):
    """RESERVE and RELEASE: who may, with what, and whom it is told."""
    one, two, three = inis = setup(lab)
    fails(one, CONFLICT, RESERVE, 0, 0, WE)
    register(one, ONE)
    register(two, TWO)
    for kind in TYPES:
        everybody = kind in (WEAR, EAAR)
        fails(one, CONFLICT, RESERVE, TWO, 0, kind)
        does(one, RESERVE, ONE, 0, kind)
        does(one, RESERVE, ONE, 0, kind)
        equal(reservation(three), (0 if everybody else ONE, kind), "reservation")
        fails(one, CONFLICT, RESERVE, ONE, 0, WE if kind != WE else EA)
        if not everybody:
            fails(two, CONFLICT, RESERVE, TWO, 0, kind)
            does(two, RELEASE, TWO, 0, kind)
        fails(three, CONFLICT, RELEASE, 0, 0, kind)
        fails(one, BAD_RELEASE, RELEASE, ONE, 0, WE if kind != WE else EA)
        fails(one, BAD_RELEASE, RELEASE, ONE, 0, kind, scope=1)
        equal([status[:4] for status in full_status(two)],
              [(ONE, 1, 0, kind), (TWO, everybody, 0, kind * everybody)],
              "READ FULL STATUS")
        does(one, RELEASE, ONE, 0, kind)
        equal(reservation(three), None, "reservation after RELEASE")
        attention(two, None if kind in (WE, EA) else RESERVATIONS_RELEASED)
        does(one, RELEASE, ONE, 0, kind)
        for ini in inis:
            attention(ini, None)
    equal(keys(one)[0], 2, "generation")


@suite.case
def unregistering(lab):
    """The end of the holder's registration, by type."""
    one, two, three = setup(lab)
    for kind in TYPES:
        register(one, ONE)
        register(two, TWO)
        does(one, RESERVE, ONE, 0, kind)
        does(one, REGISTER, ONE, 0)
        stays = kind in (WEAR, EAAR)
        equal(reservation(three), (0, kind) if stays else None, f"type {kind}")
        attention(two, RESERVATIONS_RELEASED if kind in (WERO, EARO) else None)
        does(two, REGISTER, TWO, 0)
        equal(reservation(three), None, f"type {kind}, nobody is registered")
        for ini in (one, two, three):
            attention(ini, None)


@suite.case
def clearing(lab):
    """CLEAR, by one that does not hold it."""
    one, two, three = setup(lab)
    register(one, ONE)
    register(two, TWO)
    does(one, RESERVE, ONE, 0, EA)
    fails(three, CONFLICT, CLEAR)
    fails(two, CONFLICT, CLEAR, ONE)
    does(two, CLEAR, TWO)
    equal((keys(two), reservation(two)), ((3, []), None), "afterwards")
    attention(one, RESERVATIONS_PREEMPTED)
    attention(two, None)
    attention(three, None)


@suite.case
def preempting(lab):
    """PREEMPT: of the holder, of registrations, of all registrants, of oneself."""
    one, two, three = setup(lab)
    register(one, ONE)
    register(two, TWO)
    register(three, ONE)
    does(one, RESERVE, ONE, 0, WE)
    fails(two, BAD_LIST, PREEMPT, TWO, 0, WE)
    fails(two, CONFLICT, PREEMPT, TWO, 0x999, WE)
    fails(two, CONFLICT, PREEMPT, ONE, ONE, WE)
    fails(two, BAD_CDB, PREEMPT, TWO, ONE, 2)
    equal((keys(one)[0], reservation(one)), (3, (ONE, WE)), "nothing has changed")
    does(two, PREEMPT, TWO, ONE, EA)
    equal((keys(two), reservation(two)), ((4, [TWO]), (TWO, EA)), "the holder")
    attention(one, REGISTRATIONS_PREEMPTED)
    attention(two, None)
    attention(three, REGISTRATIONS_PREEMPTED)

    register(one, ONE)
    does(two, PREEMPT, TWO, TWO, WERO)
    equal(reservation(two), (TWO, WERO), "the holder itself")
    attention(one, RESERVATIONS_RELEASED)
    register(three, THREE)
    does(one, PREEMPT, ONE, THREE)
    equal((keys(one)[1], reservation(one)), ([TWO, ONE], (TWO, WERO)),
          "a registration")
    attention(three, REGISTRATIONS_PREEMPTED)
    equal(three.command(write10(0, 1), write=BLOCK).status, CONFLICT,
          "a WRITE of one that was preempted")

    does(two, RELEASE, TWO, 0, WERO)
    attention(one, RESERVATIONS_RELEASED)
    register(three, THREE)
    does(two, RESERVE, TWO, 0, WEAR)
    does(three, PREEMPT, THREE, 0, EAAR)
    equal((keys(three)[1], reservation(three)), ([THREE], (0, EAAR)),
          "all registrants")
    attention(one, REGISTRATIONS_PREEMPTED)
    attention(two, REGISTRATIONS_PREEMPTED)
    equal(one.command(read10(0, 1), read=512).status, CONFLICT, "a READ")


@suite.case
def moving(lab):
    """REGISTER AND MOVE, also to a port that has no session, and what it refuses."""
    one, two, _ = setup(lab)

    def move(ini, key, new, nr, flags=0, port=1, name=None):
        name = name or transport_id(name_of(nr), isid_of(nr))
        data = struct.pack(">QQxBHI", key, new, flags, port, len(name)) + name
        return ini.command(pr_out(MOVE, length=len(data)), write=data)

    def refused(want, *args, **kwargs):
        task = move(*args, **kwargs)
        equal((task.status, task.key), (CONFLICT, None) if want == CONFLICT
              else (CHECK, want), "REGISTER AND MOVE")

    register(one, ONE)
    refused(CONFLICT, one, ONE, TWO, 2)
    does(one, RESERVE, ONE, 0, WEAR)
    refused(CONFLICT, one, ONE, TWO, 2)
    does(one, RELEASE, ONE, 0, WEAR)
    does(one, RESERVE, ONE, 0, EARO)
    refused(CONFLICT, two, 0, TWO, 1)
    refused(CONFLICT, one, TWO, TWO, 2)
    refused(BAD_LIST, one, ONE, 0, 2)
    refused(BAD_LIST, one, ONE, TWO, 1)
    refused(BAD_LIST, one, ONE, TWO, 2, flags=1)
    refused(BAD_LIST, one, ONE, TWO, 2, port=2)
    refused(BAD_LIST, one, ONE, TWO, 2, name=transport_id(name_of(2)))
    refused(BAD_LENGTH, one, ONE, TWO, 2,
            name=transport_id(name_of(2), isid_of(2))[:-4])
    equal((keys(one), reservation(one)), ((1, [ONE]), (ONE, EARO)), "as it was")

    equal(move(one, ONE, TWO, 2).status, GOOD, "to one that has a session")
    equal((keys(one), reservation(one)), ((2, [ONE, TWO]), (TWO, EARO)), "moved")
    equal(move(two, TWO, THREE, 4, flags=2).status, GOOD, "away, to one without")
    equal((keys(one), reservation(one)), ((3, [ONE, THREE]), (THREE, EARO)),
          "moved again")
    equal(two.command(read10(0, 1), read=512).status, CONFLICT, "the former one")
    four = initiator(lab, 4)
    four.good(write10(0, 1), write=BLOCK)
    does(four, RELEASE, THREE, 0, EARO)
    attention(one, RESERVATIONS_RELEASED)


@suite.case
def naming_ports(lab):
    """SPEC_I_PT: ports with and without sessions, all ports of an initiator; all
    of them, or none."""
    one, two, three = setup(lab)

    def name(*ids, ini=one, key=ONE, flags=SPEC_I_PT | ALL_TG_PT):
        body = b"".join(ids)
        return out(ini, REGISTER, 0, key, flags=flags,
                   more=struct.pack(">I", len(body)) + body)

    def port(nr):
        return transport_id(name_of(nr), isid_of(nr))

    for bad in (b"\x46" + port(2)[1:], transport_id(name_of(9)),
                transport_id(name_of(2), b"")):
        equal(name(port(4), bad).key, BAD_LIST, f"{bad}")
    equal(keys(one), (0, []), "none")
    equal(name(port(2), port(4), port(4), port(1)).status, GOOD, "two others")
    equal(keys(one), (1, [ONE] * 3), "keys")
    equal({(status[2], status[4], status[5]) for status in full_status(one)},
          {(0, 1, port(nr)) for nr in (1, 2, 4)}, "READ FULL STATUS")
    equal(name(port(5), port(2), ini=three, key=THREE).key, BAD_LIST,
          "one is registered")
    equal(name(port(5), ini=one, key=THREE).status, CONFLICT, "wrong key")
    equal(keys(one), (1, [ONE] * 3), "keys as they were")
    does(two, RESERVE, ONE, 0, WE)
    does(two, CLEAR, ONE)
    settle(one)
    other = lab.login(lab.targets()[0]["name"], name=name_of(3),
                      isid=isid_of(8), timeout=20 * SLOW)
    equal(name(transport_id(name_of(3))).status, GOOD, "all ports")
    equal(len(keys(one)[1]), 3, "registrations")
    does(other, RESERVE, ONE, 0, EARO)
    three.good(write10(0, 1), write=BLOCK)


@suite.case
def bounded(lab):
    """A logical unit has a limit, and tells it."""
    one, two, _ = setup(lab)
    left = MAX - 1
    while left:
        ids = [transport_id(f"iqn.x:{nr}", isid_of(1))
               for nr in range(left - min(left, 150), left)]
        left -= len(ids)
        does(one, IGNORE)
        body = b"".join(ids)
        does(one, REGISTER, 0, ONE, flags=SPEC_I_PT,
             more=struct.pack(">I", len(body)) + body)
    equal(len(keys(one)[1]), MAX, "registrations")
    fails(two, TOO_MANY, REGISTER, 0, TWO)
    data = one.good(pr_in(FULL, 65535), read=65535).data
    check(struct.unpack_from(">I", data, 4)[0] > 24 * MAX, "READ FULL STATUS")
    does(one, CLEAR, ONE)
    register(two, TWO)


# --- what they outlive -----------------------------------------------------

@suite.case
def outlives(lab):
    """A session, however it ends, and the device: registrations and reservation are
    there for the same port, and for no other."""
    one, two, three = setup(lab)
    register(one, ONE)
    register(two, TWO)
    does(one, RESERVE, ONE, 0, EARO)
    before = keys(three), reservation(three), full_status(three)
    one.logout()
    one = initiator(lab, 1)
    two.abort()
    two = initiator(lab, 2)
    one.good(write10(0, 1), write=BLOCK)
    two.good(write10(0, 1), write=BLOCK)
    one = initiator(lab, 1)  # reinstatement
    one.good(write10(0, 1), write=BLOCK)
    other = lab.login(lab.targets()[0]["name"], name=name_of(1),
                      isid=isid_of(9), timeout=20 * SLOW)
    equal(other.command(read10(0, 1), read=512).status, CONFLICT, "another ISID")
    equal(one.tmf(LUN_RESET), 0, "LOGICAL UNIT RESET")
    settle(one, two, three, other)
    lab.adm("lun", "set", "target", lab.targets()[0]["name"], "lun", 1, "path",
            lab.null_blk(16))
    settle(one, two, three, other)
    equal((keys(three), reservation(three), full_status(three)), before,
          "what there was")
    one.good(write10(0, 1), write=BLOCK)
    equal(three.command(read10(0, 1), read=512).status, CONFLICT, "a stranger")


@suite.case
def late_conflict(lab):
    """A WRITE that came before the reservation, but whose data comes after it."""
    one, two, _ = setup(lab)
    task = two.waiting_write(1)
    register(one, ONE)
    does(one, RESERVE, ONE, 0, WE)
    task.answer_r2t = True
    two.answer(task)
    two.wait([task])
    equal((task.status, task.key), (CONFLICT, None), "status of the WRITE")
    does(one, RELEASE, ONE, 0, WE)
    two.good(write10(0, 1), write=BLOCK)


# --- PREEMPT AND ABORT -----------------------------------------------------

def slow(lab):
    """A disk that keeps a WRITE, and three initiators, two of them registered."""
    try:
        run("modprobe", "dm-delay")
    except CommandError as err:
        raise Skip("no dm-delay") from err
    disk = Late(lab.null_blk(16))
    one, two, three = setup(lab, disk.path)
    register(one, ONE)
    register(two, TWO)
    does(two, RESERVE, TWO, 0, WERO)
    return disk, one, two, three


def stuck(ini, lba=0, fill=b"o"):
    """A WRITE that stays at the storage."""
    task = ini.issue(write10(lba, 8), write=fill * 4096)
    ini.nop()
    time.sleep(0.3)
    check(not task.done, f"{task}")
    return task


def preempt_and_abort(ini, key=ONE, victim=TWO):
    task = ini.issue(pr_out(PREEMPT_ABORT, WERO), write=pr_list(key, victim))
    ini.nop()
    return task


def still_waits(ini, task):
    for _ in range(3):
        time.sleep(0.3)
        ini.nop()
        check(not task.done, f"not behind the WRITE: {task}")


@suite.case
def abort_waits(lab):
    """It is answered behind the victim's WRITE; own commands and those of others go
    on; the victim's end with TASK ABORTED."""
    disk, one, two, three = slow(lab)
    old = stuck(two)
    mine = stuck(one, 8, b"m")
    task = preempt_and_abort(one)
    still_waits(one, task)
    equal((keys(three)[1], reservation(three)), ([ONE], (ONE, WERO)),
          "preempted at once")
    two.nop()
    attention(two, REGISTRATIONS_PREEMPTED)
    equal(two.command(write10(64, 1), write=BLOCK).status, CONFLICT,
          "the victim's next WRITE")
    check(not mine.done, "its own WRITE was ended")
    disk.release()
    one.wait([task, mine])
    two.wait([old])
    equal((task.status, mine.status, old.status), (GOOD, GOOD, TASK_ABORTED),
          "statuses")
    equal(three.good(read10(0, 8), read=4096).data, b"o" * 4096, "the block")


@suite.case
def abort_waits_for_orphans(lab):
    """The same when the connection of the victim was cut before."""
    disk, one, two, three = slow(lab)
    stuck(two)
    two.abort()
    iqn = lab.targets()[0]["name"]
    wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "an orphan")
    task = preempt_and_abort(one)
    still_waits(one, task)
    disk.release()
    one.wait([task])
    equal(task.status, GOOD, "PREEMPT AND ABORT")
    equal(three.good(read10(0, 8), read=4096).data, b"o" * 4096, "the block")


@suite.case
def abort_without_waiting(lab):
    """Orphans and WRITEs of others are not waited for, nor is anything if there is
    nobody to be preempted."""
    disk, one, two, three = slow(lab)
    does(two, PREEMPT, TWO, TWO, WE)
    does(two, RELEASE, TWO, 0, WE)
    settle(one)
    other = stuck(three)
    task = preempt_and_abort(one)
    one.wait([task], 5 * SLOW)
    equal(task.status, GOOD, "PREEMPT AND ABORT")
    check(not other.done, "the WRITE of the third was ended")
    fails(one, CONFLICT, PREEMPT_ABORT, ONE, TWO, WERO)
    disk.release()
    three.wait([other])
    equal(other.status, GOOD, "the WRITE of the third")


@suite.case
def abort_is_aborted(lab):
    """The one that waits is aborted, reset, or its connection ends: nobody waits for
    the storage then, and the victim stays preempted."""
    disk, one, two, three = slow(lab)
    stuck(two)
    task = preempt_and_abort(one)
    equal(one.tmf(1, rtt=task.itt), 0, "ABORT TASK")
    del one.tasks[task.itt]
    equal(keys(one)[1], [ONE], "keys")
    settle(two)
    does(two, REGISTER, 0, TWO)
    task = preempt_and_abort(one)
    still_waits(one, task)
    one.abort()
    one = initiator(lab, 1)
    equal(keys(one)[1], [ONE], "keys")
    settle(two)
    does(two, REGISTER, 0, TWO)
    task = preempt_and_abort(one)
    still_waits(one, task)
    three.send_tmf(LUN_RESET)
    one.wait([task])
    equal(task.status, TASK_ABORTED, "status behind the reset")
    disk.release()
    equal(three.until(iscsi.TMF_RSP).byte(2), 0, "response of the reset")


# --- the end of a RESERVE --------------------------------------------------

def is_free(ini):
    """Whether another one may write."""
    settle(ini)
    return outcome_of(ini, write10(0, 1), 0, BLOCK)


@suite.case
def reserve_ends(lab):
    """Logout, the end of the connection, reinstatement, resets, REGISTER; and it does
    not end by what others do."""
    one, two, three = setup(lab)
    iqn = lab.targets()[0]["name"]
    lab.adm("target", "set", iqn, "reset", "on")

    def taken():
        settle(one, two)
        one.good(reserve6())
        check(not is_free(two), "it is not reserved")

    taken()
    three.logout()
    check(not is_free(two), "the logout of another has ended it")
    one.logout()
    check(is_free(two), "after Logout")
    one = initiator(lab, 1)
    taken()
    one.abort()
    wait_until(lambda: is_free(two), 5 * SLOW, "the end of the connection")
    one = initiator(lab, 1)
    taken()
    one = initiator(lab, 1)
    check(is_free(two), "after reinstatement")
    for function in (LUN_RESET, TARGET_WARM_RESET):
        taken()
        equal(two.tmf(function), 0, f"function {function}")
        check(is_free(two), f"after function {function}")
    taken()
    register(one, ONE)
    check(is_free(two), "after REGISTER")
    does(one, IGNORE, 0, 0)
    taken()
    does(one, IGNORE, 0, ONE)
    check(is_free(two), "after REGISTER AND IGNORE EXISTING KEY")


@suite.case
def reserve_ends_with_the_nexus(lab):
    """I_T NEXUS RESET, which initiators of RFC 7144 have."""
    _, two, _ = setup(lab)
    one = initiator(lab, 4, keys={"iSCSIProtocolLevel": 2})
    one.good(reserve10())
    check(not is_free(two), "it is not reserved")
    equal(one.tmf(NEXUS_RESET), 0, "I_T NEXUS RESET")
    check(is_free(two), "after I_T NEXUS RESET")


@suite.case
def reserve_ends_before_the_answer(lab):
    """A Logout that is answered although the storage has not: the next initiator has
    the disk when the answer comes."""
    disk, one, two, three = slow(lab)
    does(two, CLEAR, TWO)
    settle(one)
    lab.adm("net", "set", "logout-timeout", 2 * SLOW)
    stuck(one)
    one.good(reserve6())
    check(not is_free(three), "it is not reserved")
    equal(one.logout(), 3, "response: cleanup failed")
    settle(three)
    three.good(write10(64, 1), write=BLOCK)
    disk.release()


@suite.case
def reserve_beside(lab):
    """RESERVE conflicts where there are registrations, but for those whom they let do
    all: for these it does nothing."""
    one, two, three = setup(lab)
    register(one, ONE)
    register(two, TWO)
    for ini in (one, two, three):
        for cdb in (reserve6(), release6(), reserve10(), release10()):
            equal(ini.command(cdb).status, CONFLICT, "no reservation")
    for kind in TYPES:
        does(one, RESERVE, ONE, 0, kind)
        for cdb in (reserve6(), release10()):
            one.good(cdb)
            equal(two.command(cdb).status,
                  CONFLICT if kind in (WE, EA) else GOOD, f"type {kind}")
            equal(three.command(cdb).status, CONFLICT, "a stranger")
        equal(reservation(three)[1], kind, "reservation")
        does(one, RELEASE, ONE, 0, kind)
        settle(two)


if __name__ == "__main__":
    suite.main()
