import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const run = promisify(execFile);

/** What a browser loads at most before the pages stand, compressed. */
const MAX_BYTES = 150_000;

describe('the pages as they are built', () => {
  let folder: string;
  const files = new Map<string, string>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'courier-agi-web-'));
    await run('node_modules/.bin/vite', ['build', '--config', 'src/web/vite.config.ts', '--outDir', folder]);
    for (const name of await readdir(folder, { recursive: true })) {
      if (/\.\w+$/.test(name)) files.set(name, await readFile(join(folder, name), 'utf8'));
    }
  }, 120_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('are small', () => {
    const sizes = [...files.values()].map((text) => gzipSync(text).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MAX_BYTES);
  });

  test('ask nobody else for anything', () => {
    for (const [name, text] of files) {
      // Names of XML namespaces are addresses that nobody asks.
      const addresses = text.match(/https?:\/\/[\w.-]+[^\s"'`)]*/g) ?? [];
      const foreign = addresses.filter((address) => !address.startsWith('http://www.w3.org/'));
      expect({ name, foreign }).toEqual({ name, foreign: [] });
    }
  });

  test('need nothing that a strict content security policy forbids', () => {
    const html = files.get('index.html') ?? '';
    expect(html).toContain('<script type="module"');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|data:/);
    const code = [...files].filter(([name]) => name.endsWith('.js')).map(([, text]) => text);
    for (const text of code) expect(text).not.toMatch(/\beval\(|new Function\(/);
  });
});
