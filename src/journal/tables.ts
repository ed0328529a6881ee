import type { Generated } from 'kysely';

/** A time in ms since 1970. */
type Milliseconds = number;

/** The tables of the journal. It is a database of our own: nothing of the vendor's stands in it. */
export interface JournalDatabase {
  readonly calls: CallTable;
  readonly call_keys: CallKeyTable;
  readonly gaps: GapTable;
  readonly leases: LeaseTable;
  readonly requests: RequestTable;
  readonly feed_events: FeedEventTable;
  readonly sessions: SessionTable;
  readonly erasures: ErasureTable;
  readonly surveys: SurveyTable;
  readonly survey_answers: SurveyAnswerTable;
  readonly call_channels: CallChannelTable;
  readonly recordings: RecordingTable;
  readonly listenings: ListeningTable;
}

/** What reports count stands in columns of its own; the whole story is in `detail`. */
export interface CallTable {
  /**
   * The beginning of the call in ms, times `SEQ_PER_MS`, plus a small number that tells calls of the same millisecond apart.
   * So one key is the row, the order of the journal, and the place where the next page begins.
   */
  readonly seq: number;
  readonly id: string;
  readonly asterisk: string;
  readonly direction: string;
  readonly state: string;
  readonly started_at: Milliseconds;
  readonly answered_at: Milliseconds | null;
  readonly ended_at: Milliseconds | null;
  readonly outcome: string | null;
  readonly missed: number;
  readonly from_number: string | null;
  readonly to_number: string | null;
  /** Extension of the person who spoke, or the number of one outside. */
  readonly answered_by: string | null;
  readonly wait_ms: number;
  readonly ring_ms: number;
  readonly talk_ms: number;
  readonly hold_ms: number;
  readonly completeness: string;
  /** The caller's number while nobody has called them back; null otherwise. */
  readonly open_missed: string | null;
  readonly called_back_at: Milliseconds | null;
  readonly note: string | null;
  /** Links that a person added, as JSON. */
  readonly manual_links: string | null;
  /** The call as `call.document.ts` writes it; null once its persons are forgotten. */
  readonly detail: Uint8Array | null;
}

/** What a call can be found by. */
export interface CallKeyTable {
  readonly kind: KeyKind;
  /** An extension, a user, a code; of a number its digits from the last to the first, so that ends are found. */
  readonly value: string;
  readonly seq: number;
}

/** One letter each: there are ten keys a call. A shipment's courier is a `kurier` in the vendor's database. */
export const KEY_KINDS = {
  number: 'n',
  extension: 'e',
  user: 'u',
  shipment: 's',
  order: 'o',
  client: 'c',
  contact: 'p',
  courier: 'k',
  /** A Linkedid that the call is not named after. */
  linked: 'l',
} as const;

export type KeyKind = (typeof KEY_KINDS)[keyof typeof KEY_KINDS];

/** A time in which calls may have been missed. */
export interface GapTable {
  readonly asterisk: string;
  readonly from_at: Milliseconds;
  readonly until_at: Milliseconds;
  readonly reason: string;
}

/** Which desk does what only one may do. */
export interface LeaseTable {
  readonly name: string;
  /** Empty when it was given back. */
  readonly holder: string;
  readonly renewed_at: Milliseconds;
}

/** What one receiver is still to be told, and for some days what it was told. */
export interface FeedEventTable {
  readonly place: Generated<number>;
  readonly id: string;
  readonly feed: string;
  readonly kind: string;
  readonly call_id: string;
  readonly subject: string;
  readonly created_at: Milliseconds;
  readonly attempts: number;
  readonly next_try_at: Milliseconds;
  /** 0 while it waits. */
  readonly done_at: Milliseconds;
}

/** Sessions of the people who are signed in at the desk. */
export interface SessionTable {
  /** Of the id in the cookie: whoever reads the table cannot use it. */
  readonly sha256: string;
  readonly user_name: string;
  /** As the OpenID provider said; null when the file of users tells it. */
  readonly role: string | null;
  /** Of the user in the file when they signed in. */
  readonly generation: string | null;
  readonly created_at: Milliseconds;
  readonly seen_at: Milliseconds;
}

/** A call that the desk was asked for. */
export interface RequestTable {
  /** Uniqueid of its first channel. */
  readonly id: string;
  readonly call_id: string;
  /** Whose key it is. */
  readonly requester: string;
  readonly request_key: string | null;
  readonly asked_by: string;
  /** `users.user` */
  readonly user_name: string | null;
  /** What it was asked for, as JSON of a call's links. */
  readonly links: string;
  readonly created_at: Milliseconds;
  readonly cancelled_at: Milliseconds | null;
  /** `abandoned`: Asterisk did not say in time whether it makes the call, and it was given up. */
  readonly state: 'placed' | 'abandoned';
}

/** Whom we have asked: nobody is asked twice for one shipment. */
export interface SurveyTable {
  readonly call_id: string;
  readonly shipment: number | null;
  readonly asked_at: Milliseconds;
}

/** One answer, by key after a call, or a review from elsewhere. */
export interface SurveyAnswerTable {
  /** Grows with each answer: where the next reading begins. */
  readonly place: Generated<number>;
  /** Of a call `CALL QUESTION`, of a review what its source calls it: the same again replaces it. */
  readonly id: string;
  readonly call_id: string | null;
  readonly question: string;
  /** Null for a review of words alone. */
  readonly value: number | null;
  readonly comment: string | null;
  readonly at: Milliseconds;
  readonly shipment: number | null;
  readonly order: number | null;
  readonly courier: number | null;
  /** `users.user`, or the extension of somebody who is none. */
  readonly operator: string | null;
}

/** A channel that somebody spoke on, while a file may still come that belongs to it. */
export interface CallChannelTable {
  readonly asterisk: string;
  /** Asterisk's unique id. */
  readonly channel: string;
  readonly call_id: string;
  readonly extension: string | null;
  readonly number: string | null;
  readonly started_at: Milliseconds;
  /** Null while it is there. */
  readonly ended_at: Milliseconds | null;
  /** From the first word on it to the last. */
  readonly from_at: Milliseconds;
  readonly until_at: Milliseconds | null;
  /** What Asterisk said that it writes to, as JSON; null when it said nothing. */
  readonly pieces: string | null;
  /** How often the source was looked through for it, once a minute at most. */
  readonly looks: number;
  /** 0: nothing is expected any more. */
  readonly is_open: number;
}

/** A file of the recorder. `waiting` with a path: it has been seen, and is still to be taken. */
export interface RecordingTable {
  /** Random: who knows one knows no other. */
  readonly id: string;
  readonly call_id: string;
  readonly asterisk: string;
  readonly channel: string;
  /** The file's name without folder and ending; once it is erased, the id. */
  readonly stem: string;
  readonly from_at: Milliseconds;
  readonly until_at: Milliseconds;
  readonly state: 'waiting' | 'ready' | 'missing' | 'erased';
  /** Below the source's root. Null, though `bytes` are known: that file was refused, since it is of another call. */
  readonly path: string | null;
  /** See `src/recordings/formats.ts`. */
  readonly format: string | null;
  readonly bytes: number | null;
  readonly sound_ms: number | null;
  readonly sha256: string | null;
  readonly attempts: number;
  readonly next_try_at: Milliseconds | null;
  /** Why it is not ready. */
  readonly problem: string | null;
}

/** Somebody has listened to a recording. */
export interface ListeningTable {
  readonly id: string;
  readonly at: Milliseconds;
  readonly recording_id: string;
  readonly call_id: string;
  /** `token` or `session`. */
  readonly kind: string;
  /** Of the token or the user. */
  readonly name: string;
  readonly role: string;
  readonly address: string;
}

/** That somebody's data was erased. Whose it was is not kept. */
export interface ErasureTable {
  readonly id: string;
  readonly at: Milliseconds;
  /** The account of the system that ran the command. */
  readonly erased_by: string;
  readonly calls: number;
  readonly recordings: number;
  readonly rows_of_files: number;
}
