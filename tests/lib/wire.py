# SPDX-License-Identifier: GPL-2.0
"""An Ethernet switch for the machines of a test, made of a Unix socket.

    wire = Wire("/tmp/x/wire")
    ... QEMU connects to it with "-netdev stream" for each machine ...
    wire.cut("52:54:00:00:00:01")
    wire.join("52:54:00:00:00:01")
    wire.close()

QEMU puts the length of a frame, four bytes in network order, before each frame.
A frame goes to the port that its destination was last seen at, else to all. What a
port does not take in time is dropped, as a switch does: a machine that hangs or
was killed stops no other one.
"""

import os
import selectors
import socket
import struct
import threading

LONGEST = 0x10000	# bytes of a frame
QUEUE = 1 << 20		# bytes that wait for a port


class Port:
    """The cable of one machine."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock = sock
        self.come = b""		# the beginning of a frame
        self.to_send = b""

    def frames(self):
        """What has come; None if the machine is gone."""
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return []
        except ConnectionError:
            return None
        if not data:
            return None
        self.come += data
        whole = []
        at = 0
        while len(self.come) - at >= 4:
            length, = struct.unpack_from(">I", self.come, at)
            if length > LONGEST:
                return None
            if len(self.come) - at < 4 + length:
                break
            whole.append(self.come[at + 4:at + 4 + length])
            at += 4 + length
        self.come = self.come[at:]
        return whole

    def put(self, frame):
        """Queue a frame; false if it was dropped."""
        if len(self.to_send) > QUEUE:
            return False
        self.to_send += struct.pack(">I", len(frame)) + frame
        return True

    def flush(self):
        """Send what waits; false if some of it still has to."""
        try:
            while self.to_send:
                sent = self.sock.send(self.to_send)
                self.to_send = self.to_send[sent:]
        except BlockingIOError:
            return False
        except OSError:  # it is gone: reading tells
            self.to_send = b""
        return True


class Wire:
    """The switch. A thread of it runs until it is closed."""

    def __init__(self, path):
        self.path = path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(8)
        self.stopper, self.stopped = socket.socketpair()
        self.selector = selectors.DefaultSelector()
        self.ports = []
        self.where = {}		# of an address: its port
        self.apart = set()	# addresses whose cable is cut
        self.forwarded = self.dropped = 0
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        for one in (self.listener, self.stopped):
            self.selector.register(one, selectors.EVENT_READ)
        while True:
            for key, events in self.selector.select():
                if key.fileobj is self.stopped:
                    return
                if key.fileobj is self.listener:
                    self._connect()
                else:
                    self._serve(key.data, events)

    def _connect(self):
        port = Port(self.listener.accept()[0])
        self.ports.append(port)
        self.selector.register(port.sock, selectors.EVENT_READ, port)

    def _serve(self, port, events):
        if events & selectors.EVENT_WRITE:
            self._flush(port)
        if not events & selectors.EVENT_READ:
            return
        frames = port.frames()
        if frames is None:
            self._gone(port)
            return
        for frame in frames:
            self._forward(port, frame)
        for other in self.ports:
            if other.to_send:
                self._flush(other)

    def _flush(self, port):
        events = selectors.EVENT_READ
        if not port.flush():
            events |= selectors.EVENT_WRITE
        self.selector.modify(port.sock, events, port)

    def _gone(self, port):
        self.selector.unregister(port.sock)
        port.sock.close()
        self.ports.remove(port)
        self.where = {mac: one for mac, one in self.where.items()
                      if one is not port}

    def _forward(self, port, frame):
        to, source = frame[:6], frame[6:12]
        self.where[source] = port
        if source in self.apart or to in self.apart:
            self.dropped += 1
            return
        known = self.where.get(to)
        for other in [known] if known else self.ports:
            if other is port or self._is_apart(other):
                continue
            if other.put(frame):
                self.forwarded += 1
            else:
                self.dropped += 1

    def _is_apart(self, port):
        return any(self.where.get(mac) is port for mac in self.apart)

    def cut(self, mac):
        """The machine with this address hears nothing, and is not heard."""
        self.apart = self.apart | {as_bytes(mac)}

    def join(self, mac):
        """Its cable is whole again."""
        self.apart = self.apart - {as_bytes(mac)}

    def close(self):
        """The end of it."""
        self.stopper.send(b"x")
        self.thread.join()
        for port in self.ports:
            port.sock.close()
        for one in (self.listener, self.stopper, self.stopped, self.selector):
            one.close()
        os.unlink(self.path)


def as_bytes(mac):
    """An Ethernet address as it is sent."""
    return bytes.fromhex(mac.replace(":", ""))
