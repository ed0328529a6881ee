import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createApi } from '../../../src/api/api.ts';
import { readPages, type Pages } from '../../../src/api/pages.ts';
import { deskApi } from './desk-api.ts';

const INDEX = '<!doctype html><title>desk</title>';
const SCRIPT = 'console.log("calls");\n'.repeat(200);

let folder: string;
let pages: Pages;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'courier-agi-pages-'));
  await writeFile(join(folder, 'secret.txt'), 'beside');
  await mkdir(join(folder, 'web', 'assets'), { recursive: true });
  await writeFile(join(folder, 'web', 'index.html'), INDEX);
  await writeFile(join(folder, 'web', 'icon.svg'), '<svg/>');
  await writeFile(join(folder, 'web', 'assets', 'main-Bx3.js'), SCRIPT);
  pages = readPages(join(folder, 'web'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const get = (path: string, headers: Record<string, string> = {}) =>
  createApi(deskApi({ pages })).request(path, { headers });

describe('the pages', () => {
  test.each(['/', '/index.html', '/journal', '/missed', '/shipments/70001', '/calls/main-1768204800.1'])(
    'are one document, at %s as well, which is never kept',
    async (path) => {
      const response = await get(path);
      expect([response.status, await response.text()]).toEqual([200, INDEX]);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
    },
  );

  test('load what belongs to them once', async () => {
    const response = await get('/assets/main-Bx3.js');
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/icon.svg')).headers.get('cache-control')).toBe('no-cache');
  });

  test('are told to be the same as before', async () => {
    for (const headers of [{}, { 'accept-encoding': 'br, gzip' }]) {
      const etag = (await get('/assets/main-Bx3.js', headers)).headers.get('etag') ?? '';
      const again = await get('/assets/main-Bx3.js', { ...headers, 'if-none-match': etag });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
  });

  test('come short to those who can read that', async () => {
    const response = await get('/assets/main-Bx3.js', { 'accept-encoding': 'gzip, deflate, br' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toBe(SCRIPT);
  });

  test.each([
    '/assets/other.js',
    '/assets/',
    '/secret.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%5c..%5c..%5csecret.txt',
    '/favicon.ico',
  ])('are not %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('beside');
  });

  test('leave the addresses of the interface alone', async () => {
    expect((await get('/api/calls')).status).toBe(401);
    expect((await get('/api/nothing')).status).toBe(401);
    expect((await get('/health')).headers.get('content-type')).toContain('json');
  });

  test('that are not built say so', async () => {
    pages = readPages(join(folder, 'none'));
    const response = await get('/');
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining('npm run build')]);
    pages = readPages(join(folder, 'web'));
  });
});

test.each(['/', '/assets/main-Bx3.js', '/api/calls', '/nothing.js'])(
  '%s runs nothing that was slipped in, and stands in no frame of another site',
  async (path) => {
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  },
);
