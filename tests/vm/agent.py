#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The command of a VM that is driven from outside (run.sh -r).

Reads orders from the port ktgt.agent and answers there, one JSON object on each
line; tests/lib/machines.py is the other end.

    {"id": 1, "argv": ["uname", "-r"], "stdin": "", "timeout": 60}
        runs a program, beside others that still run
    {"id": 1, "status": 0, "out": "6.1.0-40-amd64\\n", "err": ""}
        how it has ended: 0 to 255, less than 0 for a signal, 124 for the timeout,
        127 if there is no such program
    {"kill": 1}        ends a program that runs
    {"end": 0}         ends the VM, with this status
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time

PORTS = "/sys/class/virtio-ports"
NAME = "ktgt.agent"


def port():
    """The device of our port."""
    for entry in os.listdir(PORTS):
        with open(f"{PORTS}/{entry}/name", encoding="ascii") as file:
            if file.read().strip() == NAME:
                return f"/dev/{entry}"
    sys.exit(f"agent.py: this VM has no port {NAME}; was it started with -r?")


def text(file):
    """All that was written into it."""
    file.seek(0)
    return file.read().decode(errors="replace")


class Agent:
    """What runs for the other end."""

    def __init__(self, path):
        # pylint: disable=consider-using-with
        self.file = open(path, "r+b", buffering=0)
        self.lock = threading.Lock()
        self.running = {}

    def tell(self, **words):
        """Send one object."""
        data = json.dumps(words).encode() + b"\n"
        with self.lock:
            while data:
                data = data[self.file.write(data):]

    def orders(self):
        """What comes, one object after the other."""
        come = b""
        while True:
            data = self.file.read(1 << 16)
            if not data:	# nobody is at the other end
                time.sleep(0.1)
                continue
            *lines, come = (come + data).split(b"\n")
            for line in lines:
                yield json.loads(line)

    def run(self, order):
        """Run a program to its end, and tell how it was. (It gets files and no
        pipes, which daemons that it leaves would hold open.)"""
        with (tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out,
              tempfile.TemporaryFile() as err):
            given.write(order.get("stdin", "").encode())
            given.seek(0)
            try:
                status = self.status_of(order, given, out, err)
            except OSError as why:
                status = 127
                err.write(str(why).encode())
            self.tell(id=order["id"], status=status, out=text(out), err=text(err))

    def status_of(self, order, given, out, err):
        """Run the program, no longer than the order says."""
        with subprocess.Popen(order["argv"], stdin=given, stdout=out,
                              stderr=err) as child:
            self.running[order["id"]] = child
            try:
                return child.wait(order.get("timeout"))
            except subprocess.TimeoutExpired:
                child.kill()
                return 124
            finally:
                del self.running[order["id"]]

    def serve(self):
        """Do what is ordered; gives back the status to end with."""
        self.tell(hello=os.uname().release)
        for order in self.orders():
            if "end" in order:
                return order["end"]
            if "kill" in order:
                child = self.running.get(order["kill"])
                if child:
                    child.kill()
                continue
            threading.Thread(target=self.run, args=(order,),
                             daemon=True).start()
        return 1


if __name__ == "__main__":
    sys.exit(Agent(port()).serve())
