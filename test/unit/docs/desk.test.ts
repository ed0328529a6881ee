import { describe, expect, test } from '@jest/globals';
import { deskSections } from '../../../src/config/desk.config.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { codeBlocks, readDocument } from './markdown.ts';

const desk = readDocument('docs/desk.md');
const blocks = codeBlocks(desk.replaceAll(/^ {3}/gm, ''), 'yaml');
const [first = ''] = blocks;
const all = blocks.find((block) => block.includes('keepDays')) ?? '';

describe('docs/desk.md', () => {
  test('shows a configuration to begin with, which turns the desk on', () => {
    expect(parseConfig(first, 'docs/desk.md').asterisk).toHaveLength(1);
  });

  test('shows every key of the desk with its default', () => {
    const { asterisk, journal, desk: section } = parseConfig(all, 'docs/desk.md');
    const defaults = parseConfig('asterisk: {}', 'defaults');
    expect({ asterisk, journal, desk: section }).toEqual({
      asterisk: defaults.asterisk,
      journal: defaults.journal,
      desk: defaults.desk,
    });
    for (const name of Object.keys(deskSections)) expect(all).toMatch(new RegExp(`^(# )?${name}:`, 'm'));
    for (const key of ['passwordFile', 'keepDays', 'tokensFile', 'timeZone']) {
      expect(all).toMatch(new RegExp(`^ +(# )?${key}:`, 'm'));
    }
  });
});
