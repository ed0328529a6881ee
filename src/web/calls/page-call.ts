import type { Call, Party } from '../../calls/call.ts';

/** A call as the desk hands it to pages. */
export type PageCall = Call & { readonly note: string | null };

/** Who sits in front of the page. */
export interface Me {
  /** `users.user` */
  readonly login: string | null;
  /** Of their telephones, a mobile number included. */
  readonly extensions: readonly string[];
}

export function isMe(party: Party, me: Me): boolean {
  return (
    (me.login !== null && party.user === me.login) ||
    (party.extension !== null && me.extensions.includes(party.extension)) ||
    (party.number !== null && me.extensions.includes(party.number))
  );
}
