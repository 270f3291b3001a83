#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reservations outlive the loss of power at any moment (APTPL, SPC-4, 5.12.5).

    m1: target, its initiators over lo
        virtio-disk0 LUN 1, virtio-disk1 state-dir, virtio-disk2 journal

Shown: registrations and a reservation change all the time, each with APTPL; the
power fails at a random moment; after the next boot READ KEYS and READ RESERVATION
answer what was so at the last GOOD, or what the command on its way would have made.

KTGT_APTPL_KILLS: how often the power fails (5).
"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from ktap import Suite, check, comment, equal, wait_until  # noqa: E402
from machines import Machines  # noqa: E402

MIB = 1 << 20
KILLS = int(os.environ.get("KTGT_APTPL_KILLS", "5"))
LOAD = ("python3", "/ktgt/tests/lib/aptpl_load.py")
FOLDER = "/var/lib/ktgt"


class Server(Machines):
    """One machine, with three disks."""

    def setup(self):
        super().setup()
        self.server = self.machine(disks=(16 * MIB, 32 * MIB, MIB))
        self.iqn = None
        self.server.boot()
        self.server.run("mkfs.ext4", "-q", self.server.disk(1))
        self.serve()

    def serve(self):
        """The target, whose state files are on a disk that stays."""
        self.server.run("mkdir", "-p", FOLDER)
        self.server.run("mount", self.server.disk(1), FOLDER)
        self.server.insert_module()
        self.server.run("ktgtadm", "net", "set", "state-dir", FOLDER)
        self.iqn = self.server.serve("t1", ("path", self.server.disk(0)))

    def load(self, what):
        """The words that run the load."""
        return (*LOAD, what, self.server.addr, self.iqn, self.server.disk(2))


suite = Suite(Server)


@suite.case
def power_fails(lab):
    """At random moments."""
    seed = random.randrange(1 << 32)
    comment(f"seed {seed}")
    moments = random.Random(seed)
    for _ in range(KILLS):
        job = lab.server.begin(*lab.load("change"))
        lab.server.run("sleep", f"{2 + 3 * moments.random():.3f}")
        check(not job.ended.is_set(), f"the load has ended: {job.stderr}")
        lab.server.kill()
        lab.server.boot()
        lab.serve()
        done = lab.server.outcome(*lab.load("compare"))
        equal(done.returncode, 0, f"compared ({done.stderr})")
        comment(f"registrations, reservation: {done.stdout.strip()}")


@suite.case
def module_is_loaded_again(lab):
    """The same when nothing fails."""
    job = lab.server.begin(*lab.load("change"), timeout=4)
    job.wait(60)
    equal(job.returncode, 124, f"the load ({job.stderr})")
    lab.server.run("ktgtadm", "target", "del", 1, "force")
    wait_until(lambda: not lab.server.outcome("rmmod", "ktgt").returncode, 20,
               "rmmod")
    lab.server.run("umount", FOLDER)
    lab.serve()
    done = lab.server.outcome(*lab.load("compare"))
    equal(done.returncode, 0, f"compared ({done.stderr})")


if __name__ == "__main__":
    suite.main()
