import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectSound } from '../../../src/recordings/sound-file.ts';
import { toneFile, unfinished } from '../../lab/recordings/wav.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-sound-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function inspect(bytes: Buffer, format = 'wav') {
  const path = join(folder, 'x');
  await writeFile(path, bytes);
  return inspectSound(path, format);
}

const tone = toneFile(440, 2.5);

/** With a chunk of somebody's before the sound, as converters write them. */
function withChunk(wav: Buffer, name: string, length: number): Buffer {
  const chunk = Buffer.alloc(8 + length + (length % 2));
  chunk.write(name, 0, 'latin1');
  chunk.writeUInt32LE(length, 4);
  return Buffer.concat([wav.subarray(0, 36), chunk, wav.subarray(36)]);
}

/** GSM in a .wav, 33 bytes for each 20 ms. */
function gsmWav(): Buffer {
  const wav = Buffer.from(tone.subarray(0, 44 + 1625));
  wav.writeUInt16LE(0x31, 20);
  wav.writeUInt32LE(1625, 28);
  wav.writeUInt32LE(1625, 40);
  return wav;
}

test.each([
  ['a whole one', tone, { isWhole: true, soundMs: 2500, format: 'wav' }],
  ['one with a chunk in front', withChunk(tone, 'LIST', 27), { isWhole: true, soundMs: 2500 }],
  ['one with something behind', Buffer.concat([tone, Buffer.alloc(9)]), { isWhole: true, soundMs: 2500 }],
  ['one of GSM', gsmWav(), { isWhole: true, soundMs: 1000, format: 'wav49' }],
  ['one that is being written', unfinished(tone), { isWhole: false }],
  ['half of one', tone.subarray(0, 20_000), { isWhole: false }],
  ['one with no sound in it', toneFile(440, 0), { isWhole: true, soundMs: 0 }],
  ['the beginning of a header', tone.subarray(0, 30), { isWhole: false }],
  ['nothing', Buffer.alloc(0), { isWhole: false }],
  ['no sound at all', Buffer.from('RIFF....WAVE').fill(0xff, 12), { isWhole: false }],
  ['a chunk without an end', withChunk(tone, 'LIST', 27).fill(0xff, 40, 44), { isWhole: false }],
])('%s', async (_what, bytes, expected) => {
  expect(await inspect(bytes)).toMatchObject({
    ...expected,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  });
});

test.each([
  ['gsm', 16_500, 10_000],
  ['ulaw', 80_000, 10_000],
  ['sln', 160_000, 10_000],
  ['mp3', 1000, null],
])('%s without a header: %i bytes are %s ms', async (format, bytes, soundMs) => {
  expect(await inspect(Buffer.alloc(bytes), format)).toMatchObject({ format, soundMs, isWhole: true });
});
