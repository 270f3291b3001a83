#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Run the commands of a systemd unit, where there is no systemd.

    unit.py FILE start|stop|reload|restart

Commands run in their order, as systemd does it for a service of the type
oneshot: one that fails ends it, unless it has a - before it; those of
ExecStopPost run all the same. Exit status is that of the command that failed.
"""

import configparser
import shlex
import subprocess
import sys

JOBS = {"start": ["start"], "stop": ["stop"], "reload": ["reload"],
        "restart": ["stop", "start"]}
KEYS = {"start": "ExecStart", "stop": "ExecStop", "reload": "ExecReload"}


class Many(dict):
    """A section in which a key can stand several times."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self:
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def commands(file, key):
    """The command lines of KEY."""
    parser = configparser.RawConfigParser(dict_type=Many, strict=False)
    parser.optionxform = str
    with open(file, encoding="utf-8") as text:
        parser.read_file(text)
    value = parser["Service"].get(key, [])
    return value if isinstance(value, list) else value.splitlines()


def run(line):
    """One command line; gives back its status, 0 if that does not matter."""
    ignored = line.startswith("-")
    argv = [word.replace("$$", "$") for word in shlex.split(line.lstrip("-"))]
    if not argv[0].startswith("/"):
        raise ValueError(f"{argv[0]}: systemd wants a path")
    env = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
           "LANG": "C.UTF-8"}
    print(f"+ {line}", flush=True)
    status = subprocess.run(argv, env=env, check=False, cwd="/",
                            stdin=subprocess.DEVNULL).returncode
    return 0 if ignored else status


def run_all(file, key):
    """Up to the one that fails, whose status is given back."""
    for line in commands(file, key):
        status = run(line)
        if status:
            print(f"{key} failed with {status}")
            return status
    return 0


def main():
    """See the head of the file."""
    if len(sys.argv) != 3 or sys.argv[2] not in JOBS:
        sys.exit(__doc__)
    file = sys.argv[1]
    for job in JOBS[sys.argv[2]]:
        status = run_all(file, KEYS[job])
        if job == "stop" or (job == "start" and status):
            run_all(file, "ExecStopPost")
        if status:
            sys.exit(status)


if __name__ == "__main__":
    main()
