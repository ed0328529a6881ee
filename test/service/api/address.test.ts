import { expect, test } from '@jest/globals';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiContext } from '../../../src/api/context.ts';
import { addressOf } from '../../../src/api/site.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { siteOf } from '../../../src/desk/site.ts';

const BROWSER = '203.0.113.9';
const publicUrl = 'https://desk.example';
const tls = { certFile: '/cert.pem', keyFile: '/key.pem' };
const proxyUser = { header: 'Remote-User', from: ['192.0.2.7'] };

/** Who asks, as the log and the limits know them, when `peer` has connected. */
async function addressSeen(desk: object, peer: string, forwarded = BROWSER): Promise<string> {
  const site = siteOf(parseConfig(JSON.stringify({ desk }), 'test').desk);
  const app = new OpenAPIHono<ApiContext>();
  app.get('/', (c) => c.text(addressOf(c, site)));
  const env = { incoming: { socket: { remoteAddress: peer } } };
  return (await app.request('/', { headers: { 'x-forwarded-for': forwarded } }, env)).text();
}

test.each<[string, object, string]>([
  ['on this machine', { publicUrl }, '127.0.0.1'],
  ['on this machine, on a socket of IPv6', { publicUrl }, '::ffff:127.0.0.1'],
  ['that is named', { publicUrl, proxies: ['192.0.2.0/28'] }, '192.0.2.7'],
  ['that signs people in', { publicUrl, proxyUser }, '192.0.2.7'],
])('X-Forwarded-For of a proxy %s is believed', async (_which, desk, peer) => {
  expect(await addressSeen(desk, peer)).toBe(BROWSER);
  // What a browser made up itself stands before what the proxy has added.
  expect(await addressSeen(desk, peer, `198.51.100.1, ${BROWSER}`)).toBe(BROWSER);
  expect(await addressSeen(desk, peer, 'nonsense')).toBe(peer);
});

test.each<[string, object, string]>([
  ['somebody else in the office', { publicUrl, allow: ['192.0.2.0/24'] }, '192.0.2.50'],
  ['somebody else than the proxy', { publicUrl, proxies: ['192.0.2.7'] }, '127.0.0.1'],
  ['anybody where there is no proxy', {}, '127.0.0.1'],
  ['anybody where browsers come to us', { publicUrl, tls }, '127.0.0.1'],
])('X-Forwarded-For of %s is not', async (_who, desk, peer) => {
  expect(await addressSeen(desk, peer)).toBe(peer);
});
