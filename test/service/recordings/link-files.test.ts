import { describe, expect, test } from '@jest/globals';
import { FileLinker, localClock, type FileOwner, type SeenFile } from '../../../src/recordings/link-files.ts';
import { digitsReader } from '../../../src/phone/number.ts';
import { compilePattern } from '../../../src/recordings/pattern.ts';
import { MORNING } from '../../lab/journal/sample-calls.ts';

const MINUTE = 60_000;

function channel(id: string, changes: Partial<FileOwner> = {}): FileOwner {
  return {
    call: `call of ${id}`,
    asterisk: 'main',
    channel: id,
    extension: '101',
    number: null,
    startedAt: MORNING,
    endedAt: MORNING + MINUTE,
    stems: [],
    ...changes,
  };
}

function linkFiles(files: readonly SeenFile[], ...options: ConstructorParameters<typeof FileLinker>) {
  const linker = new FileLinker(...options);
  for (const file of files) linker.add(file);
  return linker.links;
}

function link(names: readonly string[], channels: readonly FileOwner[], ...patterns: string[]): string[] {
  const files = names.map((name) => ({ name, path: `some/folder/${name}` }));
  const all = patterns.length === 0 ? ['courier-{uniqueid}.wav'] : patterns;
  return linkFiles(files, channels, all.map(compilePattern), localClock('Europe/Moscow')).map(
    ({ file, channel: owner }) => `${file.name} > ${owner.call}`,
  );
}

describe('a file belongs to the channel', () => {
  test('whose unique id it bears: as a text, to the last digit', () => {
    const channels = [channel('1.1'), channel('1.10'), channel('11.1')];
    expect(
      link(['courier-1.10.wav', 'courier-1.1.wav', 'courier-1.100.wav', 'courier-2.1.wav'], channels),
    ).toEqual(['courier-1.10.wav > call of 1.10', 'courier-1.1.wav > call of 1.1']);
  });

  test('that announced its name, whatever the name', () => {
    const channels = [channel('1.1', { stems: ['Анна & Co (1)'] }), channel('1.2', { stems: ['x'] })];
    expect(link(['Анна & Co (1).mp3', 'y.wav'], channels)).toEqual(['Анна & Co (1).mp3 > call of 1.1']);
  });

  test('of one call that several channels of it announced; of two calls nobody', () => {
    const same = { stems: ['same'] };
    expect(
      link(['same.wav'], [channel('1', { ...same, call: 'A' }), channel('2', { ...same, call: 'A' })]),
    ).toEqual(['same.wav > A']);
    expect(link(['same.wav'], [channel('1', same), channel('2', same)])).toEqual([]);
  });

  test('but not of two Asterisks that count alike', () => {
    expect(link(['courier-1.1.wav'], [channel('1.1'), channel('1.1', { asterisk: 'other' })])).toEqual([]);
  });

  test('of a file and its conversion it is one', () => {
    expect(link(['courier-1.1.mp3', 'courier-1.1.wav', 'courier-1.1.gsm'], [channel('1.1')])).toEqual([
      'courier-1.1.wav > call of 1.1',
    ]);
    expect(link(['courier-1.1.gsm', 'courier-1.1.mp3'], [channel('1.1')])).toEqual([
      'courier-1.1.mp3 > call of 1.1',
    ]);
  });
});

describe('by telephone and time, 08:00:00 UTC is 11:00:00 in Moscow', () => {
  const pattern = '{extension}-{date}-{time}.wav';
  const name = '101-20260112-110030.wav';

  test('it belongs to the one channel that it fits', () => {
    const channels = [
      channel('1.1'),
      channel('1.2', { extension: '102' }),
      channel('1.3', { startedAt: MORNING + 10 * MINUTE, endedAt: MORNING + 11 * MINUTE }),
    ];
    expect(link([name], channels, pattern)).toEqual([`${name} > call of 1.1`]);
  });

  test('to none of two, and to none of another time or zone', () => {
    expect(link([name], [channel('1.1'), channel('1.2')], pattern)).toEqual([]);
    expect(link(['101-20260112-080030.wav', '101-20260112-110130.wav'], [channel('1.1')], pattern)).toEqual(
      [],
    );
  });

  test('of several to the one that began last before it, also while that one is there', () => {
    const ended = channel('1.1', { endedAt: MORNING + 28_000 });
    const talking = channel('1.2', { startedAt: MORNING + 29_000, endedAt: Infinity });
    expect(link([name], [ended, talking], pattern)).toEqual([`${name} > call of 1.2`]);
    expect(link(['101-20260112-110028.wav'], [ended, talking], pattern)).toEqual([
      '101-20260112-110028.wav > call of 1.1',
    ]);
    expect(link(['101-20260113-110000.wav'], [ended, talking], pattern)).toEqual([
      '101-20260113-110000.wav > call of 1.2',
    ]);
  });

  test('by its number however the recorder writes it', () => {
    const files = ['+79161234567', '89161234567', '9161234567', '89161234568'].map((number) => ({
      name: `20260112-110030-${number}.wav`,
      path: number,
    }));
    const toNumber = digitsReader({ country: 'RU' });
    const patterns = [compilePattern('{date}-{time}-{number}.wav')];
    const channels = [channel('1.1', { extension: null, number: '79161234567' })];
    const links = linkFiles(files, channels, patterns, localClock('Europe/Moscow'), toNumber);
    expect(links.map(({ file }) => file.path)).toEqual(['+79161234567', '89161234567', '9161234567']);
  });

  test('in the hour that comes twice the later call is not taken for the earlier one', () => {
    const [before, after] = [Date.parse('2026-10-25T00:30:00Z'), Date.parse('2026-10-25T01:30:00Z')];
    const files = [{ name: '101-20261025-023000.wav', path: 'x' }];
    const channels = [before, after].map((startedAt, index) =>
      channel(`1.${index}`, { startedAt, endedAt: startedAt + MINUTE }),
    );
    expect(linkFiles(files, channels, [compilePattern(pattern)], localClock('Europe/Berlin'))).toEqual([]);
  });
});

test('10,000 files are looked through at once', () => {
  const channels = Array.from({ length: 10_000 }, (_, index) => channel(`1768204800.${index}`));
  const names = channels.map(({ channel: id }) => `in-101-79162000001-20260112-110000-${id}.wav`);
  const start = performance.now();
  expect(link(names, channels, 'courier-{uniqueid}.wav', 'freepbx')).toHaveLength(10_000);
  expect(performance.now() - start).toBeLessThan(10_000);
});
