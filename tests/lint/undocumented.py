#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Finds functions that are not static, and structs, without kernel-doc.

    undocumented.py FILE...

kernel-doc itself checks the descriptions that there are; this finds where there
is none. An enum that speaks for itself may have a plain comment instead. The
sources have kernel style, so a definition starts in column 0.
"""

import re
import sys

TYPE = re.compile(r"^(struct|union)\s+(\w+)\s*\{")
ENUM = re.compile(r"^enum\s+(\w+)\s*\{")
FUNCTION = re.compile(r"(\w+)\s*\((?!\()")


def comment_above(lines, index):
    """The comment that ends in the line before INDEX, or []."""
    index -= 1
    if index < 0 or not lines[index].endswith("*/"):
        return []
    end = index
    while index >= 0 and not lines[index].lstrip().startswith("/*"):
        index -= 1
    return lines[index:end + 1]


def is_described(lines, index, name):
    """Whether a kernel-doc block for NAME ends in the line before INDEX."""
    comment = comment_above(lines, index)
    if len(comment) < 2 or comment[0] != "/**":
        return False
    return re.match(r" \* (?:(?:struct|union|enum) )?%s\b" % name,
                    comment[1]) is not None


def function_start(lines, index):
    """First line of the definition whose body begins in line INDEX."""
    while index > 0:
        above = lines[index - 1]
        if not above or above.startswith("#") or \
           above.endswith((";", "}", "*/", "{")):
            break
        index -= 1
    return index


def functions(lines):
    """(line, name) of each function definition that is not static."""
    for index, line in enumerate(lines):
        if line != "{":
            continue
        start = function_start(lines, index)
        head = " ".join(lines[start:index])
        found = FUNCTION.search(head)
        if found and not re.search(r"\bstatic\b", head):
            yield start, found.group(1)


def types(lines):
    """(line, name) of each struct and union."""
    for index, line in enumerate(lines):
        found = TYPE.match(line)
        if found:
            yield index, found.group(2)


def bare_enums(lines):
    """(line, name) of each enum that has no comment at all."""
    for index, line in enumerate(lines):
        found = ENUM.match(line)
        if found and not comment_above(lines, index):
            yield index, found.group(1)


def main():
    """Prints one line for each finding."""
    status = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        for start, name in sorted([*functions(lines), *types(lines)]):
            if not is_described(lines, start, name):
                print(f"{path}:{start + 1}: {name} has no kernel-doc")
                status = 1
        for start, name in bare_enums(lines):
            print(f"{path}:{start + 1}: enum {name} has no comment")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
