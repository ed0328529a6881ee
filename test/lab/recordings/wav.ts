/** Samples a second, as telephones have them. */
export const RATE = 8000;

/** A WAV file of 16 bits a sample, as Asterisk writes it. */
export function wavOf(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}

/** A tone of some seconds, as a WAV file. */
export function toneFile(hertz: number, seconds: number): Buffer {
  const samples = Int16Array.from({ length: Math.round(RATE * seconds) }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * hertz * index) / RATE)),
  );
  return wavOf(samples);
}

/** The same while it is still being written: Asterisk fills the lengths in at the end. */
export function unfinished(wav: Buffer): Buffer {
  const copy = Buffer.from(wav);
  copy.writeUInt32LE(0, 40);
  return copy;
}

/**
 * How loud a tone is in a WAV file of 16 bits a sample, by Goertzel's algorithm: 1 is a tone of 8000 and nothing else, from
 * beginning to end.
 */
export function loudness(wav: Buffer, hertz: number): number {
  const data = wav.indexOf('data') + 8;
  const count = Math.floor((wav.length - data) / 2);
  const factor = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  let [before, last] = [0, 0];
  for (let index = 0; index < count; index++) {
    [before, last] = [last, wav.readInt16LE(data + 2 * index) + factor * last - before];
  }
  const power = last ** 2 + before ** 2 - factor * last * before;
  return (2 * Math.sqrt(Math.max(0, power))) / count / 8000;
}
