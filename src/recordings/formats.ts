/** What recorders and their converters write, by the ending of the file. */
const TYPES: Readonly<Record<string, string>> = {
  wav: 'audio/wav',
  wav49: 'audio/wav',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  webm: 'audio/webm',
  m4a: 'audio/mp4',
  gsm: 'audio/x-gsm',
  ulaw: 'audio/basic',
  alaw: 'audio/x-alaw-basic',
  g722: 'audio/G722',
  sln: 'audio/x-sln',
  sln16: 'audio/x-sln',
};

/** A browser offers these to save, and plays none of them: GSM, in whatever wrapping, and sound without a header. */
const UNPLAYABLE = new Set(['wav49', 'gsm', 'ulaw', 'alaw', 'g722', 'sln', 'sln16']);

/** For a pattern, without capitals. */
export const AUDIO_ENDINGS = Object.keys(TYPES).join('|');

const ENDING = new RegExp(`^(.+)\\.(${AUDIO_ENDINGS})$`, 'isu');

/** A name without the ending that a conversion changes, and that ending; undefined for what is no sound. */
export function splitName(name: string): { stem: string; format: string } | undefined {
  const [, stem, ending] = ENDING.exec(name) ?? [];
  if (stem === undefined || ending === undefined) return undefined;
  // Asterisk writes wav49 as .WAV.
  return { stem: stem.normalize('NFC'), format: ending === 'WAV' ? 'wav49' : ending.toLowerCase() };
}

export function contentType(format: string): string {
  return TYPES[format] ?? 'application/octet-stream';
}

export function isPlayable(format: string): boolean {
  return format in TYPES && !UNPLAYABLE.has(format);
}
