#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Task management, reinstatement, logout and NOPs (RFC 7143 11.5, 11.6,
11.14, 11.18, 6.3.5; RFC 7144).

    target namespace: t1 with LUNs 1, 2 -- veth -- two initiator ports

Shown: what each function answers and does, to the task, to other tasks and to
other nexuses; that a session of the same ISID takes the place of the old one;
every logout reason; NOP-Outs with data, and the target's own NOP-Ins.
"""
# Short: debug

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import NO_TAG, Pdu, read10, write10  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, lab_class  # noqa: E402

suite = Suite(lab_class())
(ABORT_TASK, ABORT_TASK_SET, CLEAR_ACA, CLEAR_TASK_SET, LUN_RESET, WARM_RESET,
 COLD_RESET, REASSIGN, QUERY_TASK, QUERY_SET, NEXUS_RESET,
 QUERY_EVENT) = range(1, 13)
(COMPLETE, NO_TASK, NO_LUN, _, NO_REASSIGN, UNSUPPORTED, UNAUTHORIZED,
 SUCCEEDED) = range(8)
REJECTED = 255
LEVEL_2 = {"iSCSIProtocolLevel": 2}
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02")}


def target(lab):
    """The one target of this file."""
    if not hasattr(lab, "iqn"):
        lab.iqn = lab.target("tmf")
        lab.lun(lab.iqn, 1, lab.null_blk(4))
        lab.lun(lab.iqn, 2, lab.null_blk(4))
    return lab.iqn


def session(lab, keys=None, **kwargs):
    return lab.login(target(lab), keys, luns=(1, 2), **kwargs)


def forget(ini, *tasks):
    """These tasks were aborted: nothing more may come for them."""
    for task in tasks:
        del ini.tasks[task.itt]


def asked(ini, function, **kwargs):
    """What a function is answered: the response, and what is said in addition."""
    ini.send_tmf(function, **kwargs)
    pdu = ini.until(iscsi.TMF_RSP)
    return pdu.byte(2), bytes(pdu.bhs[8:11])


@suite.case
def abort_outstanding(lab):
    """ABORT TASK ends the task: no status for it, ever, and its late data
    does no harm."""
    ini = session(lab)
    task = ini.waiting_write()
    equal(ini.tmf(ABORT_TASK, rtt=task.itt, refcmdsn=ini.cmdsn - 1), COMPLETE,
          "response")
    forget(ini, task)
    ini.expect_silence(0.2)
    ini.good(read10(0, 1), read=512)
    ini.logout()


@suite.case
def abort_leaves_others(lab):
    """ABORT TASK of one of three."""
    ini = session(lab)
    tasks = [ini.waiting_write(lba=8 * i) for i in range(3)]
    equal(ini.tmf(ABORT_TASK, rtt=tasks[1].itt), COMPLETE, "response")
    forget(ini, tasks[1])
    for task in (tasks[0], tasks[2]):
        ini.answer(task)
    ini.wait([tasks[0], tasks[2]])
    equal((tasks[0].status, tasks[2].status), (0, 0), "status of the others")
    ini.logout()


@suite.case
def abort_frees_the_tag(lab):
    """The ITT of an aborted task can be used again at once."""
    ini = session(lab)
    task = ini.waiting_write()
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), COMPLETE, "response")
    forget(ini, task)
    again = ini.issue(read10(0, 1), read=512, itt=task.itt)
    ini.wait([again])
    equal(again.status, 0, "status")
    ini.logout()


@suite.case
def abort_over_and_over(lab):
    """Data that was asked for and never came keeps no later task from asking,
    however many tasks have been aborted so."""
    ini = session(lab)
    for _ in range(20):
        task = ini.waiting_write()
        equal(ini.tmf(ABORT_TASK, rtt=task.itt, refcmdsn=ini.cmdsn - 1),
              COMPLETE, "response")
        forget(ini, task)
    ini.good(write10(0, 8), write=b"w" * 4096, immediate=0)
    ini.logout()


@suite.case
def abort_unknown(lab):
    """A task that is not there: 'task does not exist' (11.6.1); if its CmdSN
    is still to come, the command counts as received and aborted."""
    ini = session(lab)
    equal(ini.tmf(ABORT_TASK, rtt=0x4444, refcmdsn=ini.cmdsn - 1), NO_TASK,
          "RefCmdSN that has been")
    equal(ini.tmf(ABORT_TASK, rtt=0x4444, refcmdsn=ini.cmdsn + 100000), NO_TASK,
          "RefCmdSN outside the window")
    ini.good(read10(0, 1), read=512)
    ini.logout()


@suite.case
def abort_finished(lab):
    """A task that has ended does not exist."""
    ini = session(lab)
    task = ini.good(read10(0, 1), read=512)
    equal(ini.tmf(ABORT_TASK, rtt=task.itt, refcmdsn=ini.cmdsn - 1), NO_TASK,
          "response")
    ini.logout()


@suite.case
def abort_other_lun(lab):
    """The right tag on the wrong LUN is no task there, or is refused."""
    ini = session(lab)
    task = ini.waiting_write(1)
    got = ini.tmf(ABORT_TASK, lun=2, rtt=task.itt, refcmdsn=ini.cmdsn - 1)
    check(got in (NO_TASK, REJECTED, NO_LUN), f"response {got}")
    ini.answer(task)
    ini.wait([task])
    equal(task.status, 0, "status")
    ini.logout()


@suite.case
def abort_not_immediate(lab):
    """A TMF in the order of commands works too (11.5)."""
    ini = session(lab)
    task = ini.waiting_write()
    equal(ini.tmf(ABORT_TASK, rtt=task.itt, immediate=False), COMPLETE,
          "response")
    forget(ini, task)
    ini.good(read10(0, 1), read=512)
    ini.logout()


@suite.case
def lun_reset(lab):
    """LOGICAL UNIT RESET aborts all tasks of the LU, of every nexus, tells
    the others by a unit attention, and leaves other LUs alone (SAM-5)."""
    ini, other = session(lab), session(lab, **OTHER)
    mine, theirs = ini.waiting_write(), other.waiting_write(lba=8)
    elsewhere = other.waiting_write(2)
    equal(ini.tmf(LUN_RESET), COMPLETE, "response")
    forget(ini, mine)
    ini.expect_silence(0.2)
    task = other.command(iscsi.tur())
    # The aborted task of the other nexus may say so first, if TAS is set
    if theirs.done:
        equal(theirs.status, 0x40, "status of the aborted task")
    else:
        forget(other, theirs)
    equal(task.key and task.key[:2], (6, 0x29), "unit attention of the other")
    other.good(iscsi.tur())
    task = ini.command(iscsi.tur())
    check(task.status == 0 or task.key[:2] == (6, 0x29), f"our own: {task}")
    other.answer(elsewhere)
    other.wait([elsewhere])
    equal(elsewhere.status, 0, "status on the other LUN")
    other.good(iscsi.tur(), 2)
    for nexus in (ini, other):
        lab.clear_ua(nexus)
        nexus.good(read10(0, 1), read=512)
        nexus.logout()


@suite.case
def late_data(lab):
    """Data for a task that another nexus has aborted may be on its way, asked
    for or not: it is dropped, and nothing is said of it."""
    ini = session(lab, {"InitialR2T": "No"})
    other = session(lab, **OTHER)
    asked = ini.waiting_write()
    unasked = ini.issue(write10(8, 8), write=bytes(4096), immediate=0,
                        unsolicited=0, flags=0x21)
    ini.nop()
    equal(other.tmf(LUN_RESET), COMPLETE, "response")
    ini.wait([asked, unasked])
    equal((asked.status, unasked.status), (0x40, 0x40), "status of both")
    ini.answer(asked)
    ini.data_out(unasked, NO_TAG, 0, 4096)
    ini.expect_silence(0.2)
    for nexus in (ini, other):
        lab.clear_ua(nexus)
        nexus.good(read10(0, 1), read=512)
        nexus.logout()


def received(lab, ini):
    """Bytes that the target has received of a session."""
    shown = lab.adm_json("session", "show", "id", ini.tsih)["sessions"][0]
    return shown["conn"][0]["rx_bytes"]


@suite.case
def reset_in_a_pdu(lab):
    """A reset does not wait for the rest of a PDU that another nexus sends;
    when it comes, it is dropped. Data of a command, and data asked for."""
    ini, other = session(lab), session(lab, **OTHER)
    for asked in (False, True):
        task = other.waiting_write() if asked else None
        before, out = received(lab, other), bytearray()
        other.send_raw = out.extend
        if asked:
            other.answer(task)
        else:
            task = other.issue(write10(0, 8), write=bytes(4096))
        del other.send_raw
        check(len(out) > 4096, "the data are not in it")
        other.send_raw(out[:2000])
        wait_until(lambda at=before + 2000: received(lab, other) == at, 5,
                   "half of the PDU has been received")
        equal(ini.tmf(LUN_RESET), COMPLETE, "response")
        other.wait([task])
        equal(task.status, 0x40, "status of the task")
        other.send_raw(out[2000:])
        other.expect_silence(0.2)
        for nexus in (ini, other):
            lab.clear_ua(nexus)
            nexus.good(read10(0, 1), read=512)
    ini.logout()
    other.logout()


@suite.case
def lun_reset_absent(lab):
    """LOGICAL UNIT RESET of a LUN that is not there."""
    ini = session(lab)
    equal(ini.tmf(LUN_RESET, lun=77), NO_LUN, "response")
    ini.logout()


def ends_well(ini, *tasks):
    """Tasks that were waiting for their data go on."""
    for task in tasks:
        ini.answer(task)
    ini.wait(tasks)
    equal([task.status for task in tasks], [0] * len(tasks), "status")


@suite.case
def other_functions(lab):
    """Functions that the target does not have, or not for this session: each is
    refused by its own code, and no task is touched."""
    ini = session(lab)
    task = ini.waiting_write()
    for function, want in (
            (CLEAR_ACA, UNSUPPORTED), (REASSIGN, NO_REASSIGN),
            (WARM_RESET, UNAUTHORIZED), (COLD_RESET, UNAUTHORIZED),
            (QUERY_TASK, UNSUPPORTED), (QUERY_SET, UNSUPPORTED),
            (NEXUS_RESET, UNSUPPORTED), (QUERY_EVENT, UNSUPPORTED),
            (0, UNSUPPORTED), (13, UNSUPPORTED), (127, UNSUPPORTED)):
        equal(asked(ini, function, rtt=task.itt), (want, bytes(3)),
              f"response of function {function}")
    ini.expect_silence(0.2)
    ends_well(ini, task)
    ini.good(iscsi.tur())
    ini.logout()


@suite.case
def clear_task_set(lab):
    """Each I_T nexus has a task set of its own (TST 001b): CLEAR TASK SET ends
    the tasks of the asker at this LUN, and no other one hears of it."""
    ini, other = session(lab), session(lab, **OTHER)
    page = ini.good(iscsi.mode_sense6(0x0A), read=252).data
    equal(page[4 + page[3] + 2] >> 5, 1, "TST")
    mine = [ini.waiting_write(lba=8 * i) for i in range(2)]
    elsewhere, theirs = ini.waiting_write(2), other.waiting_write(lba=64)
    equal(ini.tmf(CLEAR_TASK_SET), COMPLETE, "response")
    forget(ini, *mine)
    ini.expect_silence(0.2)
    ends_well(ini, elsewhere)
    ends_well(other, theirs)
    for nexus in (ini, other):
        nexus.good(iscsi.tur())
    equal(ini.tmf(CLEAR_TASK_SET, lun=77), NO_LUN, "response of LUN 77")
    for nexus in (ini, other):
        nexus.logout()


# --- what waits for the storage ----------------------------------------------


class Stopped:
    """A target whose LUN 1 does not answer before the end, or release(), and whose
    LUN 2 does. Initiators may reset it."""

    def __init__(self, lab):
        self.lab = lab
        self.disk = None
        self.iqn = None

    def __enter__(self):
        # the initiators wait for one another, and answer no ping meanwhile
        self.lab.adm("net", "set", "nop-interval", 0)
        self.disk = Mapped(self.lab.null_blk(4))
        self.iqn = self.lab.target("stopped")
        self.lab.adm("target", "set", self.iqn, "reset", "on")
        self.lab.lun(self.iqn, 1, self.disk.path)
        self.lab.lun(self.iqn, 2, self.lab.null_blk(4))
        return self

    def sessions(self, *keys):
        """One for each of KEYS; the disk answers nothing from now on."""
        inis = [self.lab.login(self.iqn, own, luns=(1, 2), timeout=20 * SLOW,
                               isid=bytes.fromhex(f"80000000ac0{i}"))
                for i, own in enumerate(keys)]
        self.disk.suspend()
        return inis

    def release(self):
        self.disk.resume()

    def __exit__(self, *_):
        self.release()
        self.lab.adm("net", "set", "tmf-timeout", 10)
        self.lab.close_all()
        self.lab.drop(self.iqn)
        self.disk.remove()


def at_storage(ini, lba=0):
    """A WRITE that LUN 1 has and does not answer."""
    task = ini.issue(write10(lba, 8), write=b"o" * 4096)
    ini.nop()
    check(not task.done, f"{task}")
    return task


def answer(ini):
    return ini.until(iscsi.TMF_RSP).byte(2)


@suite.case
def own_tasks_at_storage(lab):
    """CLEAR TASK SET and I_T NEXUS RESET are answered when the storage has
    answered what they abort."""
    for function in (CLEAR_TASK_SET, NEXUS_RESET):
        with Stopped(lab) as stopped:
            ini, = stopped.sessions(LEVEL_2)
            task = at_storage(ini)
            ini.send_tmf(function)
            ini.expect_silence(0.3)
            ini.nop()
            stopped.release()
            equal(answer(ini), COMPLETE, f"response of function {function}")
            forget(ini, task)
            lab.clear_ua(ini)
            ini.good(read10(0, 1), read=512)


@suite.case
def warm_reset(lab):
    """TARGET WARM RESET, where it is allowed: the tasks of all initiators at all
    LUNs end, each LUN tells of it, and the sessions go on."""
    iqn = target(lab)
    lab.adm("target", "set", iqn, "reset", "on")
    ini, other = session(lab), session(lab, **OTHER)
    mine = [ini.waiting_write(lun) for lun in (1, 2)]
    theirs = [other.waiting_write(lun, lba=8) for lun in (1, 2)]
    equal(ini.tmf(WARM_RESET, lun=0), COMPLETE, "response")
    forget(ini, *mine)
    ini.expect_silence(0.2)
    other.wait(theirs)
    equal([task.status for task in theirs], [0x40] * 2, "status of the others")
    for lun in (0, 1, 2):
        equal(other.command(iscsi.tur(), lun).key,
              (6, 0x29, 0) if lun == 0 else (6, 0x29, 3), f"LUN {lun}")
        other.good(iscsi.tur(), lun)
        lab.clear_ua(ini, lun)
    for nexus in (ini, other):
        nexus.good(read10(0, 1), read=512)
    lab.adm("target", "set", iqn, "reset", "off")
    equal(ini.tmf(WARM_RESET), UNAUTHORIZED, "response when it is off")
    other.good(iscsi.tur())
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def warm_reset_one_by_one(lab):
    """A LUN whose storage does not answer keeps no other one closed, and the reset
    waits for it."""
    with Stopped(lab) as stopped:
        one, asker, third = stopped.sessions(None, None, None)
        old = at_storage(one)
        asker.send_tmf(WARM_RESET)
        asker.nop()
        third.nop()
        for lun in (1, 2):
            equal(third.command(iscsi.tur(), lun).key, (6, 0x29, 3), "attention")
        third.good(write10(0, 8), 2, write=b"n" * 4096)
        held = third.issue(read10(0, 8), read=4096)
        third.nop()
        check(not held.done, f"{held}")
        asker.expect_silence(0.2)
        stopped.release()
        equal(answer(asker), COMPLETE, "response")
        one.wait([old])
        third.wait([held])
        equal((old.status, held.status), (0x40, 0), "status")


@suite.case
def reset_takes_too_long(lab):
    """After tmf-timeout it is rejected, and LUN 1 serves again; a cold one that has
    failed closes no session. Eight are under way at most."""
    with Stopped(lab) as stopped:
        one, asker, third = stopped.sessions(None, None, None)
        at_storage(one)
        lab.adm("net", "set", "tmf-timeout", 60)
        for _ in range(7):
            asker.send_tmf(WARM_RESET)
        asker.nop()
        lab.adm("net", "set", "tmf-timeout", 3 * SLOW)
        one.send_tmf(COLD_RESET)
        one.nop()
        equal(third.tmf(WARM_RESET), REJECTED, "response of the ninth")
        equal(answer(one), REJECTED, "response of the cold one")
        for nexus in (one, asker, third):
            nexus.nop()
        stopped.release()
        equal({answer(asker) for _ in range(7)}, {COMPLETE}, "responses")
        lab.clear_ua(third)
        third.good(read10(0, 1), read=512)
        equal(third.tmf(WARM_RESET), COMPLETE, "response of the next")


@suite.case
def cold_reset(lab):
    """TARGET COLD RESET, where it is allowed: as a warm one, and then all sessions
    of the target end, that of the asker behind its answer."""
    iqn = target(lab)
    lab.adm("target", "set", iqn, "reset", "on")
    ini, other = session(lab), session(lab, **OTHER)
    elsewhere = lab.login(lab.target("elsewhere"), clear_ua=False)
    ini.waiting_write()
    theirs = other.waiting_write(2)
    equal(ini.tmf(COLD_RESET), COMPLETE, "response")
    equal(ini.expect_close(5), [], "PDUs behind the answer")
    for pdu in other.expect_close(5):
        equal((pdu.opcode, pdu.u("itt"), pdu.byte(3)),
              (iscsi.SCSI_RSP, theirs.itt, 0x40), "PDU of the other")
    elsewhere.nop()
    elsewhere.logout()
    lab.drop(elsewhere.target)
    lab.adm("target", "set", iqn, "reset", "default")
    ini = session(lab, clear_ua=False)
    equal(ini.command(iscsi.tur()).key, (6, 0x29, 0), "attention")
    equal(ini.tmf(COLD_RESET), UNAUTHORIZED, "response when it is off")
    lab.clear_ua(ini)
    ini.good(read10(0, 1), read=512)
    ini.logout()


# --- RFC 7144 ------------------------------------------------------------------


@suite.case
def protocol_level(lab):
    """iSCSIProtocolLevel: the smaller one of the offer and 2, and 1 without an
    offer."""
    for offer, want in ((0, "0"), (1, "1"), (2, "2"), (3, "2"), (31, "2"),
                        (32, "Reject")):
        ini = lab.connect(target(lab))
        got = ini.login({"iSCSIProtocolLevel": offer})
        equal(got.get("iSCSIProtocolLevel"), want, f"answer to {offer}")
        lab.clear_ua(ini)
        equal(ini.tmf(QUERY_SET), COMPLETE if want == "2" else UNSUPPORTED,
              f"QUERY TASK SET after {offer}")
        ini.logout()
    ini = lab.connect()
    got = ini.login({"iSCSIProtocolLevel": 2}, discovery=True)
    equal(got.get("iSCSIProtocolLevel"), "Irrelevant", "answer in discovery")
    ini.close()


@suite.case
def priority(lab):
    """A command may have a priority, in a byte that is reserved without level 2."""
    ini = session(lab, LEVEL_2)
    for value in (1, 15):
        pdu = Pdu(iscsi.SCSI_CMD, 0x81, itt=ini.itt(), lun=1).put(2, value)
        ini.send(ini.stamp(pdu))
        equal(ini.until_status(pdu.u("itt")), 0, f"status with priority {value}")
    ini.logout()


@suite.case
def query_task(lab):
    """QUERY TASK: whether a task of this session is there, by LUN and tag."""
    ini, other = session(lab, LEVEL_2), session(lab, LEVEL_2, **OTHER)
    task = ini.waiting_write()
    for nexus, lun, rtt, want in (
            (ini, 1, task.itt, SUCCEEDED), (ini, 2, task.itt, COMPLETE),
            (ini, 1, 0x4444, COMPLETE), (ini, 1, NO_TAG, COMPLETE),
            (ini, 77, task.itt, NO_LUN), (other, 1, task.itt, COMPLETE)):
        equal(asked(nexus, QUERY_TASK, lun=lun, rtt=rtt), (want, bytes(3)),
              f"LUN {lun}, tag {rtt:#x}")
    ends_well(ini, task)
    equal(ini.tmf(QUERY_TASK, rtt=task.itt), COMPLETE, "one that has ended")
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def query_task_set(lab):
    """QUERY TASK SET: whether this session has a task at the LUN."""
    ini, other = session(lab, LEVEL_2), session(lab, LEVEL_2, **OTHER)
    task = ini.waiting_write()
    for nexus, lun, want in ((ini, 1, SUCCEEDED), (ini, 2, COMPLETE),
                             (ini, 77, NO_LUN), (other, 1, COMPLETE)):
        equal(asked(nexus, QUERY_SET, lun=lun), (want, bytes(3)), f"LUN {lun}")
    equal(ini.tmf(ABORT_TASK, rtt=task.itt), COMPLETE, "response of ABORT TASK")
    forget(ini, task)
    equal(ini.tmf(QUERY_SET), COMPLETE, "response behind it")
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def query_at_storage(lab):
    """A task that the storage has is there; one that is being aborted is not."""
    with Stopped(lab) as stopped:
        ini, = stopped.sessions(LEVEL_2)
        task = at_storage(ini)
        equal(ini.tmf(QUERY_TASK, rtt=task.itt), SUCCEEDED, "response")
        equal(ini.tmf(QUERY_SET), SUCCEEDED, "response for the set")
        ini.send_tmf(ABORT_TASK, rtt=task.itt)
        equal(ini.tmf(QUERY_TASK, rtt=task.itt), COMPLETE, "one that is aborted")
        equal(ini.tmf(QUERY_SET), COMPLETE, "its set")
        stopped.release()
        equal(answer(ini), COMPLETE, "response of ABORT TASK")
        forget(ini, task)


@suite.case
def query_event(lab):
    """QUERY ASYNCHRONOUS EVENT: the unit attention that comes next, and whether
    there are more; it takes none."""
    ini = session(lab, LEVEL_2, clear_ua=False)
    other = session(lab, **OTHER)
    equal(asked(ini, QUERY_EVENT), (SUCCEEDED, b"\x16\x29\x00"), "at first")
    equal(ini.command(iscsi.tur()).key, (6, 0x29, 0), "attention")
    equal(asked(ini, QUERY_EVENT), (COMPLETE, bytes(3)), "without one")
    equal(other.tmf(LUN_RESET), COMPLETE, "response of the reset")
    ini.nop()
    equal(asked(ini, QUERY_EVENT), (SUCCEEDED, b"\x16\x29\x03"), "of a reset")
    lab.adm("lun", "set", "target", ini.target, "lun", 1, "vendor", "EVENT")
    for _ in range(2):
        equal(asked(ini, QUERY_EVENT), (SUCCEEDED, b"\x26\x29\x03"), "of two")
    equal(ini.command(iscsi.tur()).key, (6, 0x29, 3), "the first")
    equal(asked(ini, QUERY_EVENT), (SUCCEEDED, b"\x16\x3f\x03"), "of the last")
    equal(ini.command(iscsi.tur()).key, (6, 0x3F, 3), "the last")
    equal(asked(ini, QUERY_EVENT), (COMPLETE, bytes(3)), "at the end")
    equal(asked(ini, QUERY_EVENT, lun=77), (NO_LUN, bytes(3)), "of LUN 77")
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def nexus_reset(lab):
    """I_T NEXUS RESET: all tasks of the session end, its LUNs tell of the loss, and
    it goes on; other sessions notice nothing."""
    ini, other = session(lab, LEVEL_2), session(lab, **OTHER)
    mine = [ini.waiting_write(lun) for lun in (1, 2, 1)]
    theirs = other.waiting_write(lba=64)
    equal(asked(ini, NEXUS_RESET, lun=0), (COMPLETE, bytes(3)), "response")
    forget(ini, *mine)
    ini.expect_silence(0.2)
    for lun in (1, 2):
        equal(ini.command(iscsi.tur(), lun).key, (6, 0x29, 7), f"LUN {lun}")
        ini.good(iscsi.tur(), lun)
    ends_well(other, theirs)
    other.good(iscsi.tur())
    for nexus in (ini, other):
        nexus.logout()


@suite.case
def reinstatement(lab):
    """TSIH 0 with the ISID of a session: the new one takes its place, the
    old connection ends, its tasks with it (6.3.5)."""
    old = session(lab)
    old.waiting_write()
    new = session(lab)
    old.expect_close(5)
    new.good(read10(0, 1), read=512)
    new.logout()


@suite.case
def reinstatement_is_per_name(lab):
    """The same ISID of another initiator, or another ISID: no reinstatement."""
    first = session(lab)
    second = session(lab, name=iscsi.NAME + "3")
    third = session(lab, isid=bytes.fromhex("80000000ab09"))
    for ini in (first, second, third):
        ini.good(read10(0, 1), read=512)
    for ini in (first, second, third):
        ini.logout()


@suite.case
def reinstatement_storm(lab):
    """Thirty in a row with commands in flight."""
    for _ in range(30):
        ini = lab.connect(target(lab))
        ini.login()
        for _ in range(8):
            ini.issue(read10(0, 64), read=32768)
    ini.wait()
    ini.logout()


@suite.case
def logout_session(lab):
    """Reason 0 closes the session; the connection ends after the answer."""
    ini = session(lab)
    tsih = ini.tsih
    equal(ini.logout(0), 0, "response")
    equal(ini.expect_close(5), [], "PDUs after the Logout Response")
    conn = lab.connect(target(lab))
    conn.tsih = tsih
    try:
        conn.login_step(conn.declarations())
        check(False, "the session is still there")
    except iscsi.LoginError as err:
        equal(hex(err.status), hex(0x020A), "status")


@suite.case
def logout_connection(lab):
    """Reason 1 with our own CID closes the connection."""
    ini = lab.connect(target(lab))
    ini.cid = 5
    ini.login()
    lab.clear_ua(ini)
    equal(ini.logout(1), 0, "response")
    equal(ini.expect_close(5), [], "PDUs after the Logout Response")


@suite.case
def logout_in_order(lab):
    """A Logout that is not immediate takes its turn among the commands,
    which end with their status or with the session."""
    ini = session(lab)
    for i in range(20):
        ini.issue(read10(i, 1), read=512)
    pdu = Pdu(iscsi.LOGOUT_REQ, 0x80, itt=ini.itt())
    ini.send(ini.stamp(pdu))
    equal(ini.until(iscsi.LOGOUT_RSP).byte(2), 0, "response")
    equal(ini.expect_close(5), [], "PDUs after the Logout Response")


@suite.case
def logout_with_tasks(lab):
    """Logout while writes wait for data: answered, and no hang."""
    ini = session(lab)
    for i in range(8):
        ini.waiting_write(lba=8 * i)
    equal(ini.logout(0), 0, "response")
    ini.expect_close(5)
    session(lab).logout()


@suite.case
def vanish_with_tasks(lab):
    """Connections that end without logout, tasks in every state."""
    for rude in (False, True):
        for _ in range(10):
            ini = session(lab)
            ini.waiting_write()
            for i in range(16):
                ini.issue(read10(i * 64, 64), read=32768)
            if rude:
                ini.abort()
            else:
                ini.close()
    session(lab).logout()


@suite.case
def nop_out(lab):
    """NOP-Out: data come back, cut to what we take (11.19)."""
    ini = session(lab)
    for size in (0, 1, 3, 4, 100, 8192):
        data = os.urandom(size)
        for immediate in (True, False):
            got = ini.nop(data, immediate)
            equal(bytes(got.data), data, f"{size} bytes")
            equal(got.u("ttt"), NO_TAG, "TTT")
    ini.close()
    ini = session(lab, {"MaxRecvDataSegmentLength": 512})
    data = os.urandom(2000)
    got = bytes(ini.nop(data).data)
    check(got == data[:len(got)] and len(got) <= 512, f"{len(got)} bytes")
    ini.logout()


@suite.case
def nop_without_answer(lab):
    """NOP-Out with ITT FFFFFFFF: nothing comes (11.18)."""
    ini = session(lab)
    pdu = Pdu(iscsi.NOP_OUT, 0x80, itt=NO_TAG, ttt=NO_TAG)
    ini.send(ini.stamp(pdu, immediate=True))
    ini.expect_silence(0.3)
    ini.good(read10(0, 1), read=512)
    ini.logout()


def answer_one(ini):
    """It answers one NOP-In: silence after that is missed."""
    while ini.until(iscsi.NOP_IN).u("ttt") == NO_TAG:
        pass


@suite.case
def nop_in(lab):
    """The target's own NOP-In after silence; a peer that does not answer is
    gone some time later, one that does stays."""
    lab.adm("net", "set", "nop-interval", 1)
    try:
        ini, dumb = session(lab), session(lab, **OTHER)
        answer_one(dumb)
        ini.nopins.clear()
        end = time.monotonic() + 3.5
        while time.monotonic() < end:
            try:
                ini.step(0.2)
            except iscsi.Timeout:
                pass
        asked = [p for p in ini.nopins if p.u("ttt") != NO_TAG]
        check(len(asked) >= 2, f"{len(asked)} NOP-Ins that ask in 3.5 s")
        equal({p.u("itt") for p in asked}, {NO_TAG}, "ITT")
        dumb.expect_close(10)
        ini.good(read10(0, 1), read=512)
        ini.logout()
    finally:
        lab.adm("net", "set", "nop-interval", 0)


@suite.case
def nop_of_a_target(lab):
    """A target's own interval, and how long it has patience."""
    iqn = target(lab)
    lab.adm("target", "set", iqn, "nop-interval", 1, "nop-count", 4)
    try:
        dumb = session(lab)
        answer_one(dumb)
        start = time.monotonic()
        dumb.expect_close(12)
        took = time.monotonic() - start
        check(4 < took < 11, f"closed after {took:.1f} s")
    finally:
        lab.adm("target", "set", iqn, "nop-interval", "default", "nop-count",
                "default")


@suite.case
def tags_in_text(lab):
    """Text Request in a normal session: empty and own name are served."""
    ini = session(lab)
    targets, _ = ini.send_targets("")
    equal([name for name, _ in targets], [target(lab)], "SendTargets=")
    targets, _ = ini.send_targets(target(lab))
    equal([name for name, _ in targets], [target(lab)], "SendTargets=name")
    ini.logout()


if __name__ == "__main__":
    suite.main()
