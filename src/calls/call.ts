import { z } from 'zod';

/** Times are ISO 8601, UTC, with milliseconds. */
const time = z.string();
const maybeTime = time.nullable();

/** One end of a call, as it was when the call was made. */
export const partySchema = z.object({
  /** Digits as `contacts.VALUE` holds them; null for an extension, and where there is no usable number. */
  number: z.string().nullable(),
  /** What Asterisk said, at most 512 characters; `''` when it said nothing, `<unknown>` as it stands. */
  raw: z.string(),
  extension: z.string().nullable(),
  /** `users.login`; the tracker leaves it null, it knows no people. */
  user: z.string().nullable(),
});

export const CALL_OUTCOMES = [
  'answered',
  'no_answer',
  'busy',
  'refused',
  'cancelled',
  'unreachable',
  'failed',
] as const;

/** One attempt to reach somebody. */
export const legSchema = z.object({
  party: partySchema,
  /** The trunk that it went through. */
  trunk: z.string().nullable(),
  /** When its telephone began to ring; null when it never told that it did. */
  rangAt: maybeTime,
  answeredAt: maybeTime,
  endedAt: maybeTime,
  /** Null while it lasts, and when its end was not seen. */
  outcome: z.enum([...CALL_OUTCOMES, 'answered elsewhere', 'forwarded']).nullable(),
  /** Q.850; null where Asterisk gave none. */
  cause: z.number().int().nullable(),
});

/** Two people heard each other. Several at a time in a conference, or while somebody asks a colleague. */
export const talkSchema = z.object({ a: partySchema, b: partySchema, from: time, until: maybeTime });

/** Somebody had the one they talked with on hold. Null `until` while it lasts. */
export const holdSchema = z.object({ by: partySchema, from: time, until: maybeTime });

export const linkSchema = z.object({
  kind: z.enum(['shipment', 'order', 'client', 'contact', 'courier', 'user']),
  code: z.number().int(),
  how: z.enum(['routed', 'requested', 'matched', 'manual']),
  rank: z.number().int(),
});

export const recordingSchema = z.object({
  /** What it is asked for by, once it is `waiting`; never a path. */
  id: z.string(),
  from: time,
  until: maybeTime,
  bytes: z.number().int().nullable(),
  /** Length of the sound; null while it is not known, or where only a decoder could tell. */
  seconds: z.number().nullable(),
  state: z.enum(['recording', 'waiting', 'ready', 'missing', 'erased']),
});

/** A call as people see it, whatever its channels did. */
export const callSchema = z.object({
  id: z.string(),
  asterisk: z.string(),
  linkedIds: z.array(z.string()),
  direction: z.enum(['in', 'out', 'internal', 'courier', 'test']),
  state: z.enum(['ringing', 'talking', 'ended']),
  startedAt: time,
  /** When two people first heard each other: a machine that picks up does not count. */
  answeredAt: maybeTime,
  endedAt: maybeTime,
  from: partySchema,
  to: partySchema,
  /** Who first talked with the one who called. */
  answeredBy: partySchema.nullable(),
  /** Null while it lasts, and when too little of it was seen (`completeness` is then `partial`). */
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  cause: z.number().int().nullable(),
  endedBy: z.enum(['caller', 'callee', 'system']).nullable(),
  missed: z.boolean(),
  calledBackAt: maybeTime,
  /** To a tenth. Of a call that lasts, what is over of it. */
  seconds: z.object({
    /** Before the first attempt to reach somebody, with the line open: an announcement, a menu. */
    greeting: z.number(),
    /** From the first attempt (or the queue) until somebody talked, or nobody tried any more. */
    wait: z.number(),
    /** The part of `wait` in which a telephone of those called was dialled. */
    ring: z.number(),
    /** Somebody talked with somebody; `hold` is a part of it, mostly. */
    talk: z.number(),
    hold: z.number(),
  }),
  legs: z.array(legSchema),
  talks: z.array(talkSchema),
  /** At most 100, the earliest. */
  holds: z.array(holdSchema),
  links: z.array(linkSchema),
  /** A call that the desk was asked for; null for every other. */
  request: z
    .object({
      by: z.string(),
      user: z.string().nullable(),
      key: z.string().nullable(),
      /** What became of it, in words; null while it lasts. */
      result: z.object({ code: z.string(), en: z.string(), ru: z.string() }).nullable(),
    })
    .nullable(),
  recordings: z.array(recordingSchema),
  survey: z.array(z.object({ question: z.string(), value: z.number(), at: time })),
  /** `rebuilt`: filled up from what Asterisk still knew; `partial`: something of it was never seen. */
  completeness: z.enum(['whole', 'rebuilt', 'partial']),
});

export type Call = z.infer<typeof callSchema>;
export type Party = z.infer<typeof partySchema>;
export type CallLeg = z.infer<typeof legSchema>;
export type Talk = z.infer<typeof talkSchema>;
export type Hold = z.infer<typeof holdSchema>;
export type Link = z.infer<typeof linkSchema>;
export type Recording = z.infer<typeof recordingSchema>;
export type CallOutcome = (typeof CALL_OUTCOMES)[number];
export type LegOutcome = NonNullable<CallLeg['outcome']>;
