import type { Call, Party } from '../../calls/call.ts';

/** A call as the desk hands it to pages. */
export type PageCall = Call & { readonly note: string | null };

/** The user of the page. */
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
/** A key for comparing parties: equal for the same telephone and for the same number. */
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

/** Whether nothing is known of a party: nobody has been dialled yet, or somebody of the house is left out. */
export function isNobody({ extension, user, number, raw }: Party): boolean {
  return extension === null && user === null && number === null && rawName(raw) === null;
}

/** What Asterisk calls a party without a number; null where that says nothing. */
export function rawName(raw: string): string | null {
  return raw === '' || raw === '<unknown>' || raw === 'anonymous' ? null : raw;
}
