#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Registers initiators at LUN 1, and reserves it for the first of them, which is the
nexus that iscsigen has: registrations outlive the session.

    reserve.py ADDRESS TARGET COUNT    of 0: none is registered any more
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "lib"))
from iscsi import Initiator, pr_list, pr_out, tur  # noqa: E402

REGISTER_AND_IGNORE, RESERVE, CLEAR = 6, 1, 3
WRITE_EXCLUSIVE = 1
NAME = "iqn.2026-11.org.example:gen"
KEY = 0x6B746774


def nexus(address, target, number):
    """A session, all of whose unit attentions are taken. Number 0 is iscsigen's."""
    name = NAME if not number else f"{NAME}{number}"
    ini = Initiator(address, target, name=name,
                    isid=bytes.fromhex("800000010000"))
    ini.login()
    while ini.command(tur()).status:
        pass
    return ini


def out(ini, action, key, new=0, kind=0):
    """PERSISTENT RESERVE OUT."""
    data = pr_list(key, new)
    task = ini.command(pr_out(action, kind, 0, len(data)), write=data)
    if task.status:
        sys.exit(f"service action {action}: status {task.status:#x}, {task.key}")


def main():
    """See above."""
    address, target, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    inis = [nexus(address, target, number) for number in range(max(count, 1))]
    for ini in inis:
        out(ini, REGISTER_AND_IGNORE, 0, KEY)
    if count:
        out(inis[0], RESERVE, KEY, 0, WRITE_EXCLUSIVE)
    else:
        out(inis[0], CLEAR, KEY)


if __name__ == "__main__":
    main()
