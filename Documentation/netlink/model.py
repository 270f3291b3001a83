#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Makes userspace/lib/spec.[ch] from specs/ktgt.yaml: a struct for each attribute
set, and a table that says which attribute is which member.

    model.py SPEC --header|--source

What the specification cannot say of an attribute stands in the tables here.
"""
import sys

import yaml

# Keys of a target have key-default beyond their limits, which "checks" cannot
# express: the names of their values, or their limits as in "definitions".
SEGMENT = {'min': 'segment-min', 'max': 'segment-max'}
KEYS = {
    'header-digest': 'digest',
    'data-digest': 'digest',
    'initial-r2t': 'answer',
    'immediate-data': 'answer',
    'max-recv-data-segment-length': SEGMENT,
    'max-xmit-data-segment-length': SEGMENT,
    'first-burst-length': SEGMENT,
    'max-burst-length': SEGMENT,
    'max-outstanding-r2t': {'min': 1, 'max': 'r2t-max'},
    'default-time2wait': {'min': 0, 'max': 'time-max'},
    'nop-interval': {'min': 0, 'max': 'time-max'},
    'nop-count': {'min': 0, 'max': 'time-max'},
    'reset': 'switch',
    'chap-algorithms': 'chap-algorithm',
    'explicit-alua': 'switch',
}
# what people read in another form
FORMS = {
    ('lu', 'size'): 'SIZE',
    ('lu', 'naa-id'): 'ID',
    ('lu', 'eui'): 'ID',
    ('lu', 'uuid'): 'ID',
    ('net', 'oui'): 'ID',
    ('orphan', 'bytes'): 'SIZE',
    ('target', 'chap-algorithms'): 'KEY_FLAGS',
    ('net', 'memory-total'): 'SIZE',
    ('net', 'memory-used'): 'SIZE',
    ('conn', 'memory'): 'SIZE',
    ('conn', 'memory-unacknowledged'): 'SIZE',
    ('event', 'memory'): 'SIZE',
}
# attributes that a newer one replaces, which has their name for people
OLD = {('lu', 'naa'): 'naa-id'}
# bytes of the shortest identifier, where not all have the same length
ID_MIN = 8
# units that people are told
UNITS = {
    ('net', 'login-timeout'): 'SET_SECONDS',
    ('net', 'login-delay'): 'SET_SECONDS',
    ('net', 'nop-interval'): 'SET_SECONDS',
    ('net', 'logout-timeout'): 'SET_SECONDS',
    ('net', 'tmf-timeout'): 'SET_SECONDS',
    ('net', 'keepalive-idle'): 'SET_SECONDS',
    ('net', 'keepalive-interval'): 'SET_SECONDS',
    ('net', 'tcp-user-timeout'): 'SET_SECONDS',
    ('net', 'discovery-timeout'): 'SET_SECONDS',
    ('net', 'poll-time'): 'SET_USECS',
    ('net', 'memory-limit'): 'SET_MIB',
    ('lu', 'naa-id'): 'HEX',
    ('lu', 'eui'): 'HEX',
    ('lu', 'uuid'): 'UUID',
    ('net', 'oui'): 'HEX',
    ('lu', 'frozen'): 'SET_SECONDS',
    ('session', 'login-time'): 'DATE',
    ('orphan', 'age'): 'SECONDS',
    ('conn', 'idle-time'): 'SECONDS',
    ('conn', 'rtt'): 'USECS',
    ('conn', 'rtt-var'): 'USECS',
}
# bytes of a text, NUL included, for which the specification has no max-len
TEXT = 256

SCALARS = {'U8': 'uint8_t', 'BOOL': 'uint8_t', 'U16': 'uint16_t',
           'U32': 'uint32_t', 'ENUM': 'uint32_t', 'KEY': 'uint32_t',
           'KEY_FLAGS': 'uint32_t',
           'U64': 'uint64_t', 'SIZE': 'uint64_t', 'FLAGS': 'uint32_t',
           'FLAG': 'bool', 'ADDR': 'struct addr', 'ID': 'struct id',
           'LIST': 'struct vec', 'U32S': 'struct u32s',
           'U64S': 'struct u64s'}

HEAD = '''\
/* SPDX-License-Identifier: GPL-2.0 */
/* Made by Documentation/netlink/model.py from specs/ktgt.yaml. */
'''


def ident(name):
    """A name of the specification in C."""
    return name.replace('-', '_')


def value(limit):
    """A limit in C: a number or a constant of the header."""
    return limit if isinstance(limit, int) else 'KTGT_' + ident(limit).upper()


def kind_of(attr, group):
    """The FIELD_* that an attribute is."""
    checks = attr.get('checks', {})
    kind = attr['type'].upper()
    if kind == 'U8' and checks.get('max') == 1:
        return 'BOOL'
    if kind == 'U32' and 'enum' in attr:
        return 'FLAGS' if attr.get('enum-as-flags') else 'ENUM'
    if (group, attr['name']) in FORMS:
        return FORMS[group, attr['name']]
    if group == 'target' and attr['name'] in KEYS:
        return 'KEY'
    if kind == 'BINARY' and 'sub-type' in attr:
        return attr['sub-type'].upper() + 'S'
    if kind == 'BINARY':
        return 'BIN' if 'exact-len' in checks else 'ADDR'
    if kind == 'NEST':
        return 'LIST' if attr.get('multi-attr') else 'NEST'
    return 'STR' if kind == 'STRING' else kind


def limits_of(attr, kind):
    """min and max of a number, where there are any; bytes of an identifier."""
    if kind == 'KEY':
        return KEYS[attr['name']] if isinstance(KEYS[attr['name']], dict) else {}
    if kind == 'ID':
        exact = attr['checks'].get('exact-len')
        return {'min': exact or ID_MIN, 'max': exact or attr['checks']['max-len']}
    return attr.get('checks', {}) if kind in ('U8', 'U16', 'U32') else {}


def names_of(attr, kind):
    """The enum that has names for the values."""
    if kind in ('KEY', 'KEY_FLAGS'):
        return KEYS[attr['name']] if isinstance(KEYS[attr['name']], str) else None
    return attr.get('enum')


def order(spec, group):
    """
    The attributes of a set but for the padding, as the longest answer has them:
    new ones come last in the set, but not in what is shown.
    """
    shown = []
    for operation in spec['operations']['list']:
        if operation['attribute-set'] != group['name']:
            continue
        for mode in ('do', 'dump'):
            reply = operation.get(mode, {}).get('reply', {})
            if len(reply.get('attributes', [])) > len(shown):
                shown = reply['attributes']
    attrs = {a['name']: a for a in group['attributes']
             if a['type'] != 'pad' and (group['name'], a['name']) not in OLD}
    return [attrs[name] for name in shown if name in attrs] + [
        attr for name, attr in attrs.items() if name not in shown]


def name_of(attr, group):
    """What people call it: the name of the attribute that it replaces."""
    for (old_group, old), new in OLD.items():
        if (group, attr['name']) == (old_group, new):
            return old
    return attr['name']


def member(attr, group):
    """A line of the struct."""
    kind = kind_of(attr, group)
    name = ident(name_of(attr, group))
    checks = attr.get('checks', {})
    if kind == 'STR':
        size = checks.get('max-len')
        return f'char {name}[{TEXT if size is None else f"{value(size)} + 1"}];'
    if kind == 'BIN':
        return f'uint8_t {name}[{checks["exact-len"]}];'
    if kind == 'NEST':
        return f'struct {ident(attr["nested-attributes"])} {name};'
    return f'{SCALARS[kind]} {name};'


def row(attr, group):
    """A row of the table."""
    kind = kind_of(attr, group)
    limits = limits_of(attr, kind)
    parts = [f'F({ident(group)}',
             f'{ident(group).upper()}_{ident(attr["name"]).upper()}',
             ident(name_of(attr, group)), kind, f'"{name_of(attr, group)}"']
    if 'min' in limits:
        parts.append(f'.min = {value(limits["min"])}')
    if 'max' in limits:
        parts.append(f'.max = {value(limits["max"])}')
    if (group, attr['name']) in UNITS:
        parts.append(f'.unit = UNIT_{UNITS[group, attr["name"]]}')
    if names_of(attr, kind):
        parts.append(f'.names = {ident(names_of(attr, kind))}_names')
    if 'nested-attributes' in attr:
        parts.append(f'.sub = &{ident(attr["nested-attributes"])}_object')
    lines = ['']
    for part in parts:
        if len(lines[-1]) + len(part) > 70:
            lines[-1] = lines[-1].rstrip()
            lines.append('  ')
        lines[-1] += part + ', '
    return '\n'.join('\t' + line for line in lines).rstrip(', ') + '),'


def nested_first(spec):
    """The sets, each after those that are members of its struct."""
    groups = {group['name']: group for group in spec['attribute-sets']}
    done = []

    def take(group):
        if group in done:
            return
        for attr in group['attributes']:
            if 'nested-attributes' in attr:
                take(groups[attr['nested-attributes']])
        done.append(group)

    for group in groups.values():
        take(group)
    return done


def header(spec):
    """The structs."""
    yield HEAD
    yield '''\
#ifndef KTGT_LIB_SPEC_H
#define KTGT_LIB_SPEC_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/ktgt.h>

#include "lib/field.h"
#include "lib/vec.h"
'''
    for group in nested_first(spec):
        name = ident(group['name'])
        yield f'struct {name} {{\n\tuint64_t has;'
        for attr in order(spec, group):
            yield '\t' + member(attr, group['name'])
        yield f'}};\n\nextern const struct object {name}_object;\n'
    yield '#endif'


def source(spec):
    """The tables."""
    yield HEAD.replace('/* SPDX-License-Identifier: GPL-2.0 */',
                       '// SPDX-License-Identifier: GPL-2.0')
    yield '''\
#include "lib/spec.h"

#include <stddef.h>

#define F(obj, ATTR, member, knd, text, ...)				\\
	{								\\
		.attr = KTGT_A_ ## ATTR,				\\
		.kind = FIELD_ ## knd,					\\
		.off = offsetof(struct obj, member),			\\
		.size = sizeof(((struct obj *)NULL)->member),		\\
		.name = text,						\\
		__VA_ARGS__						\\
	}

#define OBJECT(obj)							\\
	const struct object obj ## _object = {				\\
		.name = #obj,						\\
		.size = sizeof(struct obj),				\\
		.fields = obj ## _fields,				\\
		.n_fields = sizeof(obj ## _fields) /			\\
			    sizeof(obj ## _fields[0]),			\\
	}
'''
    for enum in spec['definitions']:
        if enum['type'] not in ('enum', 'flags'):
            continue
        entries = [e if isinstance(e, str) else e['name']
                   for e in enum['entries']]
        yield f'static const char *const {ident(enum["name"])}_names[] = {{'
        yield from (f'\t"{entry}",' for entry in entries)
        yield '\tNULL,\n};\n'
    for group in nested_first(spec):
        name = ident(group['name'])
        yield f'static const struct field {name}_fields[] = {{'
        yield from (row(attr, group['name']) for attr in order(spec, group))
        yield f'}};\n\nOBJECT({name});\n'


def main():
    """Prints one of the two files."""
    with open(sys.argv[1], encoding='utf-8') as file:
        spec = yaml.safe_load(file)
    form = {'--header': header, '--source': source}[sys.argv[2]]
    print('\n'.join(form(spec)).rstrip())


if __name__ == '__main__':
    main()
