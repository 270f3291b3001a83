# SPDX-License-Identifier: GPL-2.0
"""Devices of the device mapper that a test stops."""

import os

from lab import run


class Mapped:
    """A dm device over DEV that can be suspended: then it answers nothing."""

    count = 0

    def __init__(self, dev, table="linear {dev} 0", size_mib=8):
        Mapped.count += 1
        self.name = f"ktgt{os.getpid()}m{Mapped.count}"
        self.path = f"/dev/mapper/{self.name}"
        run("dmsetup", "create", self.name, "--table",
            f"0 {size_mib << 20 >> 9} " + table.format(dev=dev))
        run("udevadm", "settle")

    def suspend(self):
        run("dmsetup", "suspend", "--noflush", "--nolockfs", self.name)

    def resume(self):
        run("dmsetup", "resume", self.name)

    def remove(self):
        run("dmsetup", "remove", self.name)
