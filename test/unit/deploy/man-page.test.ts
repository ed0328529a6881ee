import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { buildProgram } from '../../../src/cli/program.ts';
import { EXIT } from '../../../src/cli/exit.ts';

const ROOT = new URL('../../../', import.meta.url);
const program = buildProgram({}, () => Promise.resolve());

/** The page as a person reads it: without escapes, macros and quotes. */
const text = readFileSync(new URL('deploy/courier-agi.1', ROOT), 'utf8').replaceAll('\\-', '-');
const plain = text.replaceAll(/^\.(?:[BI]|BR|BI|IR|RB|RI)? ?/gm, '').replaceAll('"', '');

/** Flags of each command in the page, by `NAME ARGUMENTS`. */
const documented = new Map(
  text
    .split('.SH FILES')[0]
    ?.split('.SS courier-agi ')
    .slice(1)
    .map((section): [string, string[]] => {
      const [name = '', ...lines] = section.split('\n');
      const flags = lines.flatMap((line, index) => (line === '.TP' ? [lines[index + 1] ?? ''] : []));
      return [
        name,
        flags.map((flag) =>
          flag
            .replace(/^\.\w+ /, '')
            .replaceAll('"', '')
            .replaceAll(/\s+/g, ' ')
            .replaceAll(' ,', ','),
        ),
      ];
    }),
);

/** Each command with its options, those below it included; what only groups others is none. */
function describeCommands(command: Command, path: readonly string[]): [string, string[]][] {
  const args = command.registeredArguments.map((argument) =>
    argument.variadic ? `<${argument.name()}...>` : `<${argument.name()}>`,
  );
  const names = [...path, command.name()];
  const flags = command.options.map((option) => option.flags);
  const isGroup = command.commands.length > 0 && flags.length === 0;
  return [
    ...(isGroup ? [] : [[[...names, ...args].join(' '), flags] as [string, string[]]]),
    ...command.commands.flatMap((one) => describeCommands(one, names)),
  ];
}

const commands = program.commands.flatMap((command) => describeCommands(command, []));

describe('deploy/courier-agi.1', () => {
  test('has every command of --help in the same order, and no other', () => {
    expect([...documented.keys()]).toEqual(commands.map(([name]) => name));
  });

  test.each(commands)('has every option of %s, and no other', (name, flags) => {
    expect(documented.get(name)).toEqual(flags);
  });

  test.each([...program.helpInformation().matchAll(/--(?:help|version)\b/g)].map(([flag]) => flag))(
    'names %s',
    (flag) => {
      expect(plain).toContain(flag);
    },
  );

  test.each(['COURIER_AGI_CONFIG', 'COURIER_AGI_DATABASE_URL', 'NO_COLOR'])('tells of $%s', (name) => {
    expect(plain).toMatch(new RegExp(`^${name}$`, 'm'));
  });

  test.each(Object.values(EXIT).map(String))('tells what the exit status %s means', (status) => {
    expect(plain.slice(plain.indexOf('EXIT STATUS'))).toMatch(new RegExp(`^${status}\n`, 'm'));
  });

  test('names files that are in the package', () => {
    const files = [...plain.matchAll(/^(?:deploy|dialplan-examples|agi-scripts)\S*$/gm)].map(
      ([file]) => file,
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(existsSync(new URL(file, ROOT))).toBe(true);
  });
});

test('every command and option has a word of explanation in --help', () => {
  const expectWords = (command: Command): void => {
    expect([command.name(), command.description()]).not.toContain('');
    for (const option of command.options) expect([option.flags, option.description]).not.toContain('');
    for (const one of command.commands) expectWords(one);
  };
  for (const command of program.commands) expectWords(command);
});
