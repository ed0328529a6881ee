import { expect, test } from '@jest/globals';
import { talkSound } from '../../../src/cli/demo-desk/talk-sound.ts';
import { readWav } from '../../../src/recordings/sound-file.ts';

const SIDES = 2;

/** The loudest of a side within some seconds. */
function loudest(wav: Buffer, side: number, from: number, until: number): number {
  let peak = 0;
  for (let at = Math.round(from * 8000); at < until * 8000; at += 1) {
    peak = Math.max(peak, Math.abs(wav.readInt16LE(44 + (at * SIDES + side) * 2)));
  }
  return peak;
}

const wav = talkSound(7.5);

test('is a recording that the desk takes, as long as it was asked for', () => {
  expect(readWav(wav.subarray(0, 4096), wav.length, 'wav')).toEqual({
    format: 'wav',
    soundMs: 7500,
    isWhole: true,
  });
});

test('each side begins with its tone, and while one speaks the other is silent', () => {
  expect(loudest(wav, 0, 0.1, 0.6)).toBeGreaterThan(4000);
  expect(loudest(wav, 1, 0.1, 0.6)).toBe(0);
  expect(loudest(wav, 0, 0.8, 1.3)).toBe(0);
  expect(loudest(wav, 1, 0.8, 1.3)).toBeGreaterThan(4000);
  expect(loudest(wav, 1, 3, 5)).toBeGreaterThan(2000);
  expect(loudest(wav, 0, 3, 5)).toBe(0);
  expect(loudest(wav, 0, 5.5, 7.5)).toBeGreaterThan(2000);
});
