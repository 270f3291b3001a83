#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Which file may include which. layers.sh calls it with all files.

A node is a .c file together with the header of its name, or a header alone. An
arrow goes from a node to what it includes, and to where that is defined which
it uses and another file's header declares. A tree has rooms (its folders), and
a room may have floors. An arrow goes

- from a room to one that the room's row names, or to its own;
- inside of a room with floors, down or along a floor, never up;
- nowhere in a circle.

A .c file includes its own header first, and what a header declares is defined
in the .c file of its name.
"""
import argparse
import os
import re

# room: the rooms that it may include, besides itself. A file of the top folder
# is a room of its own.
ROOMS = {
    'kernel': {
        'main': 'core backend scsi iscsi tcp config nl',
        'tests': 'core backend scsi iscsi tcp config nl',
        'nl': 'core backend scsi iscsi tcp config',
        'config': 'core backend scsi iscsi tcp',
        'tcp': 'iscsi core',
        'iscsi': 'scsi core',
        'scsi': 'backend core',
        'backend': 'core',
        'core': '',
        'compat': '',
    },
    'userspace': {
        'ktgtadm': 'cmd tgt lib',
        'cmd': 'apply conf lib',
        'tgt': 'apply conf lib',
        'apply': 'conf lib',
        'conf': 'lib',
        'lib': '',
    },
}

# Floors of a room, the highest first. A room has all of its files here, or none.
FLOORS = {
    'kernel/tcp': [
        'listen',
        'tcp',
        'rx tx',
        'turn',
    ],
    'kernel/iscsi': [
        'round',
        'ctl',
        'login login_auth',
        'recv sess tmf',
        'command',
        'data ack piece',
        'task stall',
        'mem text_request',
        'pdu chap discovery said',
        'conn window text admit quota',
    ],
    'kernel/scsi': [
        'exec',
        'cdb_table',
        'spc sbc_disk',
        'sbc mode mode_select rsoc rstmf sanitize caw verify pr_in pr_out buffer diagnostic log told '
        'port_groups write_atomic copy copy_results',
        'transition sanitize_op',
        'lu_life removable reset pr_abort',
        'nexus mode_page reserve pr_save pr_trial prevent',
        'state_save',
        'pr_image mode_image sanitize_image',
        'cache chunk',
        'ua vpd medium limits names pr',
        'group',
        'gate error opening orphan sanitize_state track',
        'lu sense data cdb range transport_id copy_list copy_record state_image',
        'histogram identity',
    ],
    'kernel/backend': [
        'block null absent',
        'worker',
        'store',
        'device holder',
        'backend claim state',
    ],
    'userspace/cmd': [
        'options',
        'run',
        'usage request',
        'refuse',
        'nouns',
        'account acl config explain group lun monitor net orphan portal pr session stats '
        'target',
        'freeze event histogram objects print',
        'foreign grammar',
    ],
    'userspace/tgt': [
        'admin setup_lun',
        'tgtadm',
        'lu_param',
        'fail',
        'opt show stat',
    ],
    'userspace/apply': [
        'job',
        'apply dump',
        'access group',
        'change',
        'describe',
        'lu',
    ],
    'userspace/conf': [
        'load',
        'text',
        'finish json',
        'set',
        'parser key',
        'conf scan',
    ],
    'userspace/lib': [
        'lu_request',
        'device medium out reason state_file view',
        'find_device find_port nl parse',
        'model',
        'spec',
        'field',
        'clean find guess name secret vec version',
    ],
}

# Nodes whose arrows do not count, and why.
FREE = {
    'kernel/core/trace': 'a tracepoint prints the types of those who call it',
    'kernel/nl/generated/netlink': 'its table names the functions that answer, '
                                   'and these need the family that is in it',
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*', re.S)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)
# a function that is not static, at the left margin; its end is ; or {
FUNCTION = re.compile(r'^(?!static\b|typedef\b|return\b|else\b)[A-Za-z_][\w \t*\n]*?'
                      r'(?:__attribute__\(\(.*?\)\)\)\s*)?'
                      r'\b(\w+)\([^;{}]*\)(?:\s*__\w+)*\s*([;{])', re.M)
EXTERN = re.compile(r'^extern\b[^;({]*?(\w+)(?:\[[^]]*\])?;', re.M)
DATA = re.compile(r'^(?!static\b|extern\b|typedef\b|return\b)(?:\w+[ \t*]+)+?'
                  r'(\w+)(?:\[[^]]*\])?(?:\s*__\w+)*\s*[=;]', re.M)
WORD = re.compile(r'[A-Za-z_]\w*')


def blank(match):
    """As many lines, and nothing on them."""
    return re.sub(r'[^\n]', ' ', match[0])


class File:
    """A source file: where it is, and what it includes."""

    def __init__(self, path):
        self.path = path
        self.room, base = os.path.split(path)
        self.stem, self.ext = os.path.splitext(base)
        self.node = os.path.join(self.room, self.stem)
        with open(path, encoding='utf-8') as file:
            self.text = file.read()
        self.code = DIRECTIVE.sub(blank, COMMENT.sub(blank, self.text))
        self.words = set(WORD.findall(self.code))

    def includes(self):
        """(line, quote, name), in their order."""
        for match in INCLUDE.finditer(self.text):
            line = self.text.count('\n', 0, match.start()) + 1
            yield line, match[1], match[2]

    def target(self, name):
        """The path that an include "name" means."""
        top = self.path.split('/')[0]
        if top == 'userspace':
            return os.path.join(top, name)
        return os.path.normpath(os.path.join(self.room, name))

    def functions(self, end):
        """(line, name) of those that it declares (;) or defines ({)."""
        for match in FUNCTION.finditer(self.code):
            if match[2] == end:
                yield self.code.count('\n', 0, match.start(1)) + 1, match[1]

    def declares(self):
        """Names of functions and of data that it says are somewhere."""
        yield from (name for _, name in self.functions(';'))
        yield from (match[1] for match in EXTERN.finditer(self.code))

    def defines(self):
        """Names of functions and of data that are in it."""
        yield from (name for _, name in self.functions('{'))
        yield from (match[1] for match in DATA.finditer(self.code))


def room_of(path):
    """kernel/iscsi/conn.c is in kernel/iscsi, kernel/main.c in kernel/main."""
    top, *rest = path.split('/')
    return os.path.join(top, os.path.splitext(rest[0])[0]) if rest else top


def floor_of(node):
    """From the top; None where there are no floors or it has none."""
    room, stem = os.path.split(node)
    for i, floor in enumerate(FLOORS.get(room, [])):
        if stem in floor.split():
            return i
    return None


def check_place(file):
    """Each file has a room and, where that has floors, a floor."""
    top, room = room_of(file.path).split('/')
    if room not in ROOMS[top]:
        yield f'{file.path}:1: {top}/{room} has no row in layers.py'
    elif file.room in FLOORS and floor_of(file.node) is None:
        yield f'{file.path}:1: has no floor in layers.py'


def check_include(file, line, name):
    """One arrow against the tables."""
    path = file.target(name)
    where = f'{file.path}:{line}: includes "{name}"'
    top, room = room_of(file.path).split('/')
    if not os.path.exists(path):
        yield f'{where}, which is not of {top}/'
        return
    target = File(path)
    other = room_of(path).split('/')
    if other[0] != top:
        yield f'{where}, which is not of {top}/'
    elif other[1] != room and other[1] not in ROOMS[top].get(room, '').split():
        may = ROOMS[top].get(room) or 'nothing'
        yield f'{where}: {top}/{room} may include {may}'
    elif target.room == file.room:
        mine, its = floor_of(file.node), floor_of(target.node)
        if mine is not None and its is not None and its < mine:
            yield (f'{where}, which is above it: {target.stem} stands on floor '
                   f'{len(FLOORS[file.room]) - its}, {file.stem} on '
                   f'{len(FLOORS[file.room]) - mine}')


def check_own_first(file):
    """A header that needs another one before it is found at once."""
    own = file.path[:-1] + 'h'
    if file.ext != '.c' or not os.path.exists(own) or file.node in FREE:
        return
    line, quote, name = next(file.includes(), (1, '', ''))
    if quote != '"' or file.target(name) != own:
        yield f'{file.path}:{line}: its own header, {file.stem}.h, comes first'


def check_prototypes(files):
    """What a header declares stands in the .c file of its name."""
    defined = {}
    for file in files:
        if file.ext == '.c':
            for _, name in file.functions('{'):
                defined.setdefault(name, set()).add(file.node)
    for file in files:
        if file.ext != '.h' or file.node in FREE:
            continue
        for line, name in file.functions(';'):
            nodes = defined.get(name, {file.node})
            if file.node not in nodes:
                other = sorted(nodes)[0]
                yield (f'{file.path}:{line}: {name}() is defined in {other}.c: '
                       f'its place is {other}.h')


def lent_names(files):
    """name: the node of a name that another file's header declares."""
    defined, lent = {}, {}
    for file in files:
        if file.ext == '.c':
            for name in file.defines():
                defined.setdefault(name, file.node)
    for file in files:
        if file.ext == '.h':
            for name in file.declares():
                if defined.get(name, file.node) != file.node:
                    lent[name] = defined[name]
    return lent


def arrows_of(files):
    """node: the nodes that it includes or uses."""
    arrows = {file.node: set() for file in files}
    lent = lent_names(files)
    for file in files:
        if file.node in FREE:
            continue
        for _, quote, name in file.includes():
            path = file.target(name)
            if quote == '"' and os.path.exists(path):
                arrows[file.node].add(path[:-2])
        if file.ext == '.c':
            arrows[file.node].update(lent[name] for name in file.words
                                     if name in lent)
        arrows[file.node].discard(file.node)
    return arrows


def reach(arrows, start):
    """All nodes that arrows lead to."""
    seen, todo = set(), [start]
    while todo:
        for node in arrows.get(todo.pop(), ()):
            if node not in seen:
                seen.add(node)
                todo.append(node)
    return seen


def circles_of(arrows):
    """Sets of nodes of which each leads to each other (SCC), with an arrow."""
    reached = {node: reach(arrows, node) for node in arrows}
    left, circles = set(arrows), []
    while left:
        node = left.pop()
        circle = {other for other in reached[node]
                  if node in reached.get(other, ())}
        if circle:
            circles.append(sorted(circle))
            left -= circle
    return sorted(circles)


def room_of_circle(circle):
    """The room that all of it is in, or the tree."""
    rooms = {room_of(node + '.c') for node in circle}
    return rooms.pop() if len(rooms) == 1 else circle[0].split('/')[0]


def check_circles(circles):
    """No circles; one that has files of several rooms is of the tree."""
    for circle in circles:
        room = room_of_circle(circle)
        where = f'{circle[0]}.c' if '/' in room else room
        yield f'{where}:1: a circle: ' + ' '.join(circle)


def count(circles, files):
    """A line for each folder: how many circles, of how many files."""
    for room in sorted({file.room for file in files}):
        mine = [c for c in circles if room_of_circle(c) == room]
        print(f'{room}: {len(mine)} circles' +
              ''.join(f'; {len(c)} files: ' +
                      ' '.join(os.path.basename(n) for n in c)
                      for c in mine))
    for circle in circles:
        if '/' not in room_of_circle(circle):
            print(f'{room_of_circle(circle)}: between rooms: ' +
                  ' '.join(circle))


def main():
    """Checks all that the tables say."""
    parser = argparse.ArgumentParser()
    parser.add_argument('--count', action='store_true',
                        help='print the number of circles of each folder')
    parser.add_argument('files', nargs='+')
    args = parser.parse_args()
    files = [File(path) for path in args.files]
    circles = circles_of(arrows_of(files))
    if args.count:
        count(circles, files)
        return
    for file in files:
        report(check_place(file))
        for line, quote, name in file.includes():
            if quote == '"':
                report(check_include(file, line, name))
        report(check_own_first(file))
    report(check_prototypes(files))
    report(check_circles(circles))


def report(findings):
    """A line for each."""
    for finding in findings:
        print(finding)


if __name__ == '__main__':
    main()
