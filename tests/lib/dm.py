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
        self.dev = dev
        self.sectors = size_mib << 20 >> 9
        run("dmsetup", "create", self.name, "--table", self._line(table))
        run("udevadm", "settle")

    def _line(self, table):
        return f"0 {self.sectors} " + table.format(dev=self.dev)

    def change(self, table):
        """Give it another table."""
        run("dmsetup", "load", self.name, "--table", self._line(table))
        run("dmsetup", "suspend", "--nolockfs", self.name)
        self.resume()

    def suspend(self):
        run("dmsetup", "suspend", "--noflush", "--nolockfs", self.name)

    def resume(self):
        run("dmsetup", "resume", self.name)

    def remove(self):
        run("dmsetup", "remove", self.name)
