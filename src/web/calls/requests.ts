import { ask, type Asking } from '../api.ts';
import { answersFromNow, noteCall } from '../live/known-calls.ts';
import type { ConnectTo } from './connection.ts';
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

/** Rings the first of one's own telephones, and then the number. @throws {Refusal} */
export async function callNumber(number: string): Promise<PageCall> {
  return askForCall('/api/calls', {
    method: 'POST',
    headers: { 'idempotency-key': newKey() },
    body: { to: { number } },
  });
}

/** Brings the caller together with a courier or a colleague. @throws {Refusal} */
export async function connectCall(call: PageCall, to: ConnectTo): Promise<void> {
  await ask(`${path(call)}/connect`, {
    method: 'POST',
    headers: { 'idempotency-key': newKey() },
    body: to,
  });
}

/** @throws {Refusal} */
export async function hangUp(call: PageCall): Promise<void> {
  await ask(path(call), { method: 'DELETE' });
}

/** The note that a call has by now; `''` for none. @throws {Refusal} */
export async function readNote(call: Pick<PageCall, 'id'>): Promise<string> {
  const { note } = await ask<PageCall>(path(call));
  return note ?? '';
}

/** @param before the note that was there when this one was written @throws {Refusal} `other_note`: it is another one by now */
export async function writeNote(call: Pick<PageCall, 'id'>, note: string, before: string): Promise<void> {
  await change(call, { note: note === '' ? null : note, noteBefore: before === '' ? null : before });
}

type Bound = Pick<PageCall['links'][number], 'kind' | 'code'>;

/** Binds it to one more shipment; those bound by hand before stay. @throws {Refusal} */
export async function bindShipment(call: PageCall, code: number): Promise<void> {
  const link: Bound = { kind: 'shipment', code };
  await change(call, { bind: [link] });
}

/** Takes back what was bound by hand. @throws {Refusal} */
export async function unbind(call: PageCall, { kind, code }: Bound): Promise<void> {
  await change(call, { unbind: [{ kind, code }] });
}

async function change(call: Pick<PageCall, 'id'>, body: object): Promise<void> {
  await askForCall(path(call), { method: 'PATCH', body });
}
