#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What clusters and hypervisors send, one sequence of commands in each case.

    target namespace: t1 with LUNs null_blk, dm or scsi_debug -- veth -- initiators,
    which are the nodes of a cluster, or the paths of a node

Shown: each command of a sequence has the answer that its sender needs to go on. The
sender is not here: its commands are sent, from two or three initiators, with the
parameter data that it sends. Each case names what tells of them: a public text, by
its address, and what that says; or the clause of a standard. If a text does not tell
the type of a reservation, it is WRITE EXCLUSIVE, REGISTRANTS ONLY.
"""
# Timeout: 300
# Short: debug

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Late, Mapped  # noqa: E402
from iscsi import (compare_and_write, copy_blocks, copy_cscd,  # noqa: E402
                   copy_list, copy_results, extended_copy, get_lba_status,
                   inquiry, mode_sense6, pr_in, pr_list, pr_out, read10,
                   read16, read_capacity10, read_capacity16, release6,
                   report_groups, report_luns, reserve6, sync_cache10, tur,
                   unmap, unmap_list, write10, write16, write_same10,
                   write_same16)
from ktap import Skip, Suite, check, equal, wait_until  # noqa: E402
from lab import SLOW, CommandError, Lab, outcome, run  # noqa: E402
from lab import stable_writes  # noqa: E402
from race import beside as meanwhile  # noqa: E402

GOOD, CHECK, CONFLICT, TASK_ABORTED = 0, 2, 0x18, 0x40
(REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, PREEMPT_ABORT, IGNORE) = range(7)
KEYS, RESERVATION, CAPABILITIES, FULL = range(4)
WE, WERO, WEAR = 1, 5, 7
ABORT_TASK, LUN_RESET, COMPLETE = 1, 5, 0
# keys of three nodes, and one that a tool makes up for a moment
ONE, TWO, THREE, SPARE = 0x5AFE0001, 0x5AFE0002, 0x5AFE0003, 0xDEADBEEF
BLOCK, MIB, FUA, UNMAP_BIT = 512, 2048, 8, 8

MISCOMPARE, NO_LUN, NO_MEDIUM = (0x0E, 0x1D, 0), (5, 0x25, 0), (2, 0x3A, 0)
FAILED_UNIT, COMMUNICATION = (4, 0x3E, 1), (2, 8, 0)
IN_PROGRESS, UNREACHABLE = (5, 0, 0x16), (10, 0x0D, 2)
IN_TRANSITION, STANDBY, UNAVAILABLE = (2, 4, 0x0A), (2, 4, 0x0B), (2, 4, 0x0C)
# unit attentions
POWER_ON, RESET, MEDIUM = (6, 0x29, 0), (6, 0x29, 3), (6, 0x28, 0)
LUNS_CHANGED, STATE_CHANGED = (6, 0x3F, 0x0E), (6, 0x2A, 6)
RESERVATIONS_PREEMPTED, RESERVATIONS_RELEASED = (6, 0x2A, 3), (6, 0x2A, 4)
REGISTRATIONS_PREEMPTED = (6, 0x2A, 5)
# status of a login: class and detail
NOT_FOUND, SERVICE_UNAVAILABLE = 0x0203, 0x0301


def after(lab):
    """Leave nothing to the next case."""
    for disk in dm.Mapped.made:
        outcome("dmsetup", "resume", disk.name)
        if isinstance(disk, Late):
            disk.release()
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()
    for portal in lab.adm_json("portal", "show").get("portals", []):
        address = portal["address"]
        host = f"[{address}]" if ":" in address else address
        lab.adm("portal", "del", f"{host}:{portal['port']}")
    lab.adm("net", "set", "nop-interval", 10)


suite = Suite(Lab)
suite.after = after


# --- nodes and disks --------------------------------------------------------------

def target(lab, *devs, **options):
    """A target with DEVS as LUNs from 1 on; gives back its name."""
    # nodes wait for one another, and answer no ping meanwhile
    lab.adm("net", "set", "nop-interval", 0)
    iqn = lab.target("t1")
    for lun, dev in enumerate(devs, 1):
        lab.lun(iqn, lun, dev, **options)
    return iqn


def node(lab, nr, path=0, luns=(1,), **kwargs):
    """A session of node NR; its other paths have other ISIDs. All unit attentions
    have been taken."""
    return lab.login(iscsi_name(lab), luns=luns, name=f"{iscsi.NAME}{nr}",
                     isid=bytes.fromhex(f"80000000{nr:02x}{path:02x}"),
                     timeout=20 * SLOW, **kwargs)


def iscsi_name(lab):
    """The name of the first target."""
    return lab.targets()[0]["name"]


def cluster(lab, dev=None):
    """Three nodes at one disk."""
    target(lab, dev or lab.null_blk(16))
    return [node(lab, nr) for nr in (1, 2, 3)]


def late_disk(lab):
    """A disk that keeps WRITEs to its beginning until it is released."""
    try:
        run("modprobe", "dm-delay")
    except CommandError as err:
        raise Skip("no dm-delay") from err
    return Late(lab.null_blk(16))


# --- steps ------------------------------------------------------------------------

def answer(task):
    """How a command has ended: its status, or its sense key and codes."""
    return task.key if task.status == CHECK else task.status


def gives(want, ini, cdb, lun=1, **data):
    """The command has to end so; gives back its task."""
    task = ini.command(cdb, lun, **data)
    equal(answer(task), want, f"{cdb.hex()} to LUN {lun}")
    return task


def out(want, ini, action, key=0, new=0, kind=0):
    """PERSISTENT RESERVE OUT."""
    gives(want, ini, pr_out(action, kind), write=pr_list(key, new))


def at_once(paths, action, key=0, new=0, kind=0):
    """The same by all paths, none of which waits for another; gives back how each has
    ended."""
    tasks = [path.issue(pr_out(action, kind), write=pr_list(key, new))
             for path in paths]
    for path, task in zip(paths, tasks):
        path.wait([task])
    return [answer(task) for task in tasks]


def read_keys(ini):
    """READ KEYS: (generation, [keys])."""
    data = gives(GOOD, ini, pr_in(KEYS), read=8192).data
    generation, length = struct.unpack_from(">II", data)
    return generation, list(struct.unpack_from(f">{length // 8}Q", data, 8))


def keys(ini):
    return read_keys(ini)[1]


def reservation(ini):
    """READ RESERVATION: (key, type), or None."""
    data = gives(GOOD, ini, pr_in(RESERVATION), read=8192).data
    if len(data) == 8:
        return None
    return struct.unpack_from(">Q", data, 8)[0], data[21]


def writes(want, *inis):
    """A WRITE of each of them ends so."""
    for ini in inis:
        gives(want, ini, write10(100, 1), write=bytes(BLOCK))


def reads(want, *inis):
    for ini in inis:
        gives(want, ini, read10(100, 1), read=BLOCK)


def told(ini, *want, lun=1):
    """The unit attentions that it finds; then its disk is ready."""
    # what others have done to its commands is behind it
    ini.nop()
    got = []
    for _ in range(8):
        task = ini.command(tur(), lun)
        if task.status != CHECK:
            break
        got.append(task.key)
    equal((got, task.status), (list(want), GOOD), "unit attentions")


# --- Pacemaker: fence_scsi --------------------------------------------------------

def turs_and_keys(ini):
    gives(GOOD, ini, tur())
    return keys(ini)


def fence_scsi_on(ini, key):
    """The action "on" of a node."""
    was = turs_and_keys(ini)
    gives(GOOD, ini, tur())
    out(GOOD, ini, IGNORE, 0, key)
    if key in was:
        take_over_own_key(ini, key)
    check(key in turs_and_keys(ini), "the key is not registered")
    gives(GOOD, ini, tur())
    if reservation(ini) is None:
        gives(GOOD, ini, tur())
        out(GOOD, ini, RESERVE, key, 0, WERO)


def take_over_own_key(ini, key):
    """The key was there before: PREEMPT leaves it to this nexus alone, or, if another
    node has the reservation, to nobody; then it is registered once more."""
    gives(GOOD, ini, tur())
    out(GOOD, ini, PREEMPT, key, key, WERO)
    gives(GOOD, ini, tur())
    held = reservation(ini)
    if not held or held[0] != key:
        gives(GOOD, ini, tur())
        out(GOOD, ini, IGNORE, 0, key)


@suite.case
def fence_scsi_unfence(lab):
    """Two nodes register; the first one reserves. Source:
    github.com/ClusterLabs/fence-agents, agents/scsi/fence_scsi.py: TEST UNIT READY
    before each command; READ KEYS; REGISTER AND IGNORE EXISTING KEY; READ KEYS must have
    the key; READ RESERVATION; RESERVE of type 5 if there is none."""
    one, two, three = cluster(lab)
    fence_scsi_on(one, ONE)
    equal((keys(one), reservation(one)), ([ONE], (ONE, WERO)), "after the first")
    fence_scsi_on(two, TWO)
    equal((keys(two), reservation(two)), ([ONE, TWO], (ONE, WERO)), "after both")
    writes(GOOD, one, two)
    writes(CONFLICT, three)
    reads(GOOD, one, two, three)
    # the action "status", also of a node that is fenced
    equal(turs_and_keys(three), [ONE, TWO], "as a third one sees it")


@suite.case
def fence_scsi_rejoin(lab):
    """A node comes back with another ISID; its key and its reservation are those of its
    former session. Then once more, when the other node has the reservation. Source:
    github.com/ClusterLabs/fence-agents, agents/scsi/fence_scsi.py: if the key is
    registered before REGISTER AND IGNORE EXISTING KEY, it may be that of another nexus;
    PREEMPT of the own key with type 5 removes it, and if the reservation is not of that
    key then, the key is registered again."""
    one, two, _ = cluster(lab)
    fence_scsi_on(one, ONE)
    fence_scsi_on(two, TWO)
    one.abort()
    back = node(lab, 1, path=1)
    writes(CONFLICT, back)
    fence_scsi_on(back, ONE)
    equal((keys(two), reservation(two)), ([TWO, ONE], (ONE, WERO)), "its own")
    writes(GOOD, back, two)
    told(two)

    out(GOOD, back, RELEASE, ONE, 0, WERO)
    told(two, RESERVATIONS_RELEASED)
    out(GOOD, two, RESERVE, TWO, 0, WERO)
    back.abort()
    again = node(lab, 1, path=2)
    fence_scsi_on(again, ONE)
    equal((keys(two), reservation(two)), ([TWO, ONE], (TWO, WERO)), "of the other")
    writes(GOOD, again, two)
    told(two)


@suite.case
def fence_scsi_off(lab):
    """A node is fenced while the storage has a WRITE of it. Source:
    github.com/ClusterLabs/fence-agents, agents/scsi/fence_scsi.py: PREEMPT AND ABORT of
    type 5 with the own key and that of the other; READ KEYS must not have that, and
    READ RESERVATION must have one. The node itself looks for its key by READ KEYS, and
    reboots if it is gone."""
    disk = late_disk(lab)
    one, two, _ = cluster(lab, disk.path)
    fence_scsi_on(one, ONE)
    fence_scsi_on(two, TWO)
    stuck = one.issue(write10(0, 8), write=b"v" * 4096)
    one.expect_silence(0.3)
    equal(turs_and_keys(two), [ONE, TWO], "before")
    gives(GOOD, two, tur())
    fence = two.issue(pr_out(PREEMPT_ABORT, WERO), write=pr_list(TWO, ONE))
    two.expect_silence(0.5)
    disk.release()
    two.wait([fence])
    equal(answer(fence), GOOD, "PREEMPT AND ABORT, behind the WRITE")
    one.wait([stuck])
    equal(answer(stuck), TASK_ABORTED, "the WRITE")
    equal(turs_and_keys(two), [TWO], "afterwards")
    gives(GOOD, two, tur())
    equal(reservation(two), (TWO, WERO), "reservation")

    told(one, REGISTRATIONS_PREEMPTED)
    equal(turs_and_keys(one), [TWO], "what the fenced node sees")
    writes(CONFLICT, one)
    reads(GOOD, one)
    out(CONFLICT, one, PREEMPT_ABORT, ONE, TWO, WERO)
    writes(GOOD, two)


@suite.case
def fence_scsi_race(lab):
    """Two nodes that do not see each other fence each other at the same time: one of
    them is fenced, and the other one is not. Source:
    github.com/ClusterLabs/fence-agents, agents/scsi/fence_scsi.py: the commands are those
    of fence_scsi_off; SPC-4, 5.12.11.2.4: who is not registered any more conflicts."""
    one, two, _ = cluster(lab)
    for _ in range(10):
        fence_scsi_on(one, ONE)
        fence_scsi_on(two, TWO)
        tasks = [ini.issue(pr_out(PREEMPT_ABORT, WERO), write=pr_list(own, other))
                 for ini, own, other in ((one, ONE, TWO), (two, TWO, ONE))]
        one.wait(tasks[:1])
        two.wait(tasks[1:])
        answers = [answer(task) for task in tasks]
        equal(answers.count(GOOD), 1, f"those that have won of {answers}")
        nodes = [(one, ONE), (two, TWO)]
        winner, its_key = nodes.pop(answers.index(GOOD))
        loser, other_key = nodes.pop()
        check(set(answers) - {GOOD} <= {CONFLICT, TASK_ABORTED,
                                        REGISTRATIONS_PREEMPTED}, f"{answers}")
        equal((keys(winner), reservation(winner)), ([its_key], (its_key, WERO)),
              "what is left")
        loser.nop()
        lab.clear_ua(loser)
        out(CONFLICT, loser, PREEMPT_ABORT, other_key, its_key, WERO)
        writes(CONFLICT, loser)
        writes(GOOD, winner)


# --- Pacemaker: fence_mpath -------------------------------------------------------

@suite.case
def fence_mpath_unfence(lab):
    """A node with two paths registers by both and reserves by one; and again, also with
    a third path. Sources: github.com/ClusterLabs/fence-agents,
    agents/mpath/fence_mpath.py: register, READ KEYS, READ RESERVATION, reserve with type
    5, and that to register may fail although the key is there;
    github.com/opensvc/multipath-tools, libmpathpersist/mpath_persist_int.c: REGISTER with
    the key 0 by all paths at once, and after a conflict by any of them, REGISTER that
    removes the key by those that were good; RESERVE by one path."""
    target(lab, lab.null_blk(16))
    paths = [node(lab, 1, path) for path in (0, 1)]
    other = node(lab, 2)
    equal(at_once(paths, REGISTER, 0, ONE), [GOOD, GOOD], "both paths")
    equal((keys(paths[0]), reservation(paths[0])), ([ONE, ONE], None), "before")
    out(GOOD, paths[0], RESERVE, ONE, 0, WERO)
    writes(GOOD, *paths)
    writes(CONFLICT, other)
    equal(at_once(paths, REGISTER, 0, ONE), [CONFLICT, CONFLICT], "once more")
    third = node(lab, 1, 2)
    equal(at_once([*paths, third], REGISTER, 0, ONE), [CONFLICT, CONFLICT, GOOD],
          "with a path that is new")
    out(GOOD, third, REGISTER, ONE)
    equal((keys(other), reservation(other)), ([ONE, ONE], (ONE, WERO)), "as before")
    writes(CONFLICT, third)
    writes(GOOD, *paths)


@suite.case
def fence_mpath_off(lab):
    """Two nodes with two paths each; one PREEMPT AND ABORT removes both paths of the
    other. Sources: github.com/ClusterLabs/fence-agents, agents/mpath/fence_mpath.py:
    PREEMPT AND ABORT of type 5; READ KEYS must not have the key;
    github.com/opensvc/multipath-tools, issue 92: what READ KEYS says of such a cluster:
    each key once for each path."""
    target(lab, lab.null_blk(16))
    ones, twos = ([node(lab, nr, path) for path in (0, 1)] for nr in (1, 2))
    equal(at_once(ones, REGISTER, 0, ONE), [GOOD, GOOD], "paths of the first")
    equal(at_once(twos, REGISTER, 0, TWO), [GOOD, GOOD], "paths of the second")
    equal(sorted(keys(ones[0])), [ONE, ONE, TWO, TWO], "each key for each path")
    out(GOOD, twos[0], RESERVE, TWO, 0, WERO)
    out(GOOD, ones[1], PREEMPT_ABORT, ONE, TWO, WERO)
    equal((keys(ones[0]), reservation(ones[0])), ([ONE, ONE], (ONE, WERO)),
          "afterwards")
    for path in twos:
        told(path, REGISTRATIONS_PREEMPTED)
    writes(CONFLICT, *twos)
    told(ones[0])
    writes(GOOD, *ones)


@suite.case
def mpathpersist_release(lab):
    """The path that holds the reservation is down: another one takes it over, gives it
    up, and all paths register again. Source: github.com/opensvc/multipath-tools,
    libmpathpersist/mpath_persist_int.c: RELEASE by the paths that there are; if READ
    RESERVATION still has the own key, PREEMPT of the own key with the own key, RELEASE by
    that path, and REGISTER AND IGNORE EXISTING KEY by all."""
    target(lab, lab.null_blk(16))
    holder, usable = (node(lab, 1, path) for path in (0, 1))
    other = node(lab, 2)
    equal(at_once([holder, usable], REGISTER, 0, ONE), [GOOD, GOOD], "both paths")
    out(GOOD, other, REGISTER, 0, TWO)
    out(GOOD, holder, RESERVE, ONE, 0, WERO)
    holder.abort()
    out(GOOD, usable, RELEASE, ONE, 0, WERO)
    equal(reservation(usable), (ONE, WERO), "RELEASE of who does not hold it")
    out(GOOD, usable, PREEMPT, ONE, ONE, WERO)
    equal(keys(usable), [ONE, TWO], "after PREEMPT")
    told(other)
    out(GOOD, usable, RELEASE, ONE, 0, WERO)
    equal(reservation(usable), None, "after RELEASE")
    told(other, RESERVATIONS_RELEASED)
    holder = node(lab, 1, 0)
    equal(at_once([holder, usable], IGNORE, 0, ONE), [GOOD, GOOD], "registered again")
    equal(keys(other), [ONE, TWO, ONE], "at the end")


def two_portals(lab, dev):
    """The portals 3260 and 3261, in target port groups 1 and 2."""
    for nr, port in ((1, 3260), (2, 3261)):
        lab.adm("portal", "add", f"{lab.ADDR}:{port}", "group-tag", nr)
    target(lab, dev)
    for nr in (1, 2):
        lab.adm("group", "add", "target", iscsi_name(lab), "group", nr, "portals", nr)


def set_state(lab, nr, state):
    lab.adm("group", "set", "target", iscsi_name(lab), "group", nr, "state", state)


@suite.case
def mpathpersist_standby(lab):
    """A key is registered by a path in standby as well, so it is there when the path is
    used. Source: github.com/opensvc/multipath-tools,
    libmpathpersist/mpath_persist_int.c: commands are sent by paths that are up and by
    those in standby; SPC-4, 5.15.2.4.4: which commands a port in standby serves."""
    two_portals(lab, lab.null_blk(16))
    set_state(lab, 2, "standby")
    active, standby = node(lab, 1, 0), node(lab, 1, 1, port=3261)
    gives(STANDBY, standby, tur())
    equal(at_once([standby, active], REGISTER, 0, ONE), [GOOD, GOOD], "both paths")
    equal((keys(standby), reservation(standby)), ([ONE, ONE], None), "as it sees it")
    out(GOOD, active, RESERVE, ONE, 0, WERO)
    gives(STANDBY, standby, write10(100, 1), write=bytes(BLOCK))
    set_state(lab, 2, "active-optimized")
    told(standby, STATE_CHANGED)
    writes(GOOD, standby)


# --- Pacemaker: resource agents ---------------------------------------------------

def ocf_start(ini, key):
    check(key not in keys(ini), "the key is registered already")
    out(GOOD, ini, REGISTER, 0, key)


@suite.case
def ocf_sg_persist(lab):
    """A resource starts on two nodes, is promoted on one, moves to the other one when
    that fails, and comes back. Source: github.com/ClusterLabs/resource-agents,
    heartbeat/sg_persist.in: start is REGISTER with the key 0; promote is RESERVE, or
    PREEMPT of the key that READ RESERVATION has; demote is RELEASE; stop is REGISTER of
    0; the type is 1 if none is given; monitor is READ KEYS and READ RESERVATION."""
    one, two, _ = cluster(lab)
    ocf_start(one, ONE)
    ocf_start(two, TWO)
    equal(reservation(one), None, "before it is promoted")
    out(GOOD, one, RESERVE, ONE, 0, WE)
    writes(GOOD, one)
    writes(CONFLICT, two)
    reads(GOOD, two)

    equal(reservation(two), (ONE, WE), "what the other one finds")
    out(GOOD, two, PREEMPT, TWO, ONE, WE)
    writes(GOOD, two)
    told(one, REGISTRATIONS_PREEMPTED)
    equal((keys(one), reservation(one)), ([TWO], (TWO, WE)), "monitor")
    writes(CONFLICT, one)

    ocf_start(one, ONE)
    out(GOOD, two, RELEASE, TWO, 0, WE)
    out(GOOD, one, RESERVE, ONE, 0, WE)
    writes(CONFLICT, two)
    out(GOOD, two, REGISTER, TWO)
    out(GOOD, one, REGISTER, ONE)
    equal((keys(one), reservation(one)), ([], None), "when it has stopped")
    writes(GOOD, one, two)


@suite.case
def ocf_sg_persist_all(lab):
    """The same with a reservation of all registrants. Source:
    github.com/ClusterLabs/resource-agents, heartbeat/sg_persist.in: with the types 7 and
    8, who finds a reservation is promoted without a command; demote is REGISTER of 0, as
    RELEASE would take the reservation from all."""
    one, two, _ = cluster(lab)
    ocf_start(one, ONE)
    ocf_start(two, TWO)
    out(GOOD, one, RESERVE, ONE, 0, WEAR)
    equal(reservation(two), (0, WEAR), "what the other one finds")
    writes(GOOD, one, two)
    out(GOOD, one, REGISTER, ONE)
    equal((keys(two), reservation(two)), ([TWO], (0, WEAR)), "one is demoted")
    told(two)
    writes(CONFLICT, one)
    writes(GOOD, two)
    out(GOOD, two, REGISTER, TWO)
    equal((keys(two), reservation(two)), ([], None), "both are")
    writes(GOOD, one, two)


# --- Pacemaker: sbd ---------------------------------------------------------------

HEADER, SLOTS = 0, 4
EMPTY, TEST, OFF = (bytes([command]) for command in (0, 1, 3))


def slot(nr):
    return 1 + 2 * nr


def mailbox(nr):
    return 2 + 2 * nr


def put(ini, sector, text):
    """A sector, which is stable when the command ends."""
    gives(GOOD, ini, write10(sector, 1, FUA), write=text.ljust(BLOCK, b"\0"))


def get(ini, sector):
    return gives(GOOD, ini, read10(sector, 1), read=BLOCK).data.rstrip(b"\0")


def sbd_slot(ini, name):
    """The slot of a node; one that is free if it has none, and then looked for anew."""
    for nr in range(SLOTS):
        if get(ini, slot(nr)) == name:
            return nr
    free = next(nr for nr in range(SLOTS) if not get(ini, slot(nr)))
    put(ini, slot(free), name)
    return sbd_slot(ini, name)


@suite.case
def sbd(lab):
    """Two nodes have their slots on a disk with a cache; one of them pings the other and
    ends it. Source: github.com/ClusterLabs/sbd, src/sbd-md.c: a header in sector 0; of
    each node, a slot in every second sector from 1 on, and a mailbox behind it; each is
    read and written as one sector, by a file that is open with O_SYNC and O_DIRECT; who
    sends a message reads it again; who gets a ping clears it."""
    dev = lab.null_blk(8, cache_size=1)
    one, two, _ = cluster(lab, dev)
    put(one, HEADER, b"header")
    for nr in range(SLOTS):
        put(one, slot(nr), EMPTY)
        put(one, mailbox(nr), EMPTY)
    equal((sbd_slot(one, b"one"), sbd_slot(two, b"two")), (0, 1), "slots")
    equal(sbd_slot(one, b"two"), 1, "the slot of the other one")

    put(one, mailbox(1), TEST + b"one")
    equal(get(two, mailbox(1)), TEST + b"one", "a ping")
    put(two, mailbox(1), EMPTY)
    equal(get(one, mailbox(1)), b"", "its answer")

    equal(stable_writes(dev, lambda: put(one, mailbox(1), OFF + b"one")), [True],
          "whether the message is stable when it is sent")
    equal(get(one, mailbox(1)), OFF + b"one", "the message, as its sender reads it")
    # what the other one looks at in each of its rounds
    equal([get(two, sector) for sector in (HEADER, slot(1), mailbox(1))],
          [b"header", b"two", OFF + b"one"], "header, slot and mailbox")
    equal([get(two, sector) for sector in (slot(0), mailbox(0))], [b"one", b""],
          "what is not its own")


# --- Windows ----------------------------------------------------------------------

def clear_pr(ini):
    """ClearPR of the validation."""
    out(GOOD, ini, IGNORE, 0, SPARE)
    out(GOOD, ini, CLEAR, SPARE)


@suite.case
def windows_validation(lab):
    """"Validate SCSI-3 Persistent Reservation", from two nodes. Sources:
    github.com/quantum/esos, issue 62: the report: a key is registered, the disk is
    reserved, and the reservation is read by the same node, where another target failed;
    docs.microsoft.com, Windows protocols, MS-CSVP: 3.2.4.16, to register is REGISTER AND
    IGNORE EXISTING KEY; 3.2.4.22, READ RESERVATION by each node tells whether there is
    one, and of whom; 3.4.4.11, PREEMPT has both keys; 3.4.4.13, the table of keys has a
    key or has it not; 3.8.4.2, what is done before."""
    one, two, _ = cluster(lab)
    clear_pr(one)
    clear_pr(two)
    equal((keys(one), reservation(two)), ([], None), "at first")
    out(GOOD, one, IGNORE, 0, ONE)
    out(GOOD, one, RESERVE, ONE, 0, WERO)
    for ini in one, two:
        equal(reservation(ini), (ONE, WERO), "READ RESERVATION")

    # a node that is not registered
    out(CONFLICT, two, RESERVE, TWO, 0, WERO)
    out(CONFLICT, two, PREEMPT, TWO, ONE, WERO)
    writes(CONFLICT, two)
    reads(GOOD, two)
    writes(GOOD, one)
    # one that is
    out(GOOD, two, IGNORE, 0, TWO)
    out(CONFLICT, two, RESERVE, TWO, 0, WERO)
    out(GOOD, two, PREEMPT, TWO, ONE, WERO)
    equal((keys(two), reservation(two)), ([TWO], (TWO, WERO)), "after PREEMPT")
    told(one, REGISTRATIONS_PREEMPTED)
    equal(reservation(one), (TWO, WERO), "as the former owner sees it")
    writes(CONFLICT, one)

    out(GOOD, two, RELEASE, TWO, 0, WERO)
    out(GOOD, two, IGNORE)
    equal((keys(one), reservation(one)), ([], None), "at the end")
    writes(GOOD, one, two)


@suite.case
def windows_clear(lab):
    """A reservation that is left over is cleared by a node that knows no key of it.
    Sources: docs.microsoft.com, Windows protocols, MS-CSVP, 3.8.4.2: REGISTER AND IGNORE
    EXISTING KEY, then CLEAR; learn.microsoft.com, PRI_REGISTRATION_LIST: the generation
    counts both of these, and neither RESERVE nor RELEASE."""
    one, two, three = cluster(lab)
    for ini, key in (one, ONE), (two, TWO):
        out(GOOD, ini, IGNORE, 0, key)
    generation = read_keys(three)[0]
    out(GOOD, one, RESERVE, ONE, 0, WERO)
    out(GOOD, one, RELEASE, ONE, 0, WERO)
    told(two, RESERVATIONS_RELEASED)
    out(GOOD, one, RESERVE, ONE, 0, WERO)
    equal(read_keys(three)[0], generation, "generation after RESERVE and RELEASE")
    clear_pr(three)
    equal((read_keys(three), reservation(three)), ((generation + 2, []), None),
          "what is left")
    for ini in one, two:
        told(ini, RESERVATIONS_PREEMPTED)
    told(three)
    writes(GOOD, one, two, three)
    # and once more, on a disk that is clean
    clear_pr(three)
    told(one)


@suite.case
def windows_shared_volume(lab):
    """The owner of a volume lets others write, removes one that is not in the cluster
    any more, and is taken over when it fails. Source: patent US 8719473 of Microsoft
    (patentable.app/patents/8719473): an owner registers its key and reserves; others
    write with keys of their own that tell the node; the owner looks at the keys, and
    preempts those that are of no member; it looks whether its own key is still there."""
    one, two, three = cluster(lab)
    out(GOOD, one, IGNORE, 0, ONE)
    out(GOOD, one, RESERVE, ONE, 0, WERO)
    for ini, key in (two, TWO), (three, THREE):
        writes(CONFLICT, ini)
        out(GOOD, ini, IGNORE, 0, key)
        writes(GOOD, ini)
    equal(keys(one), [ONE, TWO, THREE], "all members")

    out(GOOD, one, PREEMPT, ONE, THREE, WERO)
    equal((keys(one), reservation(one)), ([ONE, TWO], (ONE, WERO)), "without the third")
    told(three, REGISTRATIONS_PREEMPTED)
    writes(CONFLICT, three)
    told(two)
    writes(GOOD, one, two)

    out(GOOD, two, PREEMPT, TWO, ONE, WERO)
    told(one, REGISTRATIONS_PREEMPTED)
    equal((keys(one), reservation(one)), ([TWO], (TWO, WERO)), "as the owner finds it")
    out(GOOD, one, IGNORE, 0, ONE)
    out(CONFLICT, one, RESERVE, ONE, 0, WERO)
    writes(GOOD, one, two)


@suite.case
def windows_same_key(lab):
    """Two nodes have made up the same key: it is no key to what the other one holds.
    Source: Microsoft's article 2488012 (mskb.pkisolutions.com/kb/2488012): the keys of
    the validation are random, and may be the same on two nodes; SPC-4, 5.12.9 and
    5.12.11.2.2: a reservation is held by a nexus."""
    one, two, _ = cluster(lab)
    for ini in one, two:
        out(GOOD, ini, IGNORE, 0, SPARE)
    out(GOOD, one, RESERVE, SPARE, 0, WE)
    equal((keys(two), reservation(two)), ([SPARE, SPARE], (SPARE, WE)), "both")
    out(CONFLICT, two, RESERVE, SPARE, 0, WE)
    out(GOOD, two, RELEASE, SPARE, 0, WE)
    equal(reservation(two), (SPARE, WE), "after RELEASE of the other")
    writes(CONFLICT, two)
    out(GOOD, two, PREEMPT, SPARE, SPARE, WE)
    equal(keys(two), [SPARE], "after PREEMPT")
    told(one, REGISTRATIONS_PREEMPTED)
    writes(CONFLICT, one)
    writes(GOOD, two)


# --- ESXi: locks ------------------------------------------------------------------

LOCK = 8            # a block with a lock, of which hosts have one each as well
OWNER_AT = 64       # where its owner is


def image(owner, beat=0):
    """A lock: it differs in its owner, and in a count."""
    return (b"lock" * 16 + struct.pack(">QQ", owner, beat)).ljust(BLOCK, b"\0")


def ats(want, ini, old, new, lba=LOCK):
    """COMPARE AND WRITE of one block; gives back its task."""
    return gives(want, ini, compare_and_write(lba, 1), write=old + new)


def lock_of(ini, lba=LOCK):
    return gives(GOOD, ini, read10(lba, 1), read=BLOCK).data


@suite.case
def esxi_ats_lock(lab):
    """A lock is taken, refused, given back and taken by another host. Sources:
    wahlnetwork.com/2013/11/29/many-names-aliases-vaai-primitives: ATS is the opcode 89h,
    COMPARE AND WRITE; github.com/open-iscsi/tcmu-runner, pull request 462, and
    github.com/fujita/tgt, pull request 46: INFORMATION has the offset of the first byte
    that differs, and VALID must be set."""
    one, two, three = cluster(lab)
    gives(GOOD, one, write10(LOCK, 1), write=image(0))
    ats(GOOD, one, image(0), image(1))
    for ini, nr in (two, 2), (three, 3):
        task = ats(MISCOMPARE, ini, image(0), image(nr))
        equal((task.sense[0], task.information), (0xF0, OWNER_AT + 7), "sense data")
        equal(lock_of(ini), image(1), "the lock of another")
    ats(GOOD, one, image(1), image(0))
    ats(GOOD, two, image(0), image(2))
    # the first host does not know it yet
    ats(MISCOMPARE, one, image(0), image(1))
    equal(lock_of(one), image(2), "the lock")


@suite.case
def esxi_ats_at_once(lab):
    """Three hosts want a lock at the same time, while the storage is slow: one has it.
    Source: core.vmware.com/resource/vmware-vsphere-apis-array-integration-vaai: ATS takes
    the place of reservations for locks of VMFS; SBC-4, 5.3: it is done as one."""
    disk = Mapped(lab.null_blk(16))
    hosts = cluster(lab, disk.path)
    gives(GOOD, hosts[0], write10(LOCK, 1), write=image(0))
    ats(GOOD, hosts[0], image(0), image(0))
    disk.suspend()
    tasks = []
    for nr, host in enumerate(hosts, 1):
        tasks.append(host.issue(compare_and_write(LOCK, 1),
                                write=image(0) + image(nr)))
        host.expect_silence(0.2)
    disk.resume()
    for host, task in zip(hosts, tasks):
        host.wait([task])
    equal(sorted(map(str, map(answer, tasks))),
          sorted(map(str, [GOOD, MISCOMPARE, MISCOMPARE])), "answers")
    winner = [answer(task) for task in tasks].index(GOOD) + 1
    for host in hosts:
        equal(lock_of(host), image(winner), "the lock")


@suite.case
def esxi_heartbeat(lab):
    """Two hosts beat in blocks of their own that lie side by side; one of them finds its
    block changed. Source: knowledge.broadcom.com/external/article?legacyId=2113956: the
    heartbeat is an ATS from the last image to the next one; after a miscompare the host
    says "ATS Miscompare detected between test and set HB images", and looks at the
    volume anew."""
    one, two, _ = cluster(lab)
    for beat in range(8):
        for host, lba in (one, LOCK), (two, LOCK + 1):
            old = image(lba, beat) if beat else bytes(BLOCK)
            ats(GOOD, host, old, image(lba, beat + 1), lba)
    ats(GOOD, two, image(LOCK, 8), image(0, 99))
    task = ats(MISCOMPARE, one, image(LOCK, 8), image(LOCK, 9))
    equal(task.information, OWNER_AT + 7, "INFORMATION")
    equal(lock_of(one), image(0, 99), "what has taken its place")
    ats(GOOD, two, image(LOCK + 1, 8), image(LOCK + 1, 9), LOCK + 1)


@suite.case
def esxi_heartbeat_lost_answer(lab):
    """The storage is slow, the connection is lost, and the host sends the heartbeat once
    more: it is a miscompare, and in the block is what it has sent. Sources:
    cormachogan.com/2015/04/17, "Heads Up! ATS Miscompare detected between test and set HB
    images", and www.ibm.com/support/pages, "Host Disconnects Using VMware vSphere 5.5
    Update 2": a heartbeat that takes 8 s or more is sent again, and meets what it has
    written."""
    disk = late_disk(lab)
    iqn = target(lab, disk.path)
    host, other = node(lab, 1), node(lab, 2)
    host.issue(compare_and_write(LOCK, 1), write=bytes(BLOCK) + image(1, 1))
    host.expect_silence(0.3)
    host.abort()
    wait_until(lambda: lab.orphans(iqn) == 1, 5 * SLOW, "an orphan")
    host = node(lab, 1)
    again = host.issue(compare_and_write(LOCK, 1), write=bytes(BLOCK) + image(1, 1))
    host.expect_silence(0.5)
    disk.release()
    host.wait([again])
    equal((answer(again), again.information), (MISCOMPARE, 0), "sent once more")
    for ini in host, other:
        equal(lock_of(ini), image(1, 1), "the block")


@suite.case
def esxi_heartbeat_aborted(lab):
    """The same, but the host aborts the heartbeat while the storage has not read the
    block: nothing was written, and when it is sent once more it is good. Sources: as
    above; SAM-5, 7.2: what was aborted does nothing any more when that is answered."""
    disk = Mapped(lab.null_blk(16))
    host, other, _ = cluster(lab, disk.path)
    ats(GOOD, host, bytes(BLOCK), image(1, 1))
    disk.suspend()
    task = host.issue(compare_and_write(LOCK, 1), write=image(1, 1) + image(1, 2))
    host.nop(b"x")
    host.send_tmf(ABORT_TASK, 1, task.itt, (host.cmdsn - 1) & 0xFFFFFFFF)
    host.expect_silence(0.3)
    disk.resume()
    equal(host.until(iscsi.TMF_RSP).byte(2), COMPLETE, "ABORT TASK")
    host.tasks.clear()
    equal(lock_of(other), image(1, 1), "the block")
    ats(GOOD, host, image(1, 1), image(1, 2))
    equal(lock_of(other), image(1, 2), "the block, after it was sent once more")


@suite.case
def esxi_reserve(lab):
    """A host mounts a volume by RESERVE and RELEASE; a reservation that is left over ends
    with a reset of the logical unit. Source: github.com/open-iscsi/tcmu-runner, pull
    request 108: a host without ATS needs RESERVE when it finds and mounts a volume;
    SPC-2, 5.5.1: what conflicts, and what ends it."""
    one, two, _ = cluster(lab)
    gives(GOOD, one, reserve6())
    writes(GOOD, one)
    gives(GOOD, one, release6())
    gives(GOOD, one, reserve6())
    gives(CONFLICT, two, reserve6())
    reads(CONFLICT, two)
    writes(CONFLICT, two)
    ats(CONFLICT, two, bytes(BLOCK), image(2))
    gives(GOOD, two, inquiry(36), read=36)
    gives(GOOD, two, release6())
    writes(CONFLICT, two)
    equal(two.tmf(LUN_RESET), COMPLETE, "LOGICAL UNIT RESET")
    told(one, RESET)
    lab.clear_ua(two)
    writes(GOOD, two)
    ats(GOOD, two, bytes(BLOCK), image(2))
    gives(GOOD, two, reserve6())
    writes(CONFLICT, one)
    gives(GOOD, two, release6())
    writes(GOOD, one)


@suite.case
def esxi_clustered_disk(lab):
    """Hosts share a volume with the disks of a Windows cluster: all registrants hold the
    reservation, and ATS goes on beside it. Source:
    vxav.fr/2021-02-10-vsphere-7-clustered-vmdk-rdm-free-wsfc: such a volume needs ATS and
    reservations of the type WRITE EXCLUSIVE, ALL REGISTRANTS; SPC-4, 6.15.4.2: the bit
    that tells it."""
    one, two, three = cluster(lab)
    data = gives(GOOD, one, pr_in(CAPABILITIES), read=8192).data
    equal(data[3] & 0x80, 0x80, "TMV, whether types are told")
    equal(data[4] & 0x80, 0x80, "WR_EX_AR")
    for ini, key in (one, ONE), (two, TWO):
        out(GOOD, ini, REGISTER, 0, key)
    out(GOOD, one, RESERVE, ONE, 0, WEAR)
    out(GOOD, two, RESERVE, TWO, 0, WEAR)
    ats(GOOD, one, bytes(BLOCK), image(1))
    ats(GOOD, two, image(1), image(2))
    ats(CONFLICT, three, image(2), image(3))
    equal(lock_of(three), image(2), "what a third host reads")
    # a host that is gone is removed, and the others go on
    out(GOOD, two, PREEMPT, TWO, ONE, WEAR)
    told(one, REGISTRATIONS_PREEMPTED)
    equal((keys(one), reservation(one)), ([TWO], (0, WEAR)), "what is left")
    ats(CONFLICT, one, image(2), image(1))
    ats(GOOD, two, image(2), image(0))


# --- ESXi: copies, zeroes and space -----------------------------------------------

def naa(ini, lun):
    """The first designator of page 83h, whole."""
    page = gives(GOOD, ini, inquiry(1024, 0x83), lun, read=1024).data
    equal(page[5], 3, "association and type of the first designator")
    return page[4:8 + page[7]]


def copy(want, ini, lun, segments, names, **how):
    data = copy_list(segments, names, **how)
    return gives(want, ini, extended_copy(len(data)), lun, write=data)


def fill(ini, lun, mib):
    """Mebibytes that differ; gives them back."""
    data = os.urandom(mib * MIB * BLOCK)
    for nr in range(mib):
        gives(GOOD, ini, write16(nr * MIB, MIB), lun,
              write=data[nr * MIB * BLOCK:(nr + 1) * MIB * BLOCK])
    return data


def stored(ini, lun, mib, at=0):
    return b"".join(gives(GOOD, ini, read16((at + nr) * MIB, MIB), lun,
                          read=MIB * BLOCK).data for nr in range(mib))


@suite.case
def esxi_clone(lab):
    """A virtual disk is cloned from one volume to another one by EXTENDED COPY, and
    another host reads it. Sources: docs.vmware.com, vSphere 7.0 Storage, "use of XCOPY
    with all arrays" (GUID-C7ED5B86): whether the limits are those that the storage
    reports, and whether there are several segments in a command, are options;
    www.codyhosterman.com/2015/05/xcopy-improvement-in-vsphere-6-0-for-thin-virtual-disks:
    4 MiB at a time, for a thin disk 1 MiB, or MAXIMUM SEGMENT LENGTH of the operating
    parameters. The rest of the list is from SPC-4, 6.4."""
    target(lab, lab.null_blk(16), lab.null_blk(16))
    host, other = (node(lab, nr, luns=(1, 2)) for nr in (1, 2))
    data = fill(host, 1, 7)
    limits = gives(GOOD, host, copy_results(3), read=1024).data
    cscds, segments, longest = struct.unpack_from(">8xHH4xI", limits)
    check(cscds >= 2 and segments >= 2 and longest >= 4 << 20,
          f"{cscds} CSCDs, {segments} segments of {longest} bytes")
    equal({2, 0xE4} - set(limits[44:44 + limits[43]]), set(), "types that are missing")
    names = [copy_cscd(naa(host, lun)) for lun in (1, 2)]
    copy(GOOD, host, 2, [copy_blocks(0, 1, 4 * MIB, 0, MIB)], names, list_id=1)
    copy(GOOD, host, 2, [copy_blocks(0, 1, MIB, nr * MIB, (nr + 1) * MIB)
                         for nr in (4, 5)], names, list_id=2)
    copy(GOOD, host, 2, [copy_blocks(0, 1, MIB, 6 * MIB, 7 * MIB)], names, list_id=3)
    check(stored(other, 2, 7, 1) == data, "the clone differs")
    check(stored(other, 1, 7) == data, "the original has changed")


@suite.case
def esxi_clone_elsewhere(lab):
    """A volume of another target cannot be copied by this one, and the host copies it by
    READ and WRITE. Source: docs.vmware.com, vSphere ESXi 8.0 Update 1, "VAAI
    Implementation of Extended XCOPY": hosts send EXTENDED COPY for volumes of other
    arrays as well, and copy without it if that fails; SPC-4, 6.4.5: how it fails."""
    target(lab, lab.null_blk(16))
    host = node(lab, 1)
    hidden = lab.target("t2")
    lab.lun(hidden, 1, lab.null_blk(16))
    elsewhere = lab.login(hidden, name=f"{iscsi.NAME}1", timeout=20 * SLOW)
    data = fill(elsewhere, 1, 1)
    was = fill(host, 1, 1)
    names = [copy_cscd(naa(elsewhere, 1)), copy_cscd(naa(host, 1))]
    copy(UNREACHABLE, host, 1, [copy_blocks(0, 1, MIB, 0, 0)], names, list_id=1)
    check(stored(host, 1, 1) == was, "a copy that was refused has written")
    gives(GOOD, host, write16(0, MIB), write=stored(elsewhere, 1, 1))
    check(stored(host, 1, 1) == data, "the copy of the host")


@suite.case
def esxi_zero_and_unmap(lab):
    """A host clears one mebibyte, and gives two back in one command; what lies between
    them stays. Sources: wahlnetwork.com/2013/11/29/many-names-aliases-vaai-primitives:
    the opcodes 93h, WRITE SAME, and 42h, UNMAP;
    blog.purestorage.com/purely-technical/in-guest-unmap-fix-in-esxi-6-5-part-i-windows:
    UNMAP is of mebibytes that are aligned. The limits are from SBC-4, 6.6.4."""
    one, two, _ = cluster(lab)
    limits = gives(GOOD, one, inquiry(64, 0xB0), read=64).data
    blocks, descriptors, grain = struct.unpack_from(">III", limits, 20)
    check(blocks >= 2 * MIB and descriptors >= 2 and MIB % (grain or 1) == 0,
          f"UNMAP of {blocks} blocks, {descriptors} descriptors, granularity {grain}")
    check(struct.unpack_from(">Q", limits, 36)[0] >= MIB, "WRITE SAME LENGTH")
    page = gives(GOOD, one, inquiry(64, 0xB2), read=64).data
    check(page[5] & 0x80, "LBPU is not set")
    data = fill(one, 1, 6)
    gives(GOOD, two, write_same16(MIB, MIB), write=bytes(BLOCK))
    ranges = unmap_list((3 * MIB, MIB), (5 * MIB, MIB))
    gives(GOOD, two, unmap(len(ranges)), write=ranges)
    check(stored(one, 1, 1, 1) == bytes(MIB * BLOCK), "it was not cleared")
    for nr in 0, 2, 4:
        check(stored(one, 1, 1, nr) == data[nr * MIB * BLOCK:(nr + 1) * MIB * BLOCK],
              f"mebibyte {nr} has changed")
    # LBPRZ: what was given back reads as zeroes
    for nr in (3, 5) if page[5] & 4 else ():
        check(stored(one, 1, 1, nr) == bytes(MIB * BLOCK), f"mebibyte {nr} is there")


# --- ESXi: a disk that is lost, for good or for a while -----------------------------

LIST = unmap_list((0, 8))
# what a host tries with a volume
VOLUME = ((tur(), {}), (read_capacity10(), {"read": 8}),
          (read_capacity16(), {"read": 32}), (read16(0, 1), {"read": BLOCK}),
          (write16(0, 1), {"write": bytes(BLOCK)}),
          (compare_and_write(LOCK, 1), {"write": bytes(2 * BLOCK)}),
          (write_same16(0, 8), {"write": bytes(BLOCK)}), (sync_cache10(), {}))


def all_give(want, ini, commands=VOLUME):
    for cdb, data in commands:
        gives(want, ini, cdb, **data)


@suite.case
def esxi_removed(lab):
    """A volume is removed: each command to it tells so, to each host, and INQUIRY and
    REPORT LUNS as well; the other volume goes on. It comes back as one that is new.
    Sources: docs.vmware.com, vSphere 7.0 Storage, "Detecting PDL Conditions"
    (GUID-45CF28F0): 5h 25h 0h is a permanent device loss, if all paths have it;
    kb.vmware.com, 2004684: the commands that had it: REPORT TARGET PORT GROUPS, READ
    CAPACITY of both kinds."""
    dev = lab.null_blk(16)
    iqn = target(lab, dev, lab.null_blk(16))
    hosts = [node(lab, nr, luns=(0, 1, 2)) for nr in (1, 2)]
    lab.drop_lun(iqn, 1)
    for host in hosts:
        all_give(NO_LUN, host, (*VOLUME, (report_groups(), {"read": 1024}),
                                (unmap(len(LIST)), {"write": LIST}),
                                (pr_in(KEYS), {"read": 8192})))
        plain = gives(GOOD, host, inquiry(36), read=36).data
        equal(plain[0], 0x7F, "peripheral qualifier and type")
        told(host, LUNS_CHANGED, lun=2)
        gives(GOOD, host, write16(0, 1), 2, write=bytes(BLOCK))
        luns = gives(GOOD, host, report_luns(), 0, read=4096).data
        check(b"\0\1" + bytes(6) not in luns[8:], "LUN 1 is told")
    lab.lun(iqn, 1, dev)
    for host in hosts:
        told(host, POWER_ON, LUNS_CHANGED)
        writes(GOOD, host)


@suite.case
def device_is_gone(lab):
    """The device of a disk is pulled. If the user has said that this is for good, the
    disk has failed; otherwise the way to it has. From the standard: SPC-4, annex F.2:
    04h 3Eh 01h is LOGICAL UNIT FAILURE, of the hardware; 02h 08h 00h is LOGICAL UNIT
    COMMUNICATION FAILURE, which may pass."""
    name = scsi_debug.load("delay=0")
    iqn = target(lab, f"/dev/{name}", gone="pdl")
    hosts = [node(lab, nr) for nr in (1, 2)]
    out(GOOD, hosts[0], REGISTER, 0, ONE)
    scsi_debug.pull(name)
    gives(FAILED_UNIT, hosts[0], read16(0, 1), read=BLOCK)
    for host in hosts:
        all_give(FAILED_UNIT, host)
        gives(GOOD, host, inquiry(36), read=36)
        equal(keys(host), [ONE], "registrations")
    lab.adm("lun", "set", "target", iqn, "lun", 1, "gone", "default")
    for host in hosts:
        all_give(COMMUNICATION, host)


@suite.case
def medium_is_ejected(lab):
    """A medium that is out is no loss: a host waits for it. From the standard: SPC-4,
    annex F.2: 02h 3Ah 00h is MEDIUM NOT PRESENT; SBC-4, 4.5: who uses a disk is told of
    a medium that was loaded."""
    iqn = target(lab, lab.null_blk(16), removable="on")
    hosts = [node(lab, nr) for nr in (1, 2)]
    ats(GOOD, hosts[0], bytes(BLOCK), image(1))
    lab.adm("lun", "eject", "target", iqn, "lun", 1)
    for host in hosts:
        all_give(NO_MEDIUM, host)
        gives(GOOD, host, inquiry(36), read=36)
    lab.adm("lun", "load", "target", iqn, "lun", 1)
    for host in hosts:
        told(host, MEDIUM)
    equal(lock_of(hosts[1]), image(1), "the lock")
    ats(GOOD, hosts[1], image(1), image(2))


def group_state(ini, nr):
    """The state of a target port group, by REPORT TARGET PORT GROUPS."""
    data = gives(GOOD, ini, report_groups(), read=1024).data
    at = 4
    while struct.unpack_from(">H", data, at + 2)[0] != nr:
        at += 8 + 4 * data[at + 7]
    return data[at] & 15


@suite.case
def esxi_failover(lab):
    """One of two paths goes into standby, is unavailable, and comes back; the other one
    takes the I/O. Source: knowledge.broadcom.com/external/article/345174 (1003433): a
    host goes to another path after 2h 4h Bh, target port in standby, and looks at the
    states after 6h 2Ah 6h, asymmetric access state changed; SPC-4, 5.15.2.4.5: the state
    unavailable."""
    two_portals(lab, lab.null_blk(16))
    first, second = node(lab, 1, 0), node(lab, 1, 1, port=3261)
    ats(GOOD, second, bytes(BLOCK), image(1, 1))
    for state, number, refusal in (("standby", 2, STANDBY),
                                   ("unavailable", 3, UNAVAILABLE)):
        set_state(lab, 2, state)
        ats(STATE_CHANGED, second, image(1, 1), image(2))
        ats(refusal, second, image(1, 1), image(2))
        gives(refusal, second, tur())
        equal(group_state(second, 2), number, "state, by that path")
        told(first, STATE_CHANGED)
        equal(group_state(first, 2), number, "state, by the other path")
        equal(lock_of(first), image(1, 1), "the lock")
    ats(GOOD, first, image(1, 1), image(1, 2))
    set_state(lab, 2, "active-optimized")
    told(second, STATE_CHANGED)
    ats(GOOD, second, image(1, 2), image(1, 3))


@suite.case
def esxi_transition(lab):
    """A path is between two states for as long as the storage has one of its commands.
    Source: knowledge.broadcom.com/external/article/345174 (1003433): 2h 4h Ah, the target
    port is in transition, for example while a LUN moves to another controller; the host
    tries another path, or waits."""
    disk = late_disk(lab)
    two_portals(lab, disk.path)
    first, second = node(lab, 1, 0), node(lab, 1, 1, port=3261)
    stuck = second.issue(write10(0, 8), write=b"o" * 4096)
    second.expect_silence(0.3)
    with meanwhile(set_state, lab, 2, "standby"):
        wait_until(lambda: group_state(first, 2) == 15, 5 * SLOW, "transition")
        gives(IN_TRANSITION, second, tur())
        ats(IN_TRANSITION, second, bytes(BLOCK), image(1))
        equal(group_state(second, 2), 15, "state, by that path")
        disk.release()
        second.wait([stuck])
        equal(answer(stuck), GOOD, "the WRITE that was under way")
    ats(STATE_CHANGED, second, bytes(BLOCK), image(1))
    ats(STANDBY, second, bytes(BLOCK), image(1))
    told(first, STATE_CHANGED)
    equal(gives(GOOD, first, read10(0, 8), read=4096).data, b"o" * 4096, "blocks")


@suite.case
def esxi_target_lost(lab):
    """A target with one volume is taken offline, comes back, and is deleted: a login is
    refused with the reason. Source: docs.vmware.com, vSphere 7.0 Storage, "Detecting PDL
    Conditions" (GUID-45CF28F0): if a target has one LUN, a login that is refused because
    the target is unavailable is a permanent device loss; RFC 7143, 11.13.5: the reasons
    that there are."""
    iqn = target(lab, lab.null_blk(16))
    # without a target nobody listens
    lab.target("other", tid=9)
    lab.state(iqn, "offline")
    equal(lab.login_status(iqn), SERVICE_UNAVAILABLE, "offline")
    lab.state(iqn, "ready")
    writes(GOOD, node(lab, 1))
    lab.drop(iqn)
    equal(lab.login_status(iqn), NOT_FOUND, "deleted")


# --- QEMU and Proxmox -------------------------------------------------------------

BUFFER = 8192       # of qemu-pr-helper


def helped(ini, action, length):
    """PERSISTENT RESERVE IN of a guest: it says how much it wants, and the helper expects
    as much as it has room for. Gives back the data."""
    task = gives(GOOD, ini, pr_in(action, length), read=BUFFER)
    check(len(task.data) <= length, f"more than {length} bytes: {task}")
    equal(task.underflow, BUFFER - len(task.data), "residual count")
    return task.data


@suite.case
def qemu_pr_helper(lab):
    """Guests of two hosts use reservations. Source: github.com/qemu/qemu,
    scsi/qemu-pr-helper.c: the CDB of the guest is sent as it is, with a buffer of 8192
    bytes for PERSISTENT RESERVE IN, whatever the guest wants; the guest gets what has
    come, without the residual; sense data goes to the guest as well."""
    one, two, _ = cluster(lab)
    equal(len(helped(one, CAPABILITIES, 8)), 8, "REPORT CAPABILITIES")
    equal(helped(one, KEYS, 8), bytes(8), "READ KEYS at first")
    out(GOOD, one, IGNORE, 0, ONE)
    out(GOOD, two, IGNORE, 0, TWO)
    # how many there are; then all of them
    equal(helped(one, KEYS, 8), struct.pack(">II", 2, 16), "the beginning")
    equal(helped(one, KEYS, 24), struct.pack(">IIQQ", 2, 16, ONE, TWO), "all keys")
    equal(helped(one, KEYS, 4096)[8:], struct.pack(">QQ", ONE, TWO), "with more room")
    out(GOOD, one, RESERVE, ONE, 0, WERO)
    equal(helped(two, RESERVATION, 24), struct.pack(">IIQxxxxxBxx", 2, 16, ONE, WERO),
          "READ RESERVATION")
    check(len(helped(two, FULL, 4096)) > 8 + 2 * 24, "READ FULL STATUS is too short")
    out(GOOD, two, PREEMPT, TWO, ONE, WERO)
    gives(REGISTRATIONS_PREEMPTED, one, pr_in(RESERVATION, 24), read=BUFFER)
    equal(helped(one, RESERVATION, 24)[8:16], struct.pack(">Q", TWO), "the owner")


@suite.case
def qemu_copy_range(lab):
    """A disk image is copied from one LUN to another one, with the same list identifier
    in each command. Of two such commands at once the second one is refused, and QEMU
    copies these blocks itself. Source: github.com/qemu/qemu, block/iscsi.c: sent to the
    destination; list identifier 1, whose results are not kept; both disks by their NAA
    identifiers, with the length of their blocks; one segment of type 02h; SPC-4, 6.4.3.2:
    an identifier that is in use."""
    iqn = target(lab, lab.null_blk(16), lab.null_blk(16))
    host = node(lab, 1, luns=(1, 2))
    data = fill(host, 1, 2)
    names = [copy_cscd(naa(host, lun), BLOCK) for lun in (1, 2)]
    how = {"list_id": 1, "usage": 2}
    for nr in range(2):
        copy(GOOD, host, 2, [copy_blocks(0, 1, MIB, nr * MIB, nr * MIB)], names, **how)
    check(stored(host, 2, 2) == data, "the copy differs")

    lab.adm("lun", "freeze", "target", iqn, "lun", 1, "timeout", 60)
    text = copy_list([copy_blocks(0, 1, MIB, 0, 4 * MIB)], names, **how)
    first = host.issue(extended_copy(len(text)), 2, write=text)
    host.expect_silence(0.3)
    copy(IN_PROGRESS, host, 2, [copy_blocks(0, 1, MIB, MIB, 5 * MIB)], names, **how)
    lab.adm("lun", "thaw", "target", iqn, "lun", 1)
    host.wait([first])
    equal(answer(first), GOOD, "the first one")
    gives(GOOD, host, write16(5 * MIB, MIB), 2, write=stored(host, 1, 1, 1))
    check(stored(host, 2, 2, 4) == data, "the copy of both")


@suite.case
def qemu_disk(lab):
    """QEMU opens a LUN, clears blocks, gives some back, asks which are there, and
    flushes. Source: github.com/qemu/qemu, block/iscsi.c: MODE SENSE(6) of all pages for
    DPOFUA and WP; READ CAPACITY(16); pages 00h, B2h, B0h and 83h; WRITE with FUA if there
    is DPOFUA; WRITE SAME(10) of a block of zeroes, with UNMAP if LBPRZ, LBPWS and LBPWS10
    are told; UNMAP with one descriptor; GET LBA STATUS with room for one descriptor,
    which must begin at the block that was asked for."""
    _, other, _ = cluster(lab)
    guest = node(lab, 4)
    head = gives(GOOD, guest, mode_sense6(0x3F, 255, 8), read=255).data
    equal(head[2] & 0x90, 0x10, "WP and DPOFUA")
    capacity = gives(GOOD, guest, read_capacity16(), read=32).data
    equal(struct.unpack_from(">QI", capacity), (16 * MIB - 1, BLOCK), "capacity")
    pages = {page: gives(GOOD, guest, inquiry(255, page), read=255).data
             for page in (0x00, 0xB2, 0xB0, 0x83)}
    check({0xB2, 0xB0, 0x83} <= set(pages[0x00][4:]), "a page is not told")
    bits = pages[0xB2][5]
    zeroes = UNMAP_BIT if bits & 0x64 == 0x64 else 0
    data = os.urandom(64 * BLOCK)
    gives(GOOD, guest, write10(0, 64, FUA), write=data)
    gives(GOOD, guest, write_same10(8, 16, zeroes), write=bytes(BLOCK))
    ranges = unmap_list((40, 8))
    gives(GOOD, guest, unmap(len(ranges)), write=ranges)
    gives(GOOD, guest, sync_cache10())
    for lba in 0, 8, 40, 16 * MIB - 1:
        status = gives(GOOD, guest, get_lba_status(lba, 24), read=24).data
        at, blocks = struct.unpack_from(">QI", status, 8)
        equal((len(status), at, blocks > 0), (24, lba, True), "GET LBA STATUS")
    got = gives(GOOD, other, read10(0, 40), read=40 * BLOCK).data
    check(got == data[:8 * BLOCK] + bytes(16 * BLOCK) + data[24 * BLOCK:40 * BLOCK],
          "what another host reads")
    got = gives(GOOD, other, read10(48, 16), read=16 * BLOCK).data
    check(got == data[48 * BLOCK:], "what another host reads behind it")


@suite.case
def proxmox_safe_remove(lab):
    """A volume of a volume group is written over with zeroes by one node, and is another
    volume on a second node then. Source: github.com/proxmox/pve-storage,
    src/PVE/Storage/LVMPlugin.pm: with saferemove, zeroes are written in steps of 1 MiB
    before the volume is removed; nodes share the volume group by a lock of the cluster,
    and each reads what the other has written. A step is one WRITE(10) here, as B0h says
    that it may be."""
    one, two, _ = cluster(lab)
    limits = gives(GOOD, one, inquiry(64, 0xB0), read=64).data
    check(struct.unpack_from(">I", limits, 8)[0] >= MIB, "MAXIMUM TRANSFER LENGTH")
    data = fill(one, 1, 4)
    gives(GOOD, one, write10(0, 1), write=b"label of the group".ljust(BLOCK))
    for nr in 1, 2:
        gives(GOOD, one, write10(nr * MIB, MIB), write=bytes(MIB * BLOCK))
    gives(GOOD, one, sync_cache10())
    equal(gives(GOOD, two, read10(0, 1), read=BLOCK).data[:5], b"label", "metadata")
    check(stored(two, 1, 2, 1) == bytes(2 * MIB * BLOCK), "old data can be read")
    check(stored(two, 1, 1, 3) == data[3 * MIB * BLOCK:], "the next volume")
    gives(GOOD, two, write10(MIB, MIB), write=data[:MIB * BLOCK])
    gives(GOOD, two, sync_cache10())
    check(stored(one, 1, 1, 1) == data[:MIB * BLOCK], "the new volume")


if __name__ == "__main__":
    suite.main()
