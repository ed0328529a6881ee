import type { Call } from '../calls/call.ts';
import type { HttpBindings } from '@hono/node-server';
import { z } from '@hono/zod-openapi';
import type { CallEvents } from './call-events.ts';
import type { CallEngine } from '../calling/engine.ts';
import type { Journal } from '../journal/journal.ts';
import type { Surveys } from '../survey/surveys.ts';
import type { NamesReader } from '../directory/names/names.ts';
import type { Explained } from './people.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Language, Text } from '../util/language.ts';
import type { Accounts, StaffMember } from '../accounts/accounts.ts';
import type { Client } from '../accounts/client.ts';
import type { OpenIdSignIn } from '../accounts/open-id.ts';
import type { ProxyUser } from './authenticate.ts';
import type { Pages } from './pages.ts';
import type { IsOfStaff } from './seen-calls.ts';
import type { Site } from './site.ts';
import type { StatusPart } from './status.routes.ts';

/** What a request says of who asks: a token, the header of a proxy, or the cookie of a session. */
export type SignedInBy = 'token' | 'proxy' | 'cookie';

export interface ApiContext {
  readonly Bindings: HttpBindings;
  readonly Variables: {
    /** The language of the answer's texts. */
    language: Language;
    client: Client;
    signedInBy: SignedInBy;
    /** A token may be removed, a session may end, while a stream of events lasts. Never rejects. */
    isStillClient: () => Promise<boolean>;
  };
}

export interface DeskApi {
  readonly journal: Journal;
  readonly events: CallEvents;
  /** Those that last; none while another desk follows them. */
  readonly liveCalls: () => readonly Call[];
  readonly surveys: Pick<Surveys, 'after' | 'add'>;
  /** What belongs to a call has changed: it is published anew, as a whole. */
  readonly touch: (id: string) => void;
  readonly engine: Pick<CallEngine, 'place' | 'placed' | 'cancel' | 'connect' | 'fallbackNumber'>;
  /** Rings two telephones, and tells rung by rung how far it gets. @throws {CallRefusedError} one of them is no number */
  readonly testCall: (ends: { readonly from: string; readonly to: string }) => AsyncGenerator<TestCallStep>;
  /** A number as `contacts.VALUE` holds it; null when it is none. */
  readonly normalise: (raw: string) => string | null;
  /** @throws {DirectoryTimeoutError | DirectoryBusyError | DirectoryUnavailableError} */
  readonly explain: (number: string) => Promise<Explained>;
  readonly names: NamesReader;
  /** Everybody of the house, in the order of their names. */
  readonly staff: () => readonly StaffMember[];
  readonly isOfStaff: IsOfStaff;
  /** Undefined without the section `recordings`. */
  readonly recordings: Pick<Recordings, 'find' | 'open' | 'noteListening' | 'listenings'> | undefined;
  readonly accounts: Accounts;
  readonly site: Site;
  /** What is shown in the browser. */
  readonly pages: Pages;
  /** Undefined without `desk.openId`. */
  readonly openId: Pick<OpenIdSignIn, 'begin' | 'finish'> | undefined;
  /** `desk.proxyUser` */
  readonly proxyUser?: ProxyUser | undefined;
  /** For the log: who signed in or out, and what was done to users and tokens. */
  readonly onSignIn: (what: string, facts: Readonly<Record<string, string>>) => void;
  /** For the log: somebody could not sign in, or was not allowed to do something. */
  readonly onRefused: (code: string, facts: Readonly<Record<string, string>>) => void;
  /** Whether the desk does its work; the texts are for people. */
  readonly health: () => DeskHealth;
  /** How each part is, at a glance. Never rejects. */
  readonly status: () => Promise<readonly StatusPart[]>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** The language of messages to those who do not ask for one. */
  readonly language: Language;
  /** `desk.timeZone` */
  readonly timeZone: string;
  /** The caller's function ends a stream of events when the desk stops. @returns takes it back */
  readonly onEventsEnd: (end: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

export interface TestCallStep {
  /** The name of the Asterisk that it is about. */
  readonly asterisk: string;
  readonly name: string;
  readonly state: 'ok' | 'fail' | 'skipped';
  readonly message: Text;
  /** What to do; null where nothing is to be done. */
  readonly remedy: Text | null;
}

export interface DeskHealth {
  readonly ready: boolean;
  /** `standby` while another desk on the same journal follows the calls. */
  readonly role: 'starting' | 'following' | 'standby';
  readonly asterisks: readonly {
    readonly asterisk: string;
    readonly state: string;
    readonly problem: string | null;
    /** When it was heard last, in ISO 8601; null while it is followed, and when it never was. */
    readonly since: string | null;
  }[];
  readonly journal: {
    readonly problem: string | null;
    readonly waiting: number;
    /** What is wrong with its file; null while nothing is known to be. */
    readonly damage: string | null;
  };
  /** Null without the section `recordings`. What is wrong with them makes the desk no less ready. */
  readonly recordings: { readonly problem: string | null; readonly waiting: number } | null;
  /** Ports that could not be listened on, and are tried again; nor do they make the desk less ready. */
  readonly closed: readonly { readonly part: 'door' | 'survey'; readonly problem: string }[];
}

const errorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string().openapi({ description: 'For people, in the language of the request.' }),
    fields: z
      .array(z.string())
      .optional()
      .openapi({ description: 'What is wrong in the request.', example: ['extensions.0'] }),
  }),
  /** Of a call that is not made: the company's number, to be called by other means. */
  fallbackNumber: z.string().nullable().optional(),
});
const errorAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: errorSchema } },
});

/** The errors that every route may answer with. */
export const errorAnswers = {
  400: errorAnswer('The request is wrong'),
  401: errorAnswer('Nobody is signed in, and there is no token of ours'),
  403: errorAnswer('The role does not allow it'),
  404: errorAnswer('There is no such thing'),
  409: errorAnswer('It cannot be done as things are'),
  429: errorAnswer('Too many requests'),
  503: errorAnswer('Something that is needed is away'),
} as const;
