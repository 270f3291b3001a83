#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Two machines with a network between them, of which one can lose its cable or its
power.

    m1: target, virtio-disk0 ---- switch ---- m2: open-iscsi

Shown: what an initiator on another machine writes is what it reads; while the cable
is cut its I/O waits, and goes on; what was written stably before the power of the
target fails is there afterwards, and the initiator goes on without an error.
"""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from ktap import Suite, check, equal, wait_until  # noqa: E402
from machines import Machines  # noqa: E402

MIB = 1 << 20
CUT = 15	# seconds

# Writes numbers into block 0, each stably, and tells which it has written.
COUNT = r"""
import mmap, os, sys
page = mmap.mmap(-1, 4096)
disk = os.open(sys.argv[1], os.O_RDWR | os.O_DIRECT | os.O_DSYNC)
for number in range(1, int(sys.argv[2]) + 1):
    page[:8] = number.to_bytes(8, "big")
    os.pwritev(disk, [page], 0)
    with open("/run/count.new", "w") as file:
        file.write(str(number))
    os.rename("/run/count.new", "/run/count")
"""

READ = r"""
import mmap, os, sys
page = mmap.mmap(-1, 4096)
os.preadv(os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT), [page], 0)
print(int.from_bytes(page[:8], "big"))
"""


class Two(Machines):
    """A target and an initiator."""

    def setup(self):
        super().setup()
        self.server = self.machine(disks=(64 * MIB,))
        self.client = self.machine()
        self.boot(self.server, self.client)
        self.iqn = self.serve()
        self.disk = self.client.log_in(self.server, self.iqn) + "1"

    def serve(self):
        """The target's side."""
        return self.server.serve("t1", ("path", self.server.disk(0)))

    def counted(self):
        """The last number that was written stably."""
        done = self.client.outcome("cat", "/run/count")
        return int(done.stdout or 0)


suite = Suite(Two)


def fio(disk, seconds=None):
    """The words for fio, whose job verifies what it has written."""
    # fio takes ":" as the end of a name
    name = disk.replace(":", "\\:")
    words = ["fio", "--name=x", f"--filename={name}", "--ioengine=libaio",
             "--direct=1", "--rw=randrw", "--bs=16k", "--iodepth=8",
             "--size=16M", "--offset=1M", "--verify=crc32c", "--minimal"]
    if seconds:
        words += ["--time_based", f"--runtime={seconds}"]
    return words


@suite.case
def written_and_read(lab):
    """fio on the one machine, its disk on the other."""
    lab.client.run(*fio(lab.disk))
    stat = lab.server.run("cat", "/sys/class/net/wire/statistics/rx_bytes")
    check(int(stat) > 8 * MIB, f"the target's card received {stat.strip()} bytes")


@suite.case
def cable_is_cut(lab):
    """I/O waits for a cut cable, and goes on."""
    job = lab.client.begin(*fio(lab.disk, 2 * CUT + 10))
    lab.client.run("sleep", 5)
    lab.wire.cut(lab.server.mac)
    pinged = lab.client.outcome("ping", "-c", 1, "-W", 2, lab.server.addr)
    lab.client.run("sleep", CUT)
    lab.wire.join(lab.server.mac)
    check(pinged.returncode, "the cable was not cut")
    done = job.wait(180)
    equal(done.returncode, 0, f"fio ({done.stderr})")


@suite.case
def power_fails(lab):
    """No write that was stable is lost, and the initiator sees no error."""
    job = lab.client.begin("python3", "-c", COUNT, lab.disk, 2000, timeout=600)
    wait_until(lambda: lab.counted() > 50, 60, "50 writes")
    lab.server.kill()
    known = lab.counted()
    check(known < 2000, "all was written before the power failed")
    lab.server.boot()
    found = int(lab.server.run("python3", "-c", READ, lab.server.disk(0)))
    # one more may have been on the way
    check(known <= found <= known + 1, f"{found} on the disk after {known}")
    lab.serve()
    done = job.wait(600)
    equal(done.returncode, 0, f"the writer ({done.stderr})")
    equal(lab.client.run("python3", "-c", READ, lab.disk).strip(), "2000",
          "the last number")
    log = lab.client.run("dmesg")
    check(not re.search("I/O error", log), "the initiator saw an error")


if __name__ == "__main__":
    suite.main()
