import type { Role } from '../../accounts/client.ts';
import type { Recording } from '../../calls/call.ts';
import { hasSpoken, type TelephonesOf } from '../../calls/has-spoken.ts';
import type { Me, PageCall } from './page-call.ts';

/** The recordings that there are to be heard, by whom the desk lets hear them. */
export function readyRecordings({ recordings }: Pick<PageCall, 'recordings'>): readonly Recording[] {
  return recordings.filter(({ state }) => state === 'ready');
}

/** Those of them that this user may hear. @param user null while nobody is signed in */
export function audibleRecordings(
  call: Pick<PageCall, 'recordings' | 'talks'>,
  user: (Me & { readonly role: Role }) | null,
  telephonesOf: TelephonesOf,
): readonly Recording[] {
  if (user === null) return [];
  const ready = readyRecordings(call);
  if (user.role !== 'operator') return ready;
  const colleague = { user: user.login, extensions: user.extensions };
  return ready.filter(({ from, until }) =>
    hasSpoken(
      colleague,
      call,
      { from: Date.parse(from), until: until === null ? Infinity : Date.parse(until) },
      telephonesOf,
    ),
  );
}
