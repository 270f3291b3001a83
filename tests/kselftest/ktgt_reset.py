#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""LOGICAL UNIT RESET while the storage has commands.

    target namespace: t1 with LUN 1 (a dm device that can keep a WRITE) -- veth --
    three initiators: one whose WRITE is at the storage, one that asks for the
    reset, one that goes on

Shown: what is sent after the reset waits at the gate until all that was there
before has ended, and is done then; so nothing old reaches a block behind something
new. INQUIRY and TEST UNIT READY do not wait. When the time is over, the reset is
rejected and the LUN serves commands again; likewise when the asker has gone. Two
resets, a freeze, another device and a removal at the same time do not open the
gate for each other.
"""
# Timeout: 480
# Short: debug

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
from dm import Late, Mapped  # noqa: E402
from iscsi import inquiry, read10, tur, write10  # noqa: E402
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, CommandError, Lab, outcome, run, seconds, start  # noqa: E402

ABORT_TASK, ABORT_TASK_SET, LUN_RESET = 1, 2, 5
COMPLETE, REJECTED = 0, 255
TASK_ABORTED = 0x40
RESET = (6, 0x29, 3)
OLD, NEW = b"o" * 4096, b"n" * 4096
FAR = 128  # a block that answers at once


def after(lab):
    """Leave nothing to the next case."""
    for disk in Mapped.made:
        outcome("dmsetup", "resume", disk.name)
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    lab.adm("net", "set", "tmf-timeout", 10, "nop-interval", 10)


suite = Suite(Lab)
suite.after = after


def initiator(lab, nr):
    return lab.login(lab.targets()[0]["name"], name=f"{iscsi.NAME}{nr}",
                     isid=bytes.fromhex(f"80000000ab0{nr}"), timeout=20 * SLOW)


def three(lab, cls):
    """The disk, and three initiators, of which the first has a WRITE there."""
    try:
        run("modprobe", "dm-delay")
    except CommandError as err:
        raise Skip("no dm-delay") from err
    # the initiators wait for one another, and answer no ping meanwhile
    lab.adm("net", "set", "nop-interval", 0)
    disk = cls(lab.null_blk(8))
    lab.lun(lab.target(tid=1), 1, disk.path)
    one, asker, third = (initiator(lab, nr) for nr in (1, 2, 3))
    if cls is Mapped:
        disk.suspend()
    old = one.issue(write10(0, 8), write=OLD)
    one.expect_silence(0.3)
    check(not old.done, f"{old}")
    return disk, (one, old), asker, third


def ask(asker):
    """A reset under way: the NOP-Out is answered after it has begun."""
    asker.send_tmf(LUN_RESET)
    asker.nop()


def answer(asker):
    return asker.until(iscsi.TMF_RSP).byte(2)


def told(ini):
    """It finds the unit attention of the reset, and goes on. Its connection has
    heard of the reset before it answers the NOP-Out, so the rest is not aborted."""
    ini.nop()
    equal(ini.command(tur()).key, RESET, "unit attention")
    ini.good(tur())


def held(ini, *tasks):
    """INQUIRY, TEST UNIT READY and NOP-Out are answered, and TASKS are not."""
    for _ in range(2):
        ini.good(inquiry(36), read=36)
        ini.good(tur())
        ini.nop()
        check(not any(task.done for task in tasks), f"not held: {tasks}")
        time.sleep(0.3)


def done(ini, *tasks, status=0):
    ini.wait(tasks)
    equal([task.status for task in tasks], [status] * len(tasks), "status")


def block(disk, lba=0):
    """What the device has, past all caches."""
    text = run("sh", "-c", f"dd if={disk.path} bs=512 skip={lba} count=1 "
               "iflag=direct status=none | od -An -v -tx1")
    return bytes.fromhex("".join(text.split()))


def adm_start(lab, *words):
    """ktgtadm that has to wait."""
    return start("ktgtadm", "-n", lab.tns, *words)


def still_runs(proc):
    time.sleep(0.3)
    equal(proc.poll(), None, "exit status of what should wait")


def ends(proc):
    equal(proc.wait(timeout=10 * SLOW), 0, "exit status")


@suite.case
def new_behind_old(lab):
    """The device is suspended: a WRITE and a READ wait at the gate, where one can be
    aborted at once; the block ends with the later data."""
    disk, (one, old), asker, third = three(lab, Mapped)
    ask(asker)
    told(third)
    new = third.issue(write10(0, 8), write=NEW)
    got = third.issue(read10(8, 8), read=4096)
    gone = third.issue(write10(FAR, 8), write=NEW)
    held(third, new, got, gone)
    response, took = seconds(third.tmf, ABORT_TASK, rtt=gone.itt)
    check(response == COMPLETE and took < SLOW, f"ABORT TASK: {response}, {took}")
    del third.tasks[gone.itt]
    disk.resume()
    equal(answer(asker), COMPLETE, "response of the reset")
    done(one, old, status=TASK_ABORTED)
    done(third, new, got)
    equal((block(disk), block(disk, FAR)), (NEW[:512], bytes(512)), "the blocks")


@suite.case
def what_answers_waits_too(lab):
    """Blocks that the device would read and write at once wait for the one that it
    keeps, and that one is read afterwards."""
    disk, (one, old), asker, third = three(lab, Late)
    ask(asker)
    told(third)
    tasks = [third.issue(write10(FAR, 8), write=NEW),
             third.issue(read10(0, 8), read=4096)]
    held(third, *tasks)
    equal(block(disk, FAR), bytes(512), "the block meanwhile")
    disk.release()
    equal(answer(asker), COMPLETE, "response of the reset")
    done(one, old, status=TASK_ABORTED)
    done(third, *tasks)
    equal(tasks[1].data, OLD, "what was read behind the reset")
    equal(block(disk, FAR), NEW[:512], "the block")


@suite.case
def orphans_too(lab):
    """The same with a WRITE whose connection is gone."""
    disk, (one, _), asker, third = three(lab, Late)
    one.abort()
    iqn = lab.targets()[0]["name"]
    wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "an orphan")
    ask(asker)
    told(third)
    got = third.issue(read10(0, 8), read=4096)
    held(third, got)
    disk.release()
    equal(answer(asker), COMPLETE, "response of the reset")
    done(third, got)
    equal(got.data, OLD, "what was read behind the reset")


@suite.case
def time_is_over(lab):
    """Rejected, and the LUN serves what the storage answers; the next reset waits
    for the same WRITE."""
    disk, (one, old), asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 3 * SLOW)
    ask(asker)
    told(third)
    got = third.issue(read10(FAR, 8), read=4096)
    held(third, got)
    equal(answer(asker), REJECTED, "response")
    done(third, got)
    third.good(write10(FAR, 8), write=NEW)
    check(not old.done, "the WRITE has ended")

    lab.adm("net", "set", "tmf-timeout", 60)
    ask(asker)
    told(third)
    got = third.issue(read10(0, 8), read=4096)
    held(third, got)
    disk.release()
    equal(answer(asker), COMPLETE, "response of the second")
    done(one, old, status=TASK_ABORTED)
    done(third, got)
    equal(got.data, OLD, "what was read behind the reset")


@suite.case
def two_resets(lab):
    """The gate stays closed for the second when the first has been rejected."""
    disk, (one, old), asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 3 * SLOW)
    ask(asker)
    lab.adm("net", "set", "tmf-timeout", 60)
    ask(third)
    told(one)
    got = one.issue(read10(FAR, 8), read=4096)
    equal(answer(asker), REJECTED, "response of the first")
    held(one, got)
    ask(asker)
    one.wait([got])
    equal(got.status, TASK_ABORTED, "status of what came before the third")
    told(one)
    got = one.issue(read10(FAR, 8), read=4096)
    held(one, got)
    disk.release()
    equal((answer(third), answer(asker)), (COMPLETE, COMPLETE), "responses")
    done(one, old, status=TASK_ABORTED)
    done(one, got)


@suite.case
def asker_leaves(lab):
    """Nobody waits for the answer: the gate opens."""
    _, _, asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 60)
    ask(asker)
    told(third)
    got = third.issue(read10(FAR, 8), read=4096)
    held(third, got)
    asker.abort()
    _, took = seconds(third.wait, [got])
    check(got.status == 0 and took < 5 * SLOW, f"{got} after {took:.1f} s")


@suite.case
def too_many(lab):
    """More than 64 of a LUN are rejected at once."""
    disk, _, asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 60)
    for _ in range(64):
        asker.send_tmf(LUN_RESET)
    asker.nop()
    response, took = seconds(third.tmf, LUN_RESET)
    check(response == REJECTED and took < SLOW, f"{response} after {took:.1f} s")
    equal(third.tmf(LUN_RESET, lun=0), COMPLETE, "response of LUN 0")
    disk.release()
    equal({answer(asker) for _ in range(64)}, {COMPLETE}, "responses")
    equal(third.tmf(LUN_RESET), COMPLETE, "response of the next")


@suite.case
def frozen_meanwhile(lab):
    """A freeze waits for the same WRITE, and does not end with the reset."""
    disk, _, asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 60)
    ask(asker)
    told(third)
    got = third.issue(read10(FAR, 8), read=4096)
    freeze = adm_start(lab, "lun", "freeze", "target", 1, "lun", 1, "timeout", 60)
    still_runs(freeze)
    disk.release()
    equal(answer(asker), COMPLETE, "response")
    ends(freeze)
    held(third, got)
    lab.adm("lun", "thaw", "target", 1, "lun", 1)
    done(third, got)


@suite.case
def swapped_meanwhile(lab):
    """Another device takes the place during the reset: what waits gets to it, when
    the old one has nothing left."""
    disk, _, asker, third = three(lab, Late)
    other = Mapped(lab.null_blk(8))
    lab.adm("net", "set", "tmf-timeout", 60)
    ask(asker)
    told(third)
    new = third.issue(write10(0, 8), write=NEW)
    swap = adm_start(lab, "lun", "set", "target", 1, "lun", 1, "path", other.path)
    still_runs(swap)
    held(third, new)
    disk.release()
    equal(answer(asker), COMPLETE, "response")
    ends(swap)
    done(third, new)
    equal((block(disk), block(other)), (OLD[:512], NEW[:512]), "the blocks")


@suite.case
def swapped_before(lab):
    """A reset after that has to wait for the old one as well, and for the orphan
    that it has."""
    disk, (one, _), asker, third = three(lab, Late)
    other = Mapped(lab.null_blk(8))
    lab.adm("net", "set", "tmf-timeout", 60)
    one.abort()
    wait_until(lambda: len(lab.sessions()) == 2, 5 * SLOW, "the session's end")
    swap = adm_start(lab, "lun", "set", "target", 1, "lun", 1, "path", other.path)
    still_runs(swap)
    ask(asker)
    told(third)
    new = third.issue(write10(0, 8), write=NEW)
    held(third, new)
    asker.expect_silence(0.2)
    disk.release()
    equal(answer(asker), COMPLETE, "response")
    ends(swap)
    done(third, new)
    equal(block(other), NEW[:512], "the block")


@suite.case
def swapped_by_force(lab):
    """With force nothing waits for the old one: the reset has failed."""
    _, _, asker, third = three(lab, Late)
    other = Mapped(lab.null_blk(8))
    lab.adm("net", "set", "tmf-timeout", 3 * SLOW)
    ask(asker)
    told(third)
    new = third.issue(write10(0, 8), write=NEW)
    held(third, new)
    lab.adm("lun", "set", "target", 1, "lun", 1, "path", other.path, "force")
    done(third, new)
    equal(answer(asker), REJECTED, "response")
    equal(block(other), NEW[:512], "the block")


@suite.case
def not_reported(lab):
    """A command that has taken a unit attention is aborted while it waits for its
    turn: the next one reports it."""
    disk, (one, old), _, _ = three(lab, Late)
    lab.adm("lun", "set", "target", 1, "lun", 1, "vendor", "V")
    task = one.issue(tur(), attr=2)
    one.expect_silence(0.3)
    equal(one.tmf(ABORT_TASK, rtt=task.itt), COMPLETE, "response of ABORT TASK")
    del one.tasks[task.itt]
    equal(one.command(tur()).key, (6, 0x3F, 3), "unit attention")
    one.good(tur())
    disk.release()
    done(one, old)


@suite.case
def not_reported_for_bad_data(lab):
    """A command that has taken a unit attention fails for its data: the next one
    reports it."""
    iqn = lab.target(tid=1)
    lab.lun(iqn, 1, lab.null_blk(8))
    ini = lab.login(iqn, {"InitialR2T": "No"})
    lab.adm("lun", "set", "target", 1, "lun", 1, "vendor", "V")
    task = ini.issue(write10(0, 16), write=bytes(8192), immediate=0,
                     unsolicited=0, flags=0x21)
    ini.data_out(task, iscsi.NO_TAG, 0, 512)
    ini.wait([task])
    equal(task.key[0], 11, "sense key of too little data")
    equal(ini.command(tur()).key, (6, 0x3F, 3), "unit attention")
    ini.good(tur())


@suite.case
def removed_meanwhile(lab):
    """The LUN is removed during the reset: what waits ends at once, and the reset
    when the storage has answered."""
    disk, (one, old), asker, third = three(lab, Late)
    lab.adm("net", "set", "tmf-timeout", 60)
    ask(asker)
    told(third)
    new = third.issue(write10(0, 8), write=NEW)
    held(third, new)
    removal = adm_start(lab, "lun", "del", "target", 1, "lun", 1)
    done(third, new, status=TASK_ABORTED)
    asker.expect_silence(0.3)
    disk.release()
    equal(answer(asker), COMPLETE, "response")
    done(one, old, status=TASK_ABORTED)
    ends(removal)


@suite.case
def removed_before(lab):
    """A reset, and ABORT TASK SET, reach the commands of a LUN that is going."""
    disk, (one, old), asker, _ = three(lab, Late)
    second = one.issue(write10(8, 8), write=OLD)
    one.nop()
    lab.adm("net", "set", "tmf-timeout", 60)
    removal = adm_start(lab, "lun", "del", "target", 1, "lun", 1)
    still_runs(removal)
    ask(asker)
    asker.expect_silence(0.3)
    one.send_tmf(ABORT_TASK_SET)
    one.expect_silence(0.3)
    disk.release()
    equal((answer(asker), answer(one)), (COMPLETE, COMPLETE), "responses")
    ends(removal)
    check(not any(task.status == 0 for task in (old, second)), f"{old}, {second}")


if __name__ == "__main__":
    suite.main()
