#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reservations that change until the power fails; runs in a machine of
tests/machines/aptpl.py.

    aptpl_load.py change ADDRESS IQN JOURNAL
    aptpl_load.py compare ADDRESS IQN JOURNAL

JOURNAL is a disk whose first block has what is known to be so, since the target has
said GOOD, and what is so if the command that was on its way was done. "compare"
ends with 0 if the target says one of them.
"""

import json
import mmap
import os
import random
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import iscsi  # noqa: E402
from iscsi import Initiator, pr_in, pr_list, pr_out  # noqa: E402

REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, _, IGNORE = range(7)
KEYS, RESERVATION = 0, 1
WRITE_EXCLUSIVE, APTPL = 1, 1
COUNT = 3		# initiators


class Journal:
    """The first block of a disk."""

    def __init__(self, path):
        self.page = mmap.mmap(-1, 4096)
        self.disk = os.open(path, os.O_RDWR | os.O_DIRECT | os.O_DSYNC)

    def write(self, *states):
        """What may be so."""
        data = json.dumps(states).encode()
        self.page[:] = data.ljust(4096, b"\0")
        os.pwritev(self.disk, [self.page], 0)

    def read(self):
        """The same; nothing on a new disk."""
        os.preadv(self.disk, [self.page], 0)
        data = self.page[:].rstrip(b"\0")
        return json.loads(data) if data else [as_state({}, None)]


def as_state(keys, holder):
    """KEYS by initiator, and which of them holds the reservation."""
    return {"keys": sorted(keys.values()),
            "holder": keys[holder] if holder is not None else None}


class Load:
    """The initiators, and what they have made."""

    def __init__(self, address, iqn):
        self.inis = []
        for number in range(COUNT):
            ini = Initiator(address, iqn, name=f"{iscsi.NAME}{number}",
                            isid=bytes.fromhex(f"80000000ab0{number}"))
            ini.login()
            self.inis.append(ini)
        self.keys, self.holder, self.last = {}, None, 0

    def out(self, number, action, key, new=0, kind=0):
        """A change, which is done."""
        # the last one that registers, or does so no more, says whether all is kept
        aptpl = APTPL if action in (REGISTER, IGNORE) else 0
        data = pr_list(key, new, aptpl)
        task = self.inis[number].command(pr_out(action, kind, 0, len(data)),
                                         write=data)
        if task.status:
            sys.exit(f"service action {action} of {number}: status {task.status}, "
                     f"{task.key}; {self.keys}, {self.holder}")

    def new_key(self):
        """One that nobody has had."""
        self.last += 1
        return random.randrange(1, 1 << 40) << 16 | self.last & 0xFFFF

    def choose(self):
        """A change: its words, and what is so after it."""
        keys, holder = dict(self.keys), self.holder
        number = random.randrange(COUNT)
        if number not in keys or random.random() < 0.2:
            new = keys[number] = self.new_key()
            return (number, IGNORE, 0, new), keys, holder
        key = keys[number]
        other = random.choice(list(keys))
        action = random.choice((RESERVE, RELEASE, CLEAR, PREEMPT, REGISTER, IGNORE))
        if action == RESERVE and holder is None:
            return (number, RESERVE, key, 0, WRITE_EXCLUSIVE), keys, number
        if action == RELEASE and holder == number:
            return (number, RELEASE, key, 0, WRITE_EXCLUSIVE), keys, None
        if action == CLEAR and random.random() < 0.3:
            return (number, CLEAR, key), {}, None
        if action == PREEMPT and other != number:
            gone = keys.pop(other)
            return ((number, PREEMPT, key, gone, WRITE_EXCLUSIVE), keys,
                    number if holder == other else holder)
        if action == REGISTER and random.random() < 0.5:
            del keys[number]
            return (number, REGISTER, key, 0), keys, \
                None if holder == number else holder
        new = keys[number] = self.new_key()
        return (number, IGNORE, 0, new), keys, holder

    def clear(self):
        """Nothing is registered any more."""
        key = self.new_key()
        self.out(0, IGNORE, 0, key)
        self.out(0, CLEAR, key)


def read_keys(ini):
    """READ KEYS."""
    data = ini.good(pr_in(KEYS), read=8192).data
    length, = struct.unpack_from(">I", data, 4)
    return list(struct.unpack_from(f">{length // 8}Q", data, 8))


def read_state(ini):
    """What the target says."""
    data = ini.good(pr_in(RESERVATION), read=8192).data
    holder = None
    if struct.unpack_from(">I", data, 4)[0]:
        holder, = struct.unpack_from(">Q", data, 8)
    return {"keys": sorted(read_keys(ini)), "holder": holder}


def settle(ini):
    """Its unit attentions are taken."""
    for _ in range(10):
        if not ini.command(iscsi.tur()).status:
            return


def main():
    """See above."""
    what, address, iqn, path = sys.argv[1:]
    load, journal = Load(address, iqn), Journal(path)
    for ini in load.inis:
        settle(ini)
    if what == "compare":
        maybe, found = journal.read(), read_state(load.inis[0])
        print(len(found["keys"]), found["holder"] is not None)
        sys.exit(0 if found in maybe else f"{found} is none of {maybe}")
    load.clear()
    for ini in load.inis:
        settle(ini)
    known = as_state({}, None)
    journal.write(known)
    while True:
        words, keys, holder = load.choose()
        state = as_state(keys, holder)
        journal.write(known, state)
        load.out(*words)
        journal.write(state)
        known, load.keys, load.holder = state, keys, holder
        for ini in load.inis:
            settle(ini)


if __name__ == "__main__":
    main()
