import { jest } from '@jest/globals';
import type { Accounts } from '../../../src/accounts/accounts.ts';
import type { Client } from '../../../src/accounts/client.ts';
import { createApi } from '../../../src/api/api.ts';
import { CallEvents } from '../../../src/api/call-events.ts';
import type { DeskApi } from '../../../src/api/context.ts';
import { CallRefusedError } from '../../../src/calling/refusals.ts';
import { NO_NAMES } from '../../../src/directory/names/names.ts';
import { nobody } from '../../../src/routing/decision.ts';
import type { Journal } from '../../../src/journal/journal.ts';

/** What the routes work with, of which nothing is there but what a test gives. */
export function deskApi(parts: Partial<DeskApi> = {}): DeskApi {
  return {
    journal: {} as Journal,
    events: new CallEvents(() => false),
    touch: () => undefined,
    liveCalls: () => [],
    surveys: { after: async () => [], add: async () => undefined },
    engine: {
      fallbackNumber: null,
      placed: () => undefined,
      place: () => Promise.reject(new CallRefusedError('calls_off')),
      cancel: async () => undefined,
      connect: async () => undefined,
    },
    async *testCall() {
      // No rung is told.
    },
    normalise: (raw) => raw,
    explain: async (number) => ({ decision: nobody('UNKNOWN', number), matches: [] }),
    names: {
      find: async () => NO_NAMES,
      search: async () => [],
      hasShipment: async () => null,
      state: () => ({ missing: [], problem: null }),
      close: async () => {},
    },
    staff: () => [],
    isOfStaff: () => false,
    accounts: tokenAccounts(() => null),
    site: { publicOrigin: undefined, isHttps: false, isProxy: () => false },
    pages: new Map(),
    openId: undefined,
    onSignIn: jest.fn(),
    onRefused: jest.fn(),
    health: () => ({
      ready: true,
      role: 'following',
      asterisks: [],
      journal: { problem: null, waiting: 0, damage: null },
      recordings: null,
      closed: [],
    }),
    recordings: undefined,
    status: async () => [],
    metrics: async () => ({ type: 'text/plain', text: 'metric 1\n' }),
    language: 'ru',
    timeZone: 'UTC',
    onEventsEnd: () => () => undefined,
    onError: jest.fn(),
    ...parts,
  };
}

const apis = new WeakMap<DeskApi, ReturnType<typeof createApi>>();

/** The interface of a desk, made once: to make it takes longer than most answers. */
export function apiOf(desk: DeskApi): ReturnType<typeof createApi> {
  const api = apis.get(desk) ?? createApi(desk);
  apis.set(desk, api);
  return api;
}

/** Accounts of programs alone. */
export function tokenAccounts(findToken: (token: string) => Client | null): Accounts {
  return { findToken, findSession: async () => null, findUser: () => null } as unknown as Accounts;
}

export function client(changes: Partial<Client> = {}): Client {
  return { kind: 'token', name: 'test', role: 'operator', user: null, extensions: [], ...changes };
}
