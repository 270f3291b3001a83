#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What happens to commands that the storage does not answer.

    target namespace: t1 with LUN 1 (a dm device that is suspended) and LUN 2
    -- veth -- two initiator ports

Shown: when a connection ends, its initiator logs in again at once and uses its
other LUNs; the commands that it has left (orphans) hold up only the same
initiator, at this LUN, and LOGICAL UNIT RESET; a Logout and a task management
function have a deadline; a LUN with such commands is deleted, and the device is
free when the storage has answered; the module stays as long; the administrator
sees what is left, of whom, and at which device, also when the LUN is gone, but
not from another network namespace, unless that is the initial one.
"""

# Timeout: 300
# Short: debug

import json

import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import iscsi  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import inquiry, read10, tur, write10  # noqa: E402
from ktap import Suite, check, equal, wait_until  # noqa: E402
from lab import Lab, SLOW, is_free, outcome, run, seconds, soon  # noqa: E402

suite = Suite(Lab)
LUN_RESET = 5
COMPLETE, REJECTED = 0, 255
CLEANUP_FAILED = 3
BUSY = 0x08
MANY = 24
PATIENT = {"timeout": 20}
OTHER = {"name": iscsi.NAME + "2", "isid": bytes.fromhex("80000000ab02"),
         **PATIENT}


def setup(lab):
    """The target; made anew for each case, as some delete it."""
    if not hasattr(lab, "disk"):
        lab.disk = Mapped(lab.null_blk(8))
        lab.other = lab.null_blk(4)
    lab.disk.resume()
    if lab.targets():  # a case has failed
        lab.close_all()
        lab.drop(lab.targets()[0]["name"])
    iqn = lab.target()
    lab.lun(iqn, 1, lab.disk.path)
    lab.lun(iqn, 2, lab.other)
    return iqn, lab.disk


def finish(lab, iqn):
    """All answered: nothing is left of the target."""
    lab.close_all()
    lab.drop(iqn)
    wait_until(lambda: is_free(lab.disk.path), 5 * SLOW, "the disk is free")
    lab.check_module()


def stuck_write(lab, iqn, data=bytes(4096), **kwargs):
    """A session whose WRITE is with the stopped disk."""
    ini = lab.login(iqn, luns=(1, 2), **kwargs)
    lab.disk.suspend()
    task = ini.issue(write10(0, 8), write=data)
    ini.expect_silence(0.3 * SLOW)
    check(task.status is None, f"{task}")
    return ini


def shown(lab):
    """What orphan show says."""
    return lab.adm_json("orphan", "show")["orphans"]


def shown_in(netns):
    """The same in another network namespace, given by the path of its file."""
    out = run("nsenter", f"--net={netns}", "ktgtadm", "-j", "orphan", "show")
    return json.loads(out)["ktgt"]["orphans"]


def one_write(lab, iqn, disk, removed=False):
    """What orphan show says of a WRITE that is lost, but for its age."""
    number = os.stat(disk.path).st_rdev
    return {"target": iqn, "lun": 1, "path": disk.path, "removed": removed,
            "device": f"{os.major(number)}:{os.minor(number)}",
            "initiator": iscsi.NAME, "isid": iscsi.ISID.hex(),
            "reads": 0, "writes": 1, "others": 0, "bytes": 4096,
            "namespace": os.stat(f"/run/netns/{lab.tns}").st_ino}


def is_shown(lab, wanted, ages=range(60)):
    """One group of orphans, the WANTED one, which is as old as AGES."""
    found = shown(lab)
    check(len(found) == 1 and found[0].pop("age") in ages, f"orphans: {found}")
    equal(found[0], wanted, "orphan")


def lost_write(lab, iqn, data):
    """A WRITE is with the stopped disk, and its connection is gone."""
    equal(lab.orphans(iqn), 0, "orphans before")
    stuck_write(lab, iqn, data).abort()
    wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "an orphan is counted")


def answered_then(ini, disk, opcode):
    """The response code of what was sent, which comes when the disk goes on."""
    ini.expect_silence(1)
    disk.resume()
    return ini.until(opcode).byte(2)


@suite.case
def login_again(lab):
    """The initiator is back at once, with all but this LUN."""
    iqn, disk = setup(lab)
    data = os.urandom(4096)
    lost_write(lab, iqn, data)
    ini = soon(lab.login, iqn, luns=(2,))
    soon(ini.good, read10(0, 8), 2, read=4096)
    Lab.clear_ua(ini, 1)
    equal(lab.orphans(iqn, 2), 0, "orphans of the other LUN")
    soon(ini.good, inquiry(96), 1, read=96)
    soon(ini.good, tur(), 1)
    task, took = seconds(ini.command, write10(0, 8), 1, write=bytes(4096))
    is_shown(lab, one_write(lab, iqn, disk), range(4, 60))
    equal(task.status, BUSY, "status of a WRITE after 5 s")
    check(4 < took < 6 * SLOW, f"it took {took:.1f} s")
    task = ini.issue(read10(0, 8), 1, read=4096)
    disk.resume()
    ini.wait([task])
    equal((task.status, task.data), (0, data), "READ behind the orphan")
    equal((lab.orphans(iqn), shown(lab)), (0, []), "orphans at the end")
    ini.logout()
    finish(lab, iqn)


@suite.case
def others_go_on(lab):
    """Another initiator does not wait, unless it resets the LUN."""
    iqn, disk = setup(lab)
    other = lab.login(iqn, luns=(1, 2), **OTHER)
    lost_write(lab, iqn, os.urandom(4096))
    soon(other.good, tur(), 1)
    response, took = seconds(other.tmf, LUN_RESET)
    equal(response, REJECTED, "response of the reset")
    check(9 < took < 12 * SLOW, f"it took {took:.1f} s")
    disk.resume()
    equal(soon(other.tmf, LUN_RESET, limit=2), COMPLETE, "the next reset")
    Lab.clear_ua(other, 1)
    before = other.good(read10(0, 8), 1, read=4096).data
    time.sleep(0.5)
    equal(other.good(read10(0, 8), 1, read=4096).data, before, "the block")
    other.logout()
    finish(lab, iqn)


@suite.case
def waits_for_a_reset(lab):
    """A reset is answered when the orphan has ended."""
    iqn, disk = setup(lab)
    data = os.urandom(4096)
    other = lab.login(iqn, luns=(1, 2), **OTHER)
    lost_write(lab, iqn, data)
    other.send_tmf(LUN_RESET)
    equal(answered_then(other, disk, iscsi.TMF_RSP), COMPLETE, "response")
    Lab.clear_ua(other, 1)
    equal(other.good(read10(0, 8), 1, read=4096).data, data, "the block")
    other.logout()
    finish(lab, iqn)


@suite.case
def logout_waits(lab):
    """A Logout is answered when the WRITE has ended, or after 10 s."""
    iqn, disk = setup(lab)
    ini = stuck_write(lab, iqn)
    ini.send_logout()
    equal(answered_then(ini, disk, iscsi.LOGOUT_RSP), 0, "response")

    ini = stuck_write(lab, iqn, **PATIENT)
    response, took = seconds(ini.logout)
    equal(response, CLEANUP_FAILED, "response of the second")
    check(9 < took < 12 * SLOW, f"it took {took:.1f} s")
    soon(lab.login, iqn, luns=(2,))
    disk.resume()
    finish(lab, iqn)


@suite.case
def deadlines_are_set(lab):
    """Both deadlines can be set, also for sessions that exist."""
    iqn, disk = setup(lab)
    ini = stuck_write(lab, iqn, **PATIENT)
    lab.adm("net", "set", "tmf-timeout", 3, "logout-timeout", 4)
    response, took = seconds(ini.tmf, LUN_RESET)
    equal(response, REJECTED, "response of the reset")
    check(2 < took < 5 * SLOW, f"the reset took {took:.1f} s")
    response, took = seconds(ini.logout)
    equal(response, CLEANUP_FAILED, "response of the Logout")
    check(3 < took < 6 * SLOW, f"the Logout took {took:.1f} s")
    lab.adm("net", "set", "tmf-timeout", 10, "logout-timeout", 10)
    disk.resume()
    finish(lab, iqn)


@suite.case
def deleted(lab):
    """The LUN goes, the claim stays until the storage has answered."""
    iqn, disk = setup(lab)
    ini = stuck_write(lab, iqn)
    _, took = seconds(lab.drop_lun, iqn, 1)
    check(took < 12 * SLOW, f"lun del took {took:.1f} s")
    check(not is_free(disk.path), "the device is free before it has answered")
    Lab.clear_ua(ini, 2)
    soon(ini.good, read10(0, 8), 2, read=4096)
    disk.resume()
    wait_until(lambda: is_free(disk.path), 5 * SLOW, "the disk is free")
    finish(lab, iqn)


@suite.case
def orphan_outlives_lun(lab):
    """The LUN is deleted: what is left still has a device and an initiator."""
    iqn, disk = setup(lab)
    lost_write(lab, iqn, bytes(4096))
    is_shown(lab, one_write(lab, iqn, disk))
    soon(lab.drop_lun, iqn, 1, limit=12)
    is_shown(lab, one_write(lab, iqn, disk, True))
    for part in (iqn, disk.path, iscsi.NAME):
        check(part in lab.adm("orphan", "show"), f"{part} is not in the table")
    disk.resume()
    wait_until(lambda: not shown(lab), 5 * SLOW, "no orphan is left")
    finish(lab, iqn)


@suite.case
def namespaces(lab):
    """Others do not see them, but the initial namespace does."""
    iqn, disk = setup(lab)
    lost_write(lab, iqn, bytes(4096))
    equal(shown_in(f"/run/netns/{lab.ins}"), [], "orphans of others")
    found = shown_in("/proc/1/ns/net")
    check(len(found) == 1 and found[0].pop("age") < 60, f"orphans: {found}")
    equal(found[0], one_write(lab, iqn, disk), "orphan")
    disk.resume()
    wait_until(lambda: not shown(lab), 5 * SLOW, "no orphan is left")
    equal(shown_in("/proc/1/ns/net"), [], "orphans of all")
    finish(lab, iqn)


def with_long_path(lab, iqn, disk, top):
    """LUN 1 anew, with a path that makes each answer long."""
    path = os.path.join(top, *(["d" * 250] * 6))
    os.makedirs(path)
    path = os.path.join(path, "disk")
    os.symlink(disk.path, path)
    lab.drop_lun(iqn, 1)
    lab.lun(iqn, 1, path)
    return path


@suite.case
def many(lab):
    """More than the 32 KiB of a part of the answer: each is shown once."""
    iqn, disk = setup(lab)
    top = tempfile.TemporaryDirectory()
    path = with_long_path(lab, iqn, disk, top.name)
    names = [f"{iscsi.NAME}{n}" for n in range(MANY)]
    disk.suspend()
    for name in names:
        ini = lab.login(iqn, name=name)
        ini.issue(read10(0, 8), 1, read=4096)
        ini.nop()
        ini.abort()
    wait_until(lambda: lab.orphans(iqn) == MANY, 10 * SLOW, "all are counted")
    found = shown(lab)
    equal(sorted(one["initiator"] for one in found), sorted(names), "initiators")
    equal({(one["reads"], one["writes"], one["path"]) for one in found},
          {(1, 0, path)}, "what they have in common")
    disk.resume()
    wait_until(lambda: not shown(lab), 5 * SLOW, "no orphan is left")
    finish(lab, iqn)
    top.cleanup()


@suite.case
def no_data_after_del(lab):
    """lun del ends a WRITE that waits for its data, and frees the device."""
    iqn, disk = setup(lab)
    ini = lab.login(iqn, luns=(1, 2))
    task = ini.waiting_write(1)
    soon(lab.drop_lun, iqn, 1, limit=2)
    check(is_free(disk.path), "the disk is not free")
    ini.wait([task])
    equal(task.status, 0x40, "status: TASK ABORTED")
    finish(lab, iqn)


@suite.case
def target_goes(lab):
    """Target and module: the one goes at once, the other stays."""
    iqn, disk = setup(lab)
    lost_write(lab, iqn, bytes(4096))
    lab.drop(iqn)
    equal(lab.targets(), [], "targets")
    is_shown(lab, one_write(lab, iqn, disk, True))
    done = outcome("rmmod", "ktgt")
    check(done.returncode, "rmmod took the module away")
    check("in use" in done.stderr, done.stderr)
    disk.resume()
    wait_until(lambda: is_free(disk.path), 5 * SLOW, "the disk is free")
    lab.check_module()
    disk.remove()


if __name__ == "__main__":
    suite.main()
