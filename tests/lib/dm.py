# SPDX-License-Identifier: GPL-2.0
"""Devices of the device mapper: some can stop to answer, some fail."""

import os
import threading

from ktap import Skip
from lab import CommandError, outcome, run

LINEAR = "0 {size} linear {dev} 0"
GIVEN_UP = 40      # seconds after which no device sleeps, whatever is broken


def part(size_mib):
    """The table of a device that is only the beginning of the one below."""
    return f"0 {size_mib << 20 >> 9} linear {{dev}} 0"


def need():
    """The device mapper, or there is nothing to test."""
    if os.path.exists("/sys/class/misc/device-mapper"):
        return
    try:
        run("modprobe", "dm-mod")
    except CommandError as err:
        raise Skip("no dm-mod") from err


class Mapped:
    """A dm device over DEV, by default all of it. {dev} and {size} in TABLE are
    the device and its number of sectors."""

    made = []       # those that exist
    count = 0

    def __init__(self, dev, table=LINEAR, name=None, uuid=None):
        need()
        Mapped.count += 1
        self.dev = dev
        self.name = name or f"ktgt{os.getpid()}m{Mapped.count}"
        self.path = f"/dev/mapper/{self.name}"
        run("dmsetup", "create", self.name, *(("--uuid", uuid) if uuid else ()),
            stdin=self._filled(table))
        Mapped.made.append(self)
        run("udevadm", "settle")

    def _filled(self, table):
        size = run("blockdev", "--getsz", self.dev).strip()
        return table.format(dev=self.dev, size=size) + "\n"

    @property
    def node(self):
        """The kernel's name, as dm-0."""
        return run("dmsetup", "info", "-c", "--noheadings", "-o", "blkdevname",
                   self.name).strip()

    def change(self, table):
        """Give it another table."""
        run("dmsetup", "load", self.name, stdin=self._filled(table))
        run("dmsetup", "suspend", "--nolockfs", self.name)
        self.resume()

    def suspend(self):
        """It answers nothing from now on."""
        run("dmsetup", "suspend", "--noflush", "--nolockfs", self.name)

    def resume(self):
        """It answers again."""
        run("dmsetup", "resume", self.name)

    def remove(self):
        """Gone, also if it was suspended."""
        outcome("dmsetup", "resume", self.name)
        run("dmsetup", "remove", "--retry", self.name)
        Mapped.made.remove(self)


class Late(Mapped):
    """Writes to the first 32 KiB stay under way until release(); all other blocks
    answer at once."""

    def __init__(self, dev):
        rest = int(run("blockdev", "--getsz", dev)) - 64
        super().__init__(dev, "0 64 delay {dev} 0 0 {dev} 0 600000 {dev} 0 0\n"
                              f"64 {rest} linear {{dev}} 64")

    def release(self):
        """It does not wait any more, once."""
        run("dmsetup", "suspend", "--nolockfs", self.name)
        self.resume()


class Sleeper(Mapped):
    """A dm device with dirty pages, which is suspended."""

    def __init__(self, lab, **attrs):
        super().__init__(lab.null_blk(8, **attrs))
        self.path = f"/dev/{self.node}"
        # the last close would write them back
        self.file = os.open(self.path, os.O_RDWR)
        os.pwrite(self.file, b"dirty" * 4096, 0)
        self.timer = None
        self.sleep()

    def sleep(self):
        """It answers nobody, for a while at most."""
        self.suspend()
        self.timer = threading.Timer(GIVEN_UP, self.wake)
        self.timer.start()

    def wake(self):
        """It answers from now on."""
        self.timer.cancel()
        self.resume()

    def remove(self):
        self.wake()
        os.close(self.file)
        super().remove()


def remove_all():
    """What a test has left, the last one first."""
    for one in reversed(list(Mapped.made)):
        one.remove()


def leave_nothing(lab):
    """What a case of a test with such devices leaves, for the next one to begin
    anew."""
    lab.close_all()
    lab.stop_target()
    remove_all()
