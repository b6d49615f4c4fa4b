#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lays out the tables that need more than the C preprocessor; the build runs it.

    slot.py OUT FILE...     FILE: *.proto, field.def, method.def

OUT/descriptors.h   one macro a message, pb_ComplaintSubmit, for its descriptor: protoc-c spells it
                    pb__complaint_submit__descriptor, and a row of a .def file cannot.
OUT/slots_method.h  method_slots, the hash table of method.c (see slot.h)
OUT/slots_field.h   field_slots, that of field.c
"""
import re
import sys
from pathlib import Path


def fail(text):
    sys.exit(f'slot.py: {text}')


def read_messages(path):
    """{message: [field, ...]} with the fields by number, as protobuf-c orders them."""
    messages, blocks = {}, []
    for line in path.read_text(encoding='utf-8').splitlines():
        line = line.split('//')[0].strip()
        opened = re.fullmatch(r'(message|enum|oneof) (\w+) {', line)
        field = re.fullmatch(r'(?:optional |repeated )?[\w.]+ (\w+) = (\d+)(?: \[.*\])?;', line)
        if opened:
            kind, name = opened.groups()
            if kind == 'message' and blocks:
                fail(f'{path.name}: {name} is inside another message: move it out')
            if kind == 'message':
                messages[name] = {}
                message = name
            blocks.append(kind)
        elif line == '}':
            blocks.pop()
        elif not line or not blocks or blocks[-1] == 'enum' or line.startswith('reserved '):
            continue
        elif field:
            messages[message][int(field[2])] = field[1]
        else:
            fail(f'{path.name}: not understood: {line}')
    return {name: [fields[n] for n in sorted(fields)] for name, fields in messages.items()}


def read_rows(path, macro, count):
    """The first `count` words of every row `macro(...)`."""
    words = r'\s*,\s*'.join([r'(\w+)'] * count)
    return re.findall(rf'^{macro}\(\s*{words}', path.read_text(encoding='utf-8'), re.M)


def lower(name):
    """As protoc-c's CamelToLower."""
    return re.sub(r'(?<=[^A-Z])([A-Z])', r'_\1', name).lower()


def slot_hash(name):
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value ^ value >> 15


def lay_out(names):
    """{slot: name} and the number of slots, a power of two at least four times the names."""
    size = 4
    while size < 4 * len(names):
        size *= 2
    slots = {}
    for name in names:
        slot = slot_hash(name) % size
        while slot in slots:
            slot = (slot + 1) % size
        slots[slot] = name
    return slots, size


def method_table(methods):
    names = {f'{noun}.{verb}': f'METHOD_{noun}_{verb}' for noun, verb in methods}
    if len(names) != len(methods):
        fail('method.def: a name comes twice')
    slots, size = lay_out(names)
    yield '/* 1 + enum method; 0: empty. */'
    yield f'static const uint16_t method_slots[{size}] = {{'
    for slot, name in sorted(slots.items()):
        yield f'\t[{slot}] = {names[name]} + 1,'
    yield '};'


def field_table(messages, rows):
    numbers = {}
    for number, (message, field) in enumerate(rows, 1):
        if field not in messages.get(message, []):
            fail(f'field.def: there is no field {message}.{field}')
        if field in numbers.setdefault(message, {}):
            fail(f'field.def: {message}.{field} comes twice')
        numbers[message][field] = number
    slots, size = lay_out(numbers)
    yield '/* For every field of a message: 1 + its index in field_rows; 0: it has no row. */'
    yield f'static const struct field_slot field_slots[{size}] = {{'
    for slot, name in sorted(slots.items()):
        row = ', '.join(str(numbers[name].get(field, 0)) for field in messages[name])
        yield f'\t[{slot}] = {{&pb_{name}, (const uint16_t[]){{{row}}}}},'
    yield '};'


def main(out, *files):
    paths = {Path(file).name: Path(file) for file in files}
    messages, descriptors = {}, ['#pragma once']
    for name, path in paths.items():
        if path.suffix == '.proto':
            messages.update(read_messages(path))
            descriptors.append(f'#include "{path.stem}.pb-c.h"')
    descriptors += [f'#define pb_{name} pb__{lower(name)}__descriptor' for name in messages]
    made = {
        'descriptors.h': descriptors,
        'slots_method.h': method_table(read_rows(paths['method.def'], 'M', 2)),
        'slots_field.h': field_table(messages, read_rows(paths['field.def'], 'F', 2)),
    }
    for name, lines in made.items():
        text = '\n'.join(['/* Made by proto/slot.py: change what it reads. */', *lines, ''])
        (Path(out) / name).write_text(text, encoding='utf-8')


if __name__ == '__main__':
    main(*sys.argv[1:])
