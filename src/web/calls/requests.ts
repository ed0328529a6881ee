import { ask, type Asking } from '../api.ts';
import { answersFromNow, noteCall } from '../live/known-calls.ts';
import type { PageCall } from './page-call.ts';

/** Tells one click from another: the desk makes one call of it, however often it arrives. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

function path(call: Pick<PageCall, 'id'>): string {
  return `/api/calls/${encodeURIComponent(call.id)}`;
}

/** Asks for something whose answer is a call. @throws {Refusal} */
async function askForCall(where: string, asking: Asking): Promise<PageCall> {
  const answers = answersFromNow();
  const call = await ask<PageCall>(where, asking);
  noteCall(call, answers);
  return call;
}

/** Rings one's own telephone, and then the number. @throws {Refusal} */
export async function callNumber(extension: string, number: string): Promise<PageCall> {
  return askForCall('/api/calls', {
    method: 'POST',
    headers: { 'idempotency-key': newKey() },
    body: { from: { extension }, to: { number } },
  });
}

/** Brings the caller together with a courier or a colleague. @throws {Refusal} */
export async function connectCall(
  call: PageCall,
  target: { readonly courier: number } | { readonly extension: string },
): Promise<void> {
  await ask(`${path(call)}/connect`, {
    method: 'POST',
    headers: { 'idempotency-key': newKey() },
    body: target,
  });
}

/** @throws {Refusal} */
export async function hangUp(call: PageCall): Promise<void> {
  await ask(path(call), { method: 'DELETE' });
}

/** @throws {Refusal} */
export async function writeNote(call: PageCall, note: string): Promise<void> {
  await askForCall(path(call), { method: 'PATCH', body: { note: note === '' ? null : note } });
}

type Bound = Pick<PageCall['links'][number], 'kind' | 'code'>;

/** Binds it to one more shipment; those bound by hand before stay. @throws {Refusal} */
export async function bindShipment(call: PageCall, code: number): Promise<void> {
  const link: Bound = { kind: 'shipment', code };
  await writeLinks(call, [...boundWithout(call, link), link]);
}

/** Takes back what was bound by hand. @throws {Refusal} */
export async function unbind(call: PageCall, link: Bound): Promise<void> {
  await writeLinks(call, boundWithout(call, link));
}

function boundWithout({ links }: PageCall, { kind, code }: Bound): Bound[] {
  return links
    .filter((link) => link.how === 'manual' && (link.kind !== kind || link.code !== code))
    .map((link) => ({ kind: link.kind, code: link.code }));
}

async function writeLinks(call: PageCall, links: readonly Bound[]): Promise<void> {
  await askForCall(path(call), { method: 'PATCH', body: { links } });
}
