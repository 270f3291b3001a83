# SPDX-License-Identifier: GPL-2.0
"""Reads a netlink specification, of which it needs the YAML that is in there.

    Spec(path).sets[NAME] -> [Attr]        all attributes, in order, from 1
    Spec(path).commands -> [Command]       in order, from 1
"""

import collections
import re

Attr = collections.namedtuple("Attr", "number name type checks nested")
Command = collections.namedtuple("Command", "number name attrs dump reply")

PAIR = re.compile(r'^([\w-]+|"[\w-]+"):(?: (.*))?$')


def _lines(text):
    """(indent, words) of each line that says something."""
    out, folded = [], None
    for line in text.splitlines():
        body = line.strip()
        indent = len(line) - len(line.lstrip())
        if folded is not None and (not body or indent > folded):
            continue
        folded = None
        if not body or body[0] == "#" or body == "---":
            continue
        while body == "-" or body.startswith("- "):
            out.append((indent, "-"))
            rest = body[1:].lstrip()
            indent += len(body) - len(rest) if rest else 2
            body = rest
        if body:
            if body.endswith(">-"):
                folded = indent
            out.append((indent, body))
    return out


def _scalar(word):
    if word == "{}":
        return {}
    word = word.strip('"')
    if word[:1] == "[":
        return [_scalar(item.strip()) for item in word[1:-1].split(",")]
    return int(word) if re.fullmatch(r"-?\d+", word) else word


class _Reader:
    """Recursive descent over the lines."""

    def __init__(self, text):
        self.lines = _lines(text)
        self.at = 0
        self.anchors = {}

    def block(self, indent):
        """What stands at INDENT or deeper."""
        if self.at >= len(self.lines) or self.lines[self.at][0] < indent:
            return None
        here, body = self.lines[self.at]
        if body == "-":
            return self._list(here)
        if PAIR.match(body):
            return self._map(here)
        self.at += 1
        return _scalar(body)

    def _list(self, indent):
        out = []
        while self.at < len(self.lines) and \
                self.lines[self.at] == (indent, "-"):
            self.at += 1
            out.append(self.block(indent + 1))
        return out

    def _map(self, indent):
        out = {}
        while self.at < len(self.lines) and self.lines[self.at][0] == indent:
            match = PAIR.match(self.lines[self.at][1])
            if not match:
                break
            self.at += 1
            key, value = match.group(1).strip('"'), match.group(2)
            out[key] = self._value(value, indent)
        return out

    def _value(self, value, indent):
        anchor = None
        if value and value[0] == "&":
            anchor, value = value[1:], None
        if value and value[0] == "*":
            return self.anchors[value[1:]]
        got = _scalar(value) if value else self.block(indent + 1)
        if anchor:
            self.anchors[anchor] = got
        return got


class Spec:
    """Commands and attributes of a family."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            tree = _Reader(file.read()).block(0)
        self.consts = {one["name"]: one["value"]
                       for one in tree["definitions"]
                       if one["type"] == "const"}
        # the greatest value that each may have
        self.enums = {one["name"]: len(one["entries"]) - 1
                      for one in tree["definitions"] if one["type"] == "enum"}
        self.enums |= {one["name"]: (1 << len(one["entries"])) - 1
                       for one in tree["definitions"] if one["type"] == "flags"}
        self.sets = {one["name"]: self._attrs(one)
                     for one in tree["attribute-sets"]}
        # an event has a number like a command, but cannot be asked for
        self.commands = [self._command(number, one) for number, one
                         in enumerate(tree["operations"]["list"], 1)
                         if "event" not in one]

    def _attrs(self, one):
        out = []
        for number, attr in enumerate(one["attributes"], 1):
            checks = {key: self.consts.get(value, value) for key, value
                      in (attr.get("checks") or {}).items()}
            if "enum" in attr:
                checks.setdefault("max", self.enums[attr["enum"]])
            out.append(Attr(number, attr["name"], attr["type"], checks,
                            attr.get("nested-attributes")))
        return out

    def _command(self, number, one):
        way = one.get("do") or one.get("dump") or {}
        names = (way.get("request") or {}).get("attributes") or []
        known = {attr.name: attr for attr in self.sets[one["attribute-set"]]}
        return Command(number, one["name"], [known[name] for name in names],
                       "dump" in one, bool(way.get("reply")))
