import iconv from 'iconv-lite';

/** The ways in which a word may stand in a protocol. */
export function spellingsOf(word: string): readonly Buffer[] {
  const cased = [word, word.toLowerCase(), word.toUpperCase()];
  return cased.flatMap((one) => {
    const encoded = ['utf-8', 'windows-1251', 'koi8-r', 'utf-16le', 'utf-16be'].map((encoding) =>
      iconv.encode(one, encoding),
    );
    const written = [...percentForms(encoded), ...escapedForms(one), ...encoded.flatMap(base64Forms)];
    return [...encoded, ...written.map((text) => Buffer.from(text, 'latin1'))];
  });
}

function percentForms(encoded: readonly Buffer[]): string[] {
  return encoded.flatMap((bytes) => {
    const codes = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
    const [lower, upper] = [codes, codes.map((code) => code.toUpperCase())];
    return [lower, upper].flatMap((all) => [
      ...['%', '=', String.raw`\x`].map((sign) => all.map((code) => sign + code).join('')),
      all.join(''),
    ]);
  });
}

/** As JSON has it. */
function escapedForms(word: string): string[] {
  const codes = Array.from(word, (letter) => letter.charCodeAt(0).toString(16).padStart(4, '0'));
  return [codes, codes.map((code) => code.toUpperCase())].map((all) =>
    all.map((code) => String.raw`\u${code}`).join(''),
  );
}

/** A word in the midst of a text may begin at any of three places; what its neighbours change is left out. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const inner = text.slice(
      before === 0 ? 0 : before + 1,
      (before + bytes.length) % 3 === 0 ? undefined : -1,
    );
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
