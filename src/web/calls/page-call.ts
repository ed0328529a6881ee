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
/** The same for two parties that are one telephone, or one person of the office. */
export function partyKey({ number, extension, raw }: Party): string {
  return extension ?? number ?? raw;
}

/** The one who is not of the office: whom a card, a list or a call back is about. Null in a call between colleagues. */
export function outsider(call: PageCall): Party | null {
  if (call.direction === 'in') return call.from;
  if (call.direction === 'out' || call.direction === 'courier') return call.to;
  return null;
}

/** A number of the company's: nobody in particular. Extensions and names are people. */
export function isOurNumber({ extension, user, raw }: Party): boolean {
  return extension === null && user === null && raw === 's';
}
