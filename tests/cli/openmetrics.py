#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a text against OpenMetrics 1.0, strictly, and prints samples of it.

    openmetrics.py FILE                 exits 1 and says the first line that is wrong
    openmetrics.py FILE SAMPLE...       prints the value of each sample, 'name{label="value"}', as it is written

Source: https://prometheus.io/docs/specs/om/open_metrics_spec/ (ABNF and "Overall Structure").
"""
import re
import sys

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*'
QUOTED = r'"(?:[^"\\\n]|\\[\\"n])*"'
NUMBER = r'[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]Inf|NaN'
METADATA = re.compile(rf'# (TYPE|UNIT|HELP) ({NAME}) (.*)')
SAMPLE = re.compile(rf'({NAME})(?:\{{((?:{LABEL}={QUOTED})(?:,{LABEL}={QUOTED})*)\}})? ({NUMBER})')
PAIR = re.compile(rf'({LABEL})=({QUOTED})')
# Which endings a sample of a family of this type may have.
ENDINGS = {'gauge': {''}, 'counter': {'_total', '_created'}, 'info': {'_info'},
           'histogram': {'_bucket', '_sum', '_count', '_created'}, 'unknown': {''}}


class Family:
    def __init__(self, name):
        self.name, self.metadata, self.samples = name, {}, []


def refuse(number, text):
    sys.exit(f'line {number}: {text}')


def number_of(text):
    return float(text.replace('Inf', 'inf'))


def metadata(number, family, kind, text):
    if family.samples:
        refuse(number, f'{kind} of {family.name} behind its samples')
    if kind in family.metadata:
        refuse(number, f'a second {kind} of {family.name}')
    if kind == 'TYPE' and text not in ENDINGS:
        refuse(number, f'there is no type {text}')
    if kind == 'UNIT' and not family.name.endswith('_' + text):
        refuse(number, f'{family.name} does not end with its unit {text}')
    if kind == 'HELP' and not re.fullmatch(r'(?:[^\\"\n]|\\[\\"n])+', text):
        refuse(number, f'HELP of {family.name} is empty or not escaped')
    family.metadata[kind] = text


def sample(number, family, name, labels, value):
    kind = family.metadata.get('TYPE')
    ending = name[len(family.name):]
    if kind is None:
        refuse(number, f'{family.name} has no TYPE')
    if ending not in ENDINGS[kind]:
        refuse(number, f'{name} is no sample of a {kind}')
    pairs = PAIR.findall(labels or '')
    if len({label for label, _ in pairs}) != len(pairs):
        refuse(number, f'{name} has a label twice')
    if kind in ('counter', 'histogram') and not 0 <= number_of(value) < float('inf'):
        refuse(number, f'{name} cannot be {value}')
    if any((name, sorted(pairs)) == (other, sorted(with_)) for _, other, with_, _ in family.samples):
        refuse(number, f'{name} with these labels a second time')
    family.samples.append((number, name, pairs, value))


def histogram(family):
    """Buckets rise to +Inf, which is the count; each has a sum."""
    series = {}
    for number, name, pairs, value in family.samples:
        key = tuple(sorted(pair for pair in pairs if pair[0] != 'le'))
        edges, rest = series.setdefault(key, ([], {}))
        if name.endswith('_bucket'):
            edge = dict(pairs).get('le')
            if edge is None:
                refuse(number, f'{name} has no le')
            edges.append((number, number_of(edge.strip('"')), number_of(value)))
        else:
            rest[name[len(family.name):]] = (number, number_of(value))
    for edges, rest in series.values():
        for before, after in zip(edges, edges[1:]):
            if not (before[1] < after[1] and before[2] <= after[2]):
                refuse(after[0], f'buckets of {family.name} do not rise')
        if not edges or edges[-1][1] != float('inf'):
            refuse(edges[-1][0] if edges else 0, f'{family.name} has no bucket +Inf')
        if '_count' not in rest or '_sum' not in rest or rest['_count'][1] != edges[-1][2]:
            refuse(edges[-1][0], f'{family.name} lacks its sum, or a count that is its last bucket')


def find(families, name):
    """The family of a sample: the longest name that it begins with and that allows what is left."""
    fits = [family for family in families.values() if name.startswith(family.name)
            and name[len(family.name):] in ENDINGS[family.metadata.get('TYPE', 'unknown')]]
    return max(fits, key=lambda family: len(family.name), default=None)


def read(text):
    families, current = {}, None
    if not text.endswith('# EOF\n') or text.count('# EOF\n') != 1:
        sys.exit('it does not end with one EOF line')
    for number, line in enumerate(text.split('\n')[:-2], 1):
        is_metadata = METADATA.fullmatch(line)
        is_sample = SAMPLE.fullmatch(line)
        if is_metadata:
            kind, name, rest = is_metadata.groups()
            if current is None or current.name != name:
                if name in families:
                    refuse(number, f'{name} begins a second time')
                current = families[name] = Family(name)
            metadata(number, current, kind, rest)
        elif is_sample:
            family = find(families, is_sample.group(1))
            if family is None or family is not current:
                refuse(number, f'{is_sample.group(1)} stands outside its family')
            sample(number, family, *is_sample.groups())
        else:
            refuse(number, f'neither metadata nor a sample: {line}')
    return families


def check(families):
    owners = {}
    for family in families.values():
        if not family.samples and family.metadata.get('TYPE') != 'counter' and \
                family.metadata.get('TYPE') != 'histogram':
            sys.exit(f'{family.name} has no sample')
        if 'HELP' not in family.metadata:
            sys.exit(f'{family.name} has no HELP')
        for ending in ENDINGS[family.metadata['TYPE']] | {''}:
            if owners.setdefault(family.name + ending, family) is not family:
                sys.exit(f'{family.name}{ending} is of two families')
        if family.metadata['TYPE'] == 'histogram':
            histogram(family)


def private(text):
    """Numbers and names of ours: no ids, no telephones, nothing that somebody wrote."""
    for number, line in enumerate(text.split('\n'), 1):
        if re.search(r'[0-9a-f]{8}-[0-9a-f]{4}', line) or not line.isascii():
            refuse(number, f'an id or words: {line}')


def main():
    with open(sys.argv[1], encoding='utf-8', newline='') as file:
        text = file.read()
    families = read(text)
    check(families)
    private(text)
    values = {name + ('{' + ','.join(f'{label}={value}' for label, value in pairs) + '}' if pairs else ''): shown
              for family in families.values() for _, name, pairs, shown in family.samples}
    for wanted in sys.argv[2:]:
        print(values.get(wanted, 'absent'))


main()
