#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Task attributes: SIMPLE, ORDERED, HEAD OF QUEUE (SAM-5, 8.6).

    target namespace: t1 with LUNs 1, 2 -- veth -- two initiator ports

Shown: an ORDERED task begins when all older ones have ended, and what is younger
begins when it has; one for the HEAD OF QUEUE waits for nobody, and all that has
not begun waits for it; all of that for one logical unit and one nexus, as the
Control mode page says. What is waited for may be aborted, and what waits as well.
What waits keeps nobody from getting memory, and ends with its connection.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from iscsi import inquiry, mode_sense6, read10, write10  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, Lab, is_free, seconds  # noqa: E402

suite = Suite(Lab)
SIMPLE, ORDERED, HEAD = 1, 2, 3
ABORT_TASK, LUN_RESET, COMPLETE = 1, 5, 0
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}
SOLICITED = {"InitialR2T": "Yes", "ImmediateData": "No"}


def target(lab):
    """The one target of this file."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("attr")
        lab.lun(lab.iqn, 1, lab.null_blk(16))
        lab.lun(lab.iqn, 2, lab.null_blk(4))
    return lab.iqn


def session(lab, keys=None, **kwargs):
    return lab.login(target(lab), keys, luns=(1, 2), **kwargs)


def blocker(ini, attr=SIMPLE, lun=1):
    """A write that does not end, because its data is not sent."""
    return ini.waiting_write(lun, attr=attr, data=b"b" * 4096)


def read(ini, attr=SIMPLE, lun=1):
    return ini.issue(read10(0, 1), lun, read=512, attr=attr)


def ends(ini, tasks):
    """The positions in TASKS, in the order in which they end."""
    order = []
    while len(order) < len(tasks):
        ini.step()
        order += [i for i, task in enumerate(tasks)
                  if task.done and i not in order]
    equal({task.status for task in tasks}, {0}, "status")
    return order


def still(ini, *tasks):
    """None of TASKS ends by itself."""
    ini.expect_silence(0.3)
    check(not any(task.done for task in tasks), "one has ended")


def let_go(ini, task):
    """A blocker gets its data."""
    task.answer_r2t = True
    ini.answer(task)


def abort(ini, task):
    """TASK is aborted: nothing more may come for it."""
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), COMPLETE, "response")
    del ini.tasks[task.itt]


@suite.case
def what_is_said(lab):
    """VPD page 86h has all three; TST is 001b."""
    ini = session(lab)
    page = ini.good(inquiry(255, 0x86), read=255).data
    equal(page[5] & 7, 7, "HEADSUP, ORDSUP, SIMPSUP")
    page = ini.good(mode_sense6(0x0A, bits=8), read=252).data[4:]
    equal(page[2] >> 5, 1, "TST")
    ini.logout()


@suite.case
def ordered_goes_behind(lab):
    """ORDERED waits for what is older, and what is younger waits for it."""
    ini = session(lab)
    first = blocker(ini)
    free = read(ini)
    ini.wait([free])
    tasks = [first, read(ini, ORDERED), read(ini), read(ini, ORDERED),
             read(ini)]
    still(ini, *tasks)
    let_go(ini, first)
    equal(ends(ini, tasks), [0, 1, 2, 3, 4], "order")
    ini.logout()


@suite.case
def simple_goes_behind(lab):
    """A write that is ORDERED: what comes later reads what it has written."""
    ini = session(lab, SOLICITED)
    ini.good(write10(0, 8), write=b"a" * 4096)
    first = blocker(ini, ORDERED)
    tasks = [first, *(read(ini) for _ in range(4))]
    still(ini, *tasks)
    let_go(ini, first)
    equal(ends(ini, tasks)[0], 0, "the first to end")
    equal({bytes(task.data) for task in tasks[1:]}, {b"b" * 512}, "data")
    ini.logout()


@suite.case
def head_of_queue(lab):
    """HEAD OF QUEUE goes before all that waits; and they wait for it."""
    ini = session(lab)
    first = blocker(ini)
    dormant = [read(ini, ORDERED), read(ini)]
    head = read(ini, HEAD)
    ini.wait([head])
    equal(head.status, 0, "status")
    still(ini, first, *dormant)
    head = blocker(ini, HEAD)
    let_go(ini, first)
    ini.wait([first])
    late = read(ini)
    still(ini, *dormant, late)
    let_go(ini, head)
    equal(ends(ini, [head, *dormant, late])[:2], [0, 1], "the first ones")
    ini.logout()


@suite.case
def untagged_is_simple(lab):
    """Untagged and ACA commands, which few send, are as SIMPLE ones."""
    ini = session(lab)
    first = blocker(ini)
    tasks = [read(ini, attr) for attr in (0, 4)]
    ini.wait(tasks)
    ordered = read(ini, ORDERED)
    tasks = [ordered, *(read(ini, attr) for attr in (0, 4))]
    still(ini, *tasks)
    let_go(ini, first)
    equal(ends(ini, [first, *tasks])[:2], [0, 1], "the first ones")
    ini.logout()


@suite.case
def other_task_sets(lab):
    """What belongs to another LUN, or another initiator, does not wait."""
    ini, other = session(lab), session(lab, **OTHER)
    first = blocker(ini)
    dormant = [read(ini, ORDERED), read(ini)]
    ini.good(read10(0, 1), 2, read=512)
    ini.good(read10(0, 1), 2, read=512, attr=ORDERED)
    # no logical unit, and so no order
    equal(ini.command(read10(0, 1), 7, read=512).key, (5, 0x25, 0), "sense")
    other.good(read10(0, 1), read=512)
    other.good(read10(0, 1), read=512, attr=ORDERED)
    still(ini, first, *dormant)
    let_go(ini, first)
    equal(ends(ini, [first, *dormant]), [0, 1, 2], "order")
    ini.logout()
    other.logout()


@suite.case
def device_order(lab):
    """On a device that takes 200 ms for each write, and does all at once: what
    is before the ORDERED one, it, and what is behind it, one after the other.
    """
    lab.lun(target(lab), 3,
            lab.null_blk(4, irqmode=2, completion_nsec=200_000_000))
    ini = lab.login(lab.iqn, luns=(3,))
    start = time.monotonic()
    tasks = [ini.issue(write10(8 * i, 8), 3, write=b"d" * 4096,
                       attr=ORDERED if i == 4 else SIMPLE)
             for i in range(9)]
    order = ends(ini, tasks)
    took = time.monotonic() - start
    equal(order[4], 4, "place of the fifth")
    equal(set(order[:4]), set(range(4)), "those before it")
    check(took >= 0.59, f"it took {took:.2f} s")
    ini.logout()


@suite.case
def refused_in_turn(lab):
    """An ORDERED task that is refused is so in its turn."""
    ini = session(lab)
    first = blocker(ini)
    bad = ini.issue(read10(1 << 30, 1), read=512, attr=ORDERED)
    last = read(ini)
    still(ini, bad, last)
    let_go(ini, first)
    ini.wait([first, bad, last])
    equal((first.status, bad.key, last.status), (0, (5, 0x21, 0), 0), "ends")
    ini.logout()


@suite.case
def abort_what_is_waited_for(lab):
    """The end of an aborted task is an end like any other."""
    ini = session(lab)
    first = blocker(ini)
    tasks = [read(ini, ORDERED), read(ini)]
    abort(ini, first)
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0}, "status")
    # an ORDERED one that is aborted keeps nobody any more
    first = blocker(ini, ORDERED)
    tasks = [read(ini), read(ini)]
    abort(ini, first)
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0}, "status")
    ini.logout()


@suite.case
def abort_what_waits(lab):
    """A task that has not begun is aborted at once; who waited for it goes on
    when nothing else is in the way."""
    ini = session(lab)
    first = blocker(ini)
    ordered = read(ini, ORDERED)
    last = read(ini)
    abort(ini, ordered)
    ini.wait([last])
    equal(last.status, 0, "status")
    let_go(ini, first)
    ini.wait([first])
    equal(first.status, 0, "status")
    ini.logout()


@suite.case
def reset_all(lab):
    """LOGICAL UNIT RESET, from either side, leaves nobody waiting."""
    ini, other = session(lab), session(lab, **OTHER)
    first = blocker(ini)
    tasks = [first, read(ini, ORDERED), read(ini), read(ini, ORDERED)]
    ini.nop()  # all of them have come
    equal(other.tmf(LUN_RESET), COMPLETE, "response")
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0x40}, "status: TASK ABORTED")
    lab.clear_ua(ini)
    lab.clear_ua(other)
    first = blocker(ini)
    tasks = [first, read(ini, ORDERED), read(ini), read(ini, ORDERED)]
    equal(ini.tmf(LUN_RESET), COMPLETE, "response")
    for task in tasks:
        del ini.tasks[task.itt]
    lab.clear_ua(ini)
    ini.good(read10(0, 1), read=512, attr=ORDERED)
    ini.good(read10(0, 1), read=512)
    ini.logout()
    other.logout()


@suite.case
def short_of_memory(lab):
    """An ORDERED read gets its pages although those that wait for it hold
    some."""
    target(lab)
    lab.adm("net", "set", "memory-limit", 4)
    try:
        ini = session(lab)
        first = blocker(ini)
        big = ini.issue(read10(0, 8192), read=4 << 20, attr=ORDERED)
        late = [ini.issue(write10(0, 128), write=b"l" * 65536)
                for _ in range(16)]
        still(ini, big, *late)
        let_go(ini, first)
        equal(ends(ini, [first, big, *late])[:2], [0, 1], "the first ones")
        ini.logout()
    finally:
        lab.adm("net", "set", "memory-limit", 64)


@suite.case
def connection_ends(lab):
    """What waits ends with its connection, and keeps no device."""
    dev = lab.null_blk(4)
    target(lab)
    lab.lun(lab.iqn, 4, dev)
    ini = lab.login(lab.iqn, luns=(4,))
    blocker(ini, lun=4)
    for attr in (ORDERED, SIMPLE, ORDERED, SIMPLE):
        ini.issue(write10(8, 8), 4, write=b"c" * 4096, attr=attr)
    ini.expect_silence(0.2)
    ini.close()
    lab.drop_lun(lab.iqn, 4)
    wait_until(lambda: is_free(dev), 5, "its device is released")


@suite.case
def lun_goes(lab):
    """A LUN is removed while tasks wait for data and for their turn: they end,
    and nothing waits for them."""
    dev = lab.null_blk(4)
    target(lab)
    lab.lun(lab.iqn, 5, dev)
    ini = lab.login(lab.iqn, luns=(5,))
    tasks = [blocker(ini, lun=5), read(ini, ORDERED, 5), read(ini, lun=5)]
    ini.nop()  # all of them have come
    _, took = seconds(lab.drop_lun, lab.iqn, 5)
    check(took < 2 * SLOW, f"lun del took {took:.1f} s")
    check(is_free(dev), "its device is not released")
    ini.wait(tasks)
    equal({task.status for task in tasks}, {0x40}, "status: TASK ABORTED")
    ini.logout()


@suite.case
def many(lab):
    """A window full of commands, each eighth an ORDERED write that has to ask
    for its data first: the reads behind it see what it writes, and not what the
    next one does."""
    ini = session(lab, SOLICITED)
    turns = []
    for turn in range(16):
        data = bytes([turn + 1]) * 512
        turns.append((data, [
            ini.issue(write10(0, 1), write=data, attr=ORDERED),
            *(read(ini) for _ in range(7))]))
    ini.wait()
    for data, (first, *reads) in turns:
        equal(first.status, 0, "status of the write")
        equal({bytes(task.data) for task in reads}, {data}, "data read")
    ini.logout()


suite.main()
