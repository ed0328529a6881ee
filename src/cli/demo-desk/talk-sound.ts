/** Samples a second, as telephones have them. */
const RATE = 8000;
const SIDES = 2;
const BYTES = 2;
/** Each side begins with a tone of its own, so that a listener hears which is which. In Hz. */
const TONES = [440, 620] as const;
const TONE_SECONDS = 0.7;
/** Of a voice that nobody understands: it falls and rises. In Hz. */
const VOICES = [140, 210] as const;
const LOUD = 9000;
const SYLLABLES_PER_SECOND = 4.3;

/**
 * A talk of two as a recording has it, each on a side of its own: WAV of 16 bits. No word of it is real.
 *
 * @param turnSeconds after so long the other one speaks
 */
export function talkSound(seconds: number, turnSeconds = 2.6): Buffer {
  const count = Math.max(1, Math.round(seconds * RATE));
  const samples = Buffer.alloc(count * SIDES * BYTES);
  for (let index = 0; index < count; index += 1) {
    const at = index / RATE;
    const speaking = Math.floor(at / turnSeconds) % SIDES;
    for (let side = 0; side < SIDES; side += 1) {
      const value = at < TONE_SECONDS * SIDES ? beep(side, at) : speaking === side ? voice(side, at) : 0;
      samples.writeInt16LE(Math.round(value * LOUD), (index * SIDES + side) * BYTES);
    }
  }
  return Buffer.concat([header(samples.length), samples]);
}

function beep(side: number, at: number): number {
  return Math.floor(at / TONE_SECONDS) === side ? 0.5 * wave(TONES[side] ?? 0, at) : 0;
}

function voice(side: number, at: number): number {
  const syllable = Math.abs(Math.sin(Math.PI * SYLLABLES_PER_SECOND * at));
  // Words differ in loudness.
  const word = 0.35 + 0.65 * Math.abs(Math.sin(1.7 * at + side));
  const pitch = (VOICES[side] ?? 0) * (1 + 0.06 * Math.sin(2.1 * at));
  return syllable * word * (0.6 * wave(pitch, at) + 0.25 * wave(2 * pitch, at) + 0.15 * wave(3 * pitch, at));
}

function wave(hertz: number, at: number): number {
  return Math.sin(2 * Math.PI * hertz * at);
}

function header(soundBytes: number): Buffer {
  const bytes = Buffer.alloc(44);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + soundBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(SIDES, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * SIDES * BYTES, 28);
  bytes.writeUInt16LE(SIDES * BYTES, 32);
  bytes.writeUInt16LE(8 * BYTES, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(soundBytes, 40);
  return bytes;
}
