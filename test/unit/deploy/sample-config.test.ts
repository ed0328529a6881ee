import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { routerSections } from '../../../src/config/config.ts';
import { deskSections } from '../../../src/config/desk.config.ts';
import { parseConfig } from '../../../src/config/load.ts';

const FILE = new URL('../../../deploy/courier-agi.yaml', import.meta.url);
const text = readFileSync(FILE, 'utf8');

/** What stands in the sample for the sake of the example: there is no default. */
const EXAMPLES = ['database.url', 'database.passwordFile', 'snapshot.file'];

/** Every leaf of the sections, such as `listen.port`, with its value. */
function leaves(config: object): Map<string, unknown> {
  return new Map(
    Object.entries(config)
      .filter(([section]) => section in routerSections)
      .flatMap(([section, keys]) =>
        Object.entries(z.record(z.string(), z.unknown()).parse(keys)).map(
          ([key, value]): [string, unknown] => [`${section}.${key}`, value],
        ),
      ),
  );
}

/** Every key of the router that the schema knows, optional ones included. */
function knownKeys(): string[] {
  return Object.entries(routerSections).flatMap(([section, schema]) =>
    Object.keys(schema.unwrap().shape).map((key) => `${section}.${key}`),
  );
}

/** The sample with its sections turned on that are off; what is off within them stays so. */
const withDesk = text.replaceAll(/^#(?! )/gm, '').replaceAll(/^#(?= {2})/gm, '');

/** Keys of a section as the sample shows them, also those that are off in it. */
function shownKeys(section: string): string[] {
  const [, lines = ''] = new RegExp(`^${section}:.*\\n((?: .*\\n)+)`, 'm').exec(withDesk) ?? [];
  const key = lines.startsWith('  - ') ? /^ {2}(?:- | {2})(?:# )?(\w+):/gm : /^ {2}(?:# |- \{ )?(\w+):/gm;
  return [...lines.matchAll(key)].map(([, name = '']) => name);
}

/** Keys of a section in its schema, whatever it is wrapped in: a default, a list. */
function keysOf(schema: z.core.$ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodPipe) return keysOf(schema.in);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return keysOf(schema.unwrap());
  throw new Error(`no section: ${schema.constructor.name}`);
}

/** Sections with keys that have no default, with the least that they need. */
const NEEDED: Readonly<Record<string, string>> = {
  calls: "{ callerId: '74951234567' }",
  feeds: '[{ url: "https://crm.example/hook", secretFile: /etc/courier-agi/crm-secret }]',
};

describe('the sections of the desk in deploy/courier-agi.yaml', () => {
  const sections = Object.entries(deskSections);

  test('are off', () => {
    const shown = z.record(z.string(), z.unknown()).parse(parse(text));
    for (const [section] of sections) expect(Object.keys(shown)).not.toContain(section);
  });

  test.each(sections)('show every key of %s in the order of the schema, and no other', (section, schema) => {
    expect(shownKeys(section)).toEqual(keysOf(schema));
  });

  test('show the defaults once they are turned on', () => {
    const shown = parseConfig(withDesk, 'courier-agi.yaml');
    const turnedOn = sections.map(([section]) => `${section}: ${NEEDED[section] ?? '{}'}`).join('\n');
    expect(shown).toEqual(parseConfig(`${text}\n${turnedOn}`, 'defaults'));
  });

  test('can be used with what is off in them, too', () => {
    const everything = withDesk.replaceAll(/^ {2}# (?=\w+:)/gm, '  ');
    expect(parseConfig(everything, 'courier-agi.yaml').asterisk[0]?.cdr).toMatch(/^file:/);
  });
});

describe('deploy/courier-agi.yaml', () => {
  test('is a configuration that can be used', () => {
    expect(parseConfig(text, 'courier-agi.yaml').database.url).toMatch(/^mysql:/);
  });

  test('shows every section and key in the order of the schema, and no other', () => {
    const shown = [...leaves(z.record(z.string(), z.looseObject({})).parse(parse(text))).keys()];
    expect(shown).toEqual(knownKeys());
  });

  test('shows the defaults, apart from what must be an example', () => {
    const shown = leaves(parseConfig(text, 'courier-agi.yaml'));
    const defaults = leaves(parseConfig('', 'defaults'));
    for (const [key, value] of shown) {
      if (EXAMPLES.includes(key)) expect([key, value]).not.toEqual([key, defaults.get(key)]);
      else expect([key, value]).toEqual([key, defaults.get(key)]);
    }
  });

  test('names no trunk that nobody has: what is not the default is commented out', () => {
    expect(parseConfig(text, 'courier-agi.yaml').dial.trunks).toEqual(
      parseConfig('', 'defaults').dial.trunks,
    );
    expect(text).toMatch(/^ +# - \{ prefix: .*gsm-mts/m);
  });

  test('shows a list of trunks that can be used once it is no comment any more', () => {
    const yaml = text.replace(/^( +)# (- \{ prefix: )/m, '$1$2');
    expect(parseConfig(yaml, 'courier-agi.yaml').dial.trunks).toEqual([
      {
        prefix: ['7916', '7985'],
        dial: ['PJSIP/{NUMBER}@gsm-mts', 'PJSIP/{NUMBER}@trunk'],
        callerId: '79161234567',
        channels: 2,
      },
      { dial: 'PJSIP/{NUMBER}@trunk' },
    ]);
  });

  test('holds no password', () => {
    expect(text).not.toMatch(/mysql:\/\/[^\s:@/]+:(?!PASSWORD)[^@\s]*@/);
  });

  test('says of each closed choice what may be chosen', () => {
    for (const choice of ['operators', 'manager', 'inTurn', 'first', 'plus', 'national', 'full', 'debug']) {
      expect(text).toContain(choice);
    }
  });
});
