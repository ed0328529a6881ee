import { afterEach, beforeAll, expect, test } from '@jest/globals';
import type { AmiClientOptions } from '../../../src/ami/options.ts';
import { selfSigned } from '../../lab/certificate.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { FakeAmi, type FakeAmiOptions } from './fake-ami.ts';
import { WatchedClient } from './watched-client.ts';

const cleanups = new Cleanups();
let tls: { readonly key: string; readonly cert: string };

beforeAll(async () => {
  tls = await selfSigned('asterisk.test');
});
afterEach(cleanups.run);

async function watch(server: FakeAmiOptions, options: Partial<AmiClientOptions>): Promise<WatchedClient> {
  const ami = await new FakeAmi(server).start();
  cleanups.add(() => ami.stop());
  const watched = new WatchedClient(ami.port, options);
  cleanups.add(() => watched.client.stop());
  return watched;
}

test('a certificate that it was given', async () => {
  const watched = await watch({ tls }, { tls: { ca: tls.cert, serverName: 'asterisk.test' } });
  await watched.ready();
  expect((await watched.client.action('Ping')).get('Ping')).toBe('Pong');
});

test('a certificate that nobody vouches for', async () => {
  const { code, message } = await (await watch({ tls }, { tls: { serverName: 'asterisk.test' } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/signed by itself: give it to the client as authority/);
});

test('a certificate of another name', async () => {
  const { code, message } = await (await watch({ tls }, { tls: { ca: tls.cert } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/made out to another name/);
});

test('the plain port in place of that of TLS', async () => {
  const { code, message } = await (await watch({}, { tls: { ca: tls.cert } })).problem();
  expect(code).toBe('AMI_TLS');
  expect(message).toMatch(/tlsbindaddr/);
});

test('the port of TLS in place of the plain one', async () => {
  const { code, message } = await (await watch({ tls }, { timing: { greetingMs: 50 } })).problem();
  expect(code).toBe('AMI_TIMEOUT');
  expect(message).toMatch(/switch tls on/);
});
