import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { parseConfig } from '../../../src/config/load.ts';
import { addDoorMetrics } from '../../../src/desk/door-metrics.ts';
import { codeBlocks, inlineCode, readDocument, ROOT } from './markdown.ts';
import { readFileSync } from 'node:fs';

const text = readDocument('docs/door.md');
const [first = '', all = ''] = codeBlocks(text.replaceAll(/^ {3}/gm, ''), 'yaml');

describe('docs/door.md', () => {
  test('shows a configuration to begin with, which opens the door to couriers', () => {
    expect(parseConfig(first, 'docs/door.md').door).toMatchObject({
      enabled: true,
      accounts: [{ username: 'measoft', may: 'courierCalls' }],
    });
  });

  test('shows every key of the door with its default', () => {
    expect(parseConfig(all, 'docs/door.md').door).toEqual(parseConfig('', 'defaults').door);
    const sample = z
      .string()
      .parse(/^#door:\n((?:#.*\n?)*)/m.exec(readFileSync(`${ROOT}/deploy/courier-agi.yaml`, 'utf8'))?.[1]);
    for (const [, key = ''] of sample.matchAll(/^# {2}(?:# )?(\w+):/gm)) expect(all).toContain(`${key}:`);
  });

  test('names every reason of a refusal', () => {
    const source = readFileSync(`${ROOT}/src/door/alarms.ts`, 'utf8');
    const reasons = [...source.matchAll(/^ {2}'([a-z-]+)',$/gm)].map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(10);
    const codes = inlineCode(text.replaceAll(/^ *```[^]*?^ *```$/gm, ''));
    expect(codes).toEqual(expect.arrayContaining(reasons));
  });

  test('quotes the alarm as it stands in the log', () => {
    const [, message = ''] = /```text\n(.*)\n```/.exec(text) ?? [];
    expect(readFileSync(`${ROOT}/src/desk/open-door.ts`, 'utf8')).toContain(`'${message}'`);
  });

  test('tells of every metric, and of no other', async () => {
    const registry = new Registry();
    const counters = { calls: 0, alarms: 0, dropped: 0, refusals: new Map() };
    addDoorMetrics(registry, { counters, connections: 0, isAlarmed: false });
    const exposed = [...(await registry.metrics()).matchAll(/^# TYPE (courier_agi_\w+)/gm)];
    const told = [...text.matchAll(/^\| `(courier_agi_\w+)` \|/gm)].map(([, name]) => name);
    expect(told.toSorted()).toEqual(exposed.map(([, name]) => name).toSorted());
  });
});
