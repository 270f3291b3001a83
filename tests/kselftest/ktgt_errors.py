#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Storage that fails or changes, and what initiators and the administrator are
told.

    target namespace: LUNs on scsi_debug and on dm -- veth -- this program

Shown: an error that another path may cure is 02/08/00, a device that was pulled
included, unless the user says that it is gone for good; and only a bad block is a
medium error, with its address. The first error in a while is one event and one line
of the log. A write cache that a device gets is never used before initiators know of
it.
"""
# Short: debug

import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
import dm  # noqa: E402
import iscsi  # noqa: E402
import scsi_debug  # noqa: E402
from dm import Mapped  # noqa: E402
from iscsi import read10, wce, write10  # noqa: E402
from ktap import Skip, Suite, check, equal  # noqa: E402
from lab import Lab, read, run, stable_writes, write  # noqa: E402

COMMUNICATION, READ_ERROR = (2, 0x08, 0), (3, 0x11, 0)
LOST, ABSENT = (4, 0x3E, 1), (2, 0x3A, 0)
MODE_CHANGED = (6, 0x2A, 1)
BAD_BLOCK = 0x1234      # from here on scsi_debug fails with opts=2
MEDIUM_ERROR_OPT = 2
# a table: the second half of 4 MiB fails
BAD_HALF = "0 4096 linear {dev} 0\n4096 4096 error"


def after(lab):
    """Leave nothing to the next case."""
    lab.close_all()
    lab.stop_target()
    dm.remove_all()
    scsi_debug.unload()


suite = Suite(Lab)
suite.after = after


def scsi_disk(*options):
    """A disk of scsi_debug; gives back its device and its name."""
    name = scsi_debug.load("delay=0", *options)
    return f"/dev/{name}", name


def prepare(lab, dev):
    """A target with DEV as LUN 1; gives back its name and a session."""
    iqn = lab.target("errors", tid=5)
    lab.lun(iqn, 1, dev)
    return iqn, lab.login(iqn)


def failed(task, want, what):
    """TASK must have ended with the sense data WANT, without any data."""
    equal((task.status, task.key, task.underflow), (2, want, task.edtl), what)


def events(listener):
    """All errors that were reported."""
    return [event for event in listener.drain() if event["event"] == "lu-error"]


@suite.case
def pulled(lab):
    """The device is pulled: no command is a medium error, which would stop
    multipath from using another path."""
    dev, name = scsi_disk()
    _, ini = prepare(lab, dev)
    ini.good(read10(0, 8), read=4096)
    scsi_debug.pull(name)
    for what, cdb, how in (("READ", read10(0, 8), {"read": 4096}),
                           ("WRITE", write10(0, 8), {"write": bytes(4096)}),
                           ("flush", iscsi.sync_cache10(), {})):
        task = ini.command(cdb, **how)
        equal((task.status, task.key), (2, COMMUNICATION), what)
    for cdb in iscsi.tur(), iscsi.read_capacity10():
        equal(ini.command(cdb, read=8).key, COMMUNICATION, cdb.hex())
    ini.logout()


def gone(lab):
    """What lun show says."""
    return next(lu["gone"] for lu in lab.adm_json("lun", "show")["lus"]
                if lu["lun"] == 1)


def ends_with(ini, key, first=()):
    """All commands that need the device have this sense data, those that are
    FIRST to find that it is gone included."""
    for cdb, how in (*first, (read10(0, 8), {"read": 4096}),
                     (write10(0, 8), {"write": bytes(4096)}),
                     (iscsi.sync_cache10(), {}), (iscsi.tur(), {}),
                     (iscsi.read_capacity10(), {"read": 8})):
        equal(ini.command(cdb, **how).key, key, cdb.hex())


@suite.case
def pulled_for_good(lab):
    """With "gone pdl" it is a failure of the disk; "gone default" takes it back,
    while the device is gone as well."""
    dev, name = scsi_disk()
    iqn, ini = prepare(lab, dev)
    equal(gone(lab), "default", "gone")
    lab.adm("lun", "set", "target", 5, "lun", 1, "gone", "pdl")
    equal(gone(lab), "pdl", "gone")
    lab.clear_ua(ini)
    ini.good(read10(0, 8), read=4096)
    scsi_debug.pull(name)
    ends_with(ini, LOST, [(read10(8, 8), {"read": 4096})])
    ini.good(iscsi.inquiry(36), read=36)
    lab.adm("lun", "set", "target", 5, "lun", 1, "gone", "default")
    ends_with(ini, COMMUNICATION)
    lab.drop_lun(iqn, 1)
    lab.adm("lun", "add", "target", iqn, "lun", 1, "path", "/dev/none", "absent",
            "gone", "pdl")
    equal(gone(lab), "pdl", "gone of a new one")
    lab.clear_ua(ini)
    ends_with(ini, ABSENT)
    ini.logout()


@suite.case
def bad_with_pdl(lab):
    """An error of a device that is there is what it was."""
    dev = Mapped(lab.null_blk(4), BAD_HALF).path
    iqn = lab.target("errors", tid=5)
    lab.lun(iqn, 1, dev, gone="pdl")
    ini = lab.login(iqn)
    failed(ini.command(read10(4096, 8), read=4096), COMMUNICATION, "READ")
    ini.good(read10(0, 8), read=4096)
    ini.logout()


@suite.case
def bad_block(lab):
    """A bad block is a medium error with its address, in both formats, and the
    blocks beside it are good."""
    dev, _ = scsi_disk(f"opts={MEDIUM_ERROR_OPT}")
    _, ini = prepare(lab, dev)
    listener = lab.listen("session")
    task = ini.command(read10(BAD_BLOCK, 1), read=512)
    failed(task, READ_ERROR, "READ")
    equal(task.sense[0] & 0x80, 0x80, "VALID")
    equal(int.from_bytes(task.sense[3:7], "big"), BAD_BLOCK, "INFORMATION")
    ini.good(read10(BAD_BLOCK - 8, 8), read=4096)
    told = events(listener)
    equal(len(told), 1, f"events {told}")
    equal({key: told[0][key] for key in ("lun", "target-id", "lba", "path",
                                         "operation")},
          {"lun": 1, "target-id": 5, "lba": BAD_BLOCK, "path": dev,
           "operation": "read"}, "event")
    ini.logout()


@suite.case
def io_error(lab):
    """An error of unknown kind: 02/08/00 for all commands. The first one in a
    while is an event and a line of the log, all are counted."""
    dev = Mapped(lab.null_blk(4), BAD_HALF).path
    iqn, ini = prepare(lab, dev)
    listener = lab.listen("session")
    ini.good(read10(0, 8), read=4096)
    failed(ini.command(read10(4096, 8), read=4096), COMMUNICATION, "READ")
    failed(ini.command(read10(4090, 16), read=8192), COMMUNICATION,
           "READ of which a part is good")
    task = ini.command(write10(5000, 8), write=bytes(4096))
    equal((task.status, task.key), (2, COMMUNICATION), "WRITE")
    ini.good(read10(0, 8), read=4096)
    told = events(listener)
    equal(len(told), 1, f"events {told}")
    equal({key: told[0][key] for key in ("target", "lba", "operation",
                                         "error", "initiator")},
          {"target": iqn, "lba": 4096, "operation": "read", "error": 5,
           "initiator": iscsi.NAME}, "event")
    line = f"target 5: LUN 1, {dev}: read of block 4096 failed: error 5"
    equal(run("dmesg").count(line), 1, "lines of the log")
    ini.logout()
    ini.close()
    equal([lu["errors"] for lu in lab.adm_json("lun", "show")["lus"]
           if lu["lun"] == 1], [3], "errors")


@suite.case
def zoned(lab):
    """A zoned device is refused, and the reason is told."""
    if "blk_revalidate_disk_zones" not in read("/proc/kallsyms"):
        raise Skip("this kernel has no zoned devices")
    dev = lab.null_blk(64, zoned=1, zone_size=16, discard=0)
    iqn = lab.target("errors", tid=5)
    _, text = lab.adm_fails("lun", "add", "target", iqn, "lun", 1, "path", dev)
    check(f"{dev} is a zoned device" in text, text)


# --- a write cache that comes and goes --------------------------------------


def put(ini):
    ini.good(write10(0, 8), write=bytes(4096))


@suite.case
def cache_appears(lab):
    """The device gets a write cache. Each write is stable until this initiator
    has been told, and WCE is 1 from then on; and back."""
    dev, name = scsi_disk()
    cache = glob.glob(f"/sys/block/{name}/device/scsi_disk/*/cache_type")[0]
    write(cache, "temporary write through")
    iqn, ini = prepare(lab, dev)
    other = lab.login(iqn, isid=b"\x80\0\0\0\0\x07")
    equal(wce(ini), 0, "WCE")
    write(cache, "temporary write back")
    equal(stable_writes(dev, lambda: put(ini)), [True], "not noticed yet")
    equal(wce(ini), 0, "WCE")
    equal(ini.command(iscsi.tur()).key, MODE_CHANGED, "TEST UNIT READY")
    ini.good(iscsi.tur())
    equal(wce(ini), 1, "WCE")
    equal(stable_writes(dev, lambda: put(ini)), [False], "with the cache")
    equal(other.command(read10(0, 1), read=512).key, MODE_CHANGED,
          "the other initiator")
    equal(wce(other), 1, "WCE, the other initiator")
    write(cache, "temporary write through")
    shown = [lu["write_cache"] for lu in lab.adm_json("lun", "show")["lus"]
             if lu["lun"] == 1]
    equal(shown, [False], "lun show")
    for one in ini, other:
        equal(one.command(read10(0, 1), read=512).key, MODE_CHANGED, "back")
        equal(wce(one), 0, "WCE, back")
        one.logout()


@suite.case
def cache_chosen(lab):
    """What the user has chosen wins: WCE stays, and off makes writes stable."""
    dev, name = scsi_disk()
    cache = glob.glob(f"/sys/block/{name}/device/scsi_disk/*/cache_type")[0]
    iqn = lab.target("errors", tid=5)
    for chosen, bit in (("off", 0), ("on", 1)):
        lab.lun(iqn, 1, dev, **{"write-cache": chosen})
        ini = lab.login(iqn)
        for kind in "through", "back":
            write(cache, f"temporary write {kind}")
            ini.good(iscsi.tur())
            equal(wce(ini), bit, f"{chosen}, device writes {kind}")
        equal(stable_writes(dev, lambda i=ini: put(i)), [not bit],
              f"write-cache {chosen}")
        ini.logout()
        lab.drop_lun(iqn, 1)


@suite.case
def cache_set(lab):
    """What lun set has chosen wins as well, and "default" ends that."""
    dev, name = scsi_disk()
    cache = glob.glob(f"/sys/block/{name}/device/scsi_disk/*/cache_type")[0]
    write(cache, "temporary write through")
    iqn, ini = prepare(lab, dev)
    lab.adm("lun", "set", "target", iqn, "lun", 1, "write-cache", "off")
    write(cache, "temporary write back")
    ini.good(iscsi.tur())
    equal(wce(ini), 0, "WCE, off")
    equal(stable_writes(dev, lambda: put(ini)), [True], "off")
    lab.adm("lun", "set", "target", iqn, "lun", 1, "write-cache", "default")
    equal(ini.command(iscsi.tur()).key, MODE_CHANGED, "default")
    equal(wce(ini), 1, "WCE, default")
    equal(stable_writes(dev, lambda: put(ini)), [False], "default")

    # one that came before, and gets its data afterwards
    task = ini.waiting_write()
    lab.adm("lun", "set", "target", iqn, "lun", 1, "write-cache", "off")

    def late():
        ini.answer(task)
        ini.wait([task])
        equal(task.status, 0, "status")
    equal(stable_writes(dev, late), [True], "off, with data that comes late")
    ini.logout()


if __name__ == "__main__":
    suite.main()
