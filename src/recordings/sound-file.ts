import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** What the header of a file says. */
interface WavFacts {
  /** As in `formats.ts`: a .wav may hold GSM. */
  readonly format: string;
  /** Length of the sound in ms; null where only a decoder could tell. */
  readonly soundMs: number | null;
  /** Whether its header fits its size: while it is written, it does not. */
  readonly isWhole: boolean;
}

/** What a file is. */
export interface SoundFacts extends WavFacts {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const HEADER_BYTES = 4096;
const CHUNK_BYTES = 65_536;
const GSM = 0x31;

/** Bytes of a second of sound that has no header. */
const BYTES_PER_SECOND: Readonly<Record<string, number>> = {
  gsm: 1650,
  ulaw: 8000,
  alaw: 8000,
  g722: 8000,
  sln: 16_000,
  sln16: 32_000,
};

/** Whether a file of this format says in its header how long it is: half of it is known as such. */
export function tellsLength(format: string): boolean {
  return format === 'wav' || format === 'wav49';
}

/** Reads a file once, from its first byte to its last. @throws system errors of the file */
export async function inspectSound(path: string, format: string): Promise<SoundFacts> {
  const file = await open(path, 'r');
  try {
    const hash = createHash('sha256');
    const head = Buffer.alloc(HEADER_BYTES);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let size = 0;
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, null);
      if (bytesRead === 0) break;
      if (size < HEADER_BYTES) chunk.copy(head, size, 0, bytesRead);
      hash.update(chunk.subarray(0, bytesRead));
      size += bytesRead;
    }
    const sha256 = hash.digest('hex');
    if (tellsLength(format)) return { ...readWav(head.subarray(0, size), size, format), size, sha256 };
    const rate = BYTES_PER_SECOND[format];
    const soundMs = rate === undefined ? null : Math.round((size / rate) * 1000);
    return { format, soundMs, isWhole: size > 0, size, sha256 };
  } finally {
    await file.close();
  }
}

/** RIFF: chunks with a name and a length, the sound in the one named data. Asterisk fills the lengths in at the end. */
export function readWav(bytes: Buffer, size: number, format: string): WavFacts {
  const unfinished = { format, soundMs: null, isWhole: false };
  if (bytes.length < 12 || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE') return unfinished;
  let rate = 0;
  let isGsm = false;
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    if (tag(bytes, at) === 'fmt ' && at + 20 <= bytes.length) {
      isGsm = bytes.readUInt16LE(at + 8) === GSM;
      rate = bytes.readUInt32LE(at + 16);
    }
    if (tag(bytes, at) === 'data') {
      const held = size - at - 8;
      // An odd length is filled up with a byte, and what a recorder adds at the end is not sound.
      const isWhole = rate > 0 && length <= held && (length > 0 || held === 0);
      const soundMs = rate > 0 ? Math.round((length / rate) * 1000) : null;
      return { format: isGsm ? 'wav49' : 'wav', soundMs, isWhole };
    }
    at += 8 + length + (length % 2);
  }
  return unfinished;
}

function tag(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, at + 4);
}
