# SPDX-License-Identifier: GPL-2.0
"""Devices of the device mapper that a test stops."""

import os

from lab import run


class Mapped:
    """A dm device over DEV that can be suspended: then it answers nothing."""

    count = 0

    def __init__(self, dev, table="linear {dev} 0", size_mib=8, lines=None):
        Mapped.count += 1
        self.name = f"ktgt{os.getpid()}m{Mapped.count}"
        self.path = f"/dev/mapper/{self.name}"
        self.dev = dev
        self.sectors = size_mib << 20 >> 9
        lines = lines or [self._line(table)]
        run("dmsetup", "create", self.name, stdin="\n".join(lines) + "\n")
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
        run("dmsetup", "remove", "--retry", self.name)

    def resize(self, dev, size_mib):
        """Another table, of another size."""
        run("dmsetup", "load", self.name, "--table",
            f"0 {size_mib << 20 >> 9} linear {dev} 0")
        run("dmsetup", "suspend", self.name)
        run("dmsetup", "resume", self.name)


class Late(Mapped):
    """Writes to the first 32 KiB stay under way until release(); all other blocks
    answer at once."""

    def __init__(self, dev, size_mib=8):
        sectors = (size_mib << 20 >> 9) - 64
        super().__init__(dev, lines=(
            f"0 64 delay {dev} 0 0 {dev} 0 600000 {dev} 0 0",
            f"64 {sectors} linear {dev} 64"))

    def release(self):
        """It does not wait any more, once."""
        run("dmsetup", "suspend", "--nolockfs", self.name)
        self.resume()
