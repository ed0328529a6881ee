import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { systemCodeOf } from '../util/errors.ts';
import type { ApiContext } from './context.ts';

/** A file of the pages, as it goes over the line. */
interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly body: Buffer<ArrayBuffer>;
  /** Undefined where it would not be shorter. */
  readonly gzip: Buffer<ArrayBuffer> | undefined;
}

/** By path in the address: `/assets/index-Bx3.js`. */
export type Pages = ReadonlyMap<string, Asset>;

const INDEX = '/index.html';
/** File names here contain a hash of the content, so a file never changes under its name. */
const HASHED = '/assets/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

const NOT_BUILT = 'The pages are not built: npm run build. The HTTP interface works: /api/openapi.json\n';

/** Pages load nothing from elsewhere, run no script that stands in them, and stand in no frame. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/**
 * Reads all of it, some 200 kB, once: what is asked for is looked up by its name, and never a path on the disk.
 *
 * @returns nothing when the folder is not there
 */
export function readPages(folder: string): Pages {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return new Map();
    throw error;
  }
  return new Map(
    names.flatMap((name) => {
      const type = TYPES[extname(name)];
      return type === undefined ? [] : [[`/${name.split(sep).join('/')}`, toAsset(join(folder, name), type)]];
    }),
  );
}

function toAsset(path: string, type: string): Asset {
  const body = Buffer.from(readFileSync(path));
  const etag = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  const gzip = Buffer.from(gzipSync(body, { level: 9 }));
  return { type, etag, body, gzip: gzip.length < body.length * 0.9 ? gzip : undefined };
}

/** The pages, at every address that is no route of its own: the page itself reads the address. */
export function addPages(app: OpenAPIHono<ApiContext>, pages: Pages): void {
  app.get('/:path{.*}', async (c, next) => {
    const { path } = c.req;
    const asset = pages.get(path);
    if (asset !== undefined && path !== INDEX) return send(c, asset, path.startsWith(HASHED));
    if (looksLikeFile(path) || path.startsWith('/api/') || path.startsWith(HASHED)) return next();
    const index = pages.get(INDEX);
    return index === undefined ? c.text(NOT_BUILT, 404) : send(c, index, false);
  });
}

/** `/calls/main-1768204800.1` is an address of a page: ids of calls have a dot in them. */
function looksLikeFile(path: string): boolean {
  return path !== INDEX && (/^\/[^/]*\.[^/]*$/.test(path) || TYPES[extname(path)] !== undefined);
}

function send(c: Context<ApiContext>, { type, etag, body, gzip }: Asset, isHashed: boolean): Response {
  const isGzip = gzip !== undefined && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  const tag = `"${etag}${isGzip ? '-gz' : ''}"`;
  const isIndex = type === TYPES['.html'];
  c.header(
    'cache-control',
    isHashed ? 'public, max-age=31536000, immutable' : isIndex ? 'no-store' : 'no-cache',
  );
  c.header('etag', tag);
  c.header('vary', 'accept-encoding');
  if (c.req.header('if-none-match') === tag) return c.body(null, 304);
  c.header('content-type', type);
  if (isGzip) c.header('content-encoding', 'gzip');
  return c.body(isGzip ? gzip : body, 200);
}
