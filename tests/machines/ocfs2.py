#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A cluster's file system on one logical unit, mounted by two machines.

    m1: target ---- switch ---- m2, m3: open-iscsi, o2cb, OCFS2

Shown: two nodes count up in one file, each under the file's lock, and no count is
lost; at the same time each writes, reads, truncates and maps a file of its own at
random, and reads what it has written (as fsx does); both see the same files
afterwards, and fsck.ocfs2 finds nothing.

KTGT_OCFS2_SECONDS: how long (60).
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from ktap import Skip, Suite, check, comment, equal  # noqa: E402
from machines import Machines  # noqa: E402

MIB = 1 << 20
SECONDS = int(os.environ.get("KTGT_OCFS2_SECONDS", "60"))

CLUSTER = """cluster:
\tnode_count = {count}
\tname = ktgt
"""
NODE = """
node:
\tip_port = 7777
\tip_address = {addr}
\tnumber = {number}
\tname = {name}
\tcluster = ktgt
"""

# Counts in a file that others count in, too; tells how often.
COUNT = r"""
import fcntl, os, sys, time
end = time.monotonic() + float(sys.argv[2])
file = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o644)
counts = 0
while time.monotonic() < end:
    fcntl.flock(file, fcntl.LOCK_EX)
    number = int(os.pread(file, 20, 0) or b"0")
    os.pwrite(file, b"%020d" % (number + 1), 0)
    fcntl.flock(file, fcntl.LOCK_UN)
    counts += 1
print(counts)
"""

# Random changes of a file, compared with a copy in memory; tells the digest of what
# the file has in the end.
CHANGE = r"""
import hashlib, mmap, os, random, sys, time
path, end, seed = sys.argv[1], time.monotonic() + float(sys.argv[2]), sys.argv[3]
rand = random.Random(seed)
copy, most = bytearray(), 1 << 20
file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
changes = 0

def some():
    at = rand.randrange(most)
    return at, min(rand.randrange(1, 65536), most - at)

def grow(size):
    copy.extend(bytes(max(0, size - len(copy))))

def write():
    at, length = some()
    data = rand.randbytes(length)
    os.pwrite(file, data, at)
    grow(at + length)
    copy[at:at + length] = data

def read():
    at, length = some()
    data = os.pread(file, length, at)
    if data != copy[at:at + length]:
        sys.exit(f"change {changes}: {length} bytes at {at} are not what was written")

def truncate():
    size = rand.randrange(most)
    os.ftruncate(file, size)
    del copy[size:]
    grow(size)

def write_mapped():
    at, length = some()
    length = min(length, len(copy) - at)
    if length <= 0:
        return
    data = rand.randbytes(length)
    with mmap.mmap(file, len(copy)) as mapped:
        mapped[at:at + length] = data
    copy[at:at + length] = data

def sync():
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)

while time.monotonic() < end:
    rand.choice((write, write, read, read, truncate, write_mapped, sync))()
    changes += 1
os.fsync(file)
if os.pread(file, most, 0) != copy:
    sys.exit("the file is not what was written")
print(changes, hashlib.sha256(copy).hexdigest())
"""


class Cluster(Machines):
    """A target, and two nodes that mount its disk."""

    def setup(self):
        super().setup()
        server = self.machine(disks=(512 * MIB,))
        self.nodes = [self.machine(), self.machine()]
        self.boot(server, *self.nodes)
        if self.nodes[0].outcome("mkfs.ocfs2", "--version").returncode == 127:
            raise Skip("no ocfs2-tools in the image")
        iqn = server.serve("shared", ("path", server.disk(0)))
        self.paths = [node.log_in(server, iqn) + "1" for node in self.nodes]
        for node in self.nodes:
            self.join(node)

    def join(self, node):
        """It becomes a node of the cluster."""
        conf = CLUSTER.format(count=len(self.nodes))
        for number, one in enumerate(self.nodes):
            conf += NODE.format(addr=one.addr, number=number, name=one.name)
        node.run("mkdir", "-p", "/etc/ocfs2", "/mnt/shared")
        node.put("/etc/ocfs2/cluster.conf", conf)
        for module in ("configfs", "ocfs2_nodemanager", "ocfs2_dlm",
                       "ocfs2_stack_o2cb", "ocfs2_dlmfs", "ocfs2"):
            node.run("modprobe", module)
        node.run("o2cb", "register-cluster", "ktgt")

    def mount(self):
        """By all, at the same time."""
        jobs = [node.begin("mount", "-t", "ocfs2", path, "/mnt/shared")
                for node, path in zip(self.nodes, self.paths)]
        for job in jobs:
            equal(job.wait(120).returncode, 0, f"mount ({job.stderr})")

    def unmount(self):
        """By all."""
        for node in self.nodes:
            node.run("umount", "/mnt/shared")


suite = Suite(Cluster)


def outputs(jobs):
    """What they have printed; they all must have succeeded."""
    told = []
    for job in jobs:
        job.wait(SECONDS + 300)
        equal(job.returncode, 0, f"{job.args[-3:]}: {job.stderr}")
        told.append(job.stdout.split())
    return told


@suite.case
def mounted_by_two(lab):
    """Made by the one, mounted by both."""
    lab.nodes[0].run("mkfs.ocfs2", "-q", "-x", "-T", "mail", "-N", 2,
                     "--cluster-stack=o2cb", "--cluster-name=ktgt", "-L", "shared",
                     lab.paths[0], stdin="y\n")
    lab.mount()
    for node in lab.nodes:
        node.put(f"/mnt/shared/from-{node.name}", node.name)
    for node in lab.nodes:
        for other in lab.nodes:
            equal(node.run("cat", f"/mnt/shared/from-{other.name}"), other.name,
                  f"{other.name}'s file, by {node.name}")


@suite.case
def counted_and_changed(lab):
    """A file that both count in, and files that one changes."""
    counting = [node.begin("python3", "-c", COUNT, "/mnt/shared/count", SECONDS)
                for node in lab.nodes]
    changing = [node.begin("python3", "-c", CHANGE,
                           f"/mnt/shared/changed-{node.name}", SECONDS, node.name)
                for node in lab.nodes]
    counts = [int(words[0]) for words in outputs(counting)]
    changed = outputs(changing)
    comment(f"counts: {counts}; changes: {[int(one[0]) for one in changed]}")
    check(min(counts) > 10, "one of the nodes did not count")
    for node in lab.nodes:
        equal(int(node.run("cat", "/mnt/shared/count")), sum(counts),
              f"the count that {node.name} reads")
    for node, (_, digest) in zip(reversed(lab.nodes), changed):
        (other,) = (one for one in lab.nodes if one is not node)
        data = node.run("sha256sum", f"/mnt/shared/changed-{other.name}")
        equal(data.split()[0], digest, f"{other.name}'s file, by {node.name}")


@suite.case
def fsck_finds_nothing(lab):
    """The file system is whole."""
    lab.unmount()
    done = lab.nodes[0].outcome("fsck.ocfs2", "-f", "-n", lab.paths[0])
    equal(done.returncode, 0, f"fsck.ocfs2 ({done.stdout[-1000:]})")


if __name__ == "__main__":
    suite.main()
