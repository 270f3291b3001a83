# SPDX-License-Identifier: GPL-2.0
"""The disk of scsi_debug, which can be pulled and comes back with its data."""

import contextlib
import glob
import os

from ktap import wait_until
from lab import SLOW, outcome, run, write

DRIVER = "/sys/bus/pseudo/drivers/scsi_debug"


def load(*options):
    """Load the module; gives back the name of its disk, as sda."""
    run("modprobe", "scsi_debug", "dev_size_mb=8", *options)
    return find()


def find():
    """The name of the disk that is there, or will soon be."""
    return wait_until(_find, 20 * SLOW, "scsi_debug's disk")


def _find():
    for path in glob.glob(f"{DRIVER}/adapter*/host*/target*/*/block/*"):
        name = os.path.basename(path)
        # its name is there before it can be opened
        with contextlib.suppress(OSError):
            os.close(os.open(f"/dev/{name}", os.O_RDONLY))
            return name
    return None


def pull(name):
    """Take the disk away, whoever uses it."""
    write(f"/sys/block/{name}/device/delete", 1)


def rescan():
    """The disk comes back; gives back its name."""
    for host in glob.glob(f"{DRIVER}/adapter*/host*"):
        write(f"/sys/class/scsi_host/{os.path.basename(host)}/scan", "- - -")
    return find()


def unload():
    """No disk any more; udev may have it open."""
    wait_until(lambda: not os.path.isdir("/sys/module/scsi_debug") or
               not outcome("modprobe", "-r", "scsi_debug").returncode,
               20 * SLOW, "scsi_debug to go")
