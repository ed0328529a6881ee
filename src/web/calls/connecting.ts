import { signal } from '@preact/signals';
import { Refusal } from '../api.ts';
import { deskTime } from '../live/clock.ts';
import { ownTelephone, type Connecting, type ConnectTo } from './connection.ts';
import type { Me, PageCall } from './page-call.ts';
import { connectCall } from './requests.ts';

const connecting = signal<ReadonlyMap<string, Connecting>>(new Map());

export function connectingOf({ id }: PageCall): Connecting | undefined {
  return connecting.value.get(id);
}

/** Puts a call through. @throws {Refusal} */
export async function connect(call: PageCall, to: ConnectTo, place: string): Promise<void> {
  set(call, { place, at: deskTime(), legs: call.legs.length, isCancelled: false });
  await connectCall(call, to).catch((error: unknown) => {
    // Where the answer came too late nobody knows: the call itself tells.
    if (error instanceof Refusal && error.status >= 400 && error.status < 500) dismiss(call);
    throw error;
  });
}

/** Takes the caller back. @throws {Refusal} */
export async function cancelConnecting(call: PageCall, me: Me): Promise<void> {
  const extension = ownTelephone(call, me);
  if (extension === null) return;
  await connectCall(call, { extension });
  const asked = connecting.peek().get(call.id);
  if (asked !== undefined) set(call, { ...asked, isCancelled: true });
}

/** The user has read what became of it. */
export function dismiss({ id }: PageCall): void {
  const next = new Map(connecting.peek());
  next.delete(id);
  connecting.value = next;
}

function set({ id }: PageCall, value: Connecting): void {
  connecting.value = new Map(connecting.peek()).set(id, value);
}
