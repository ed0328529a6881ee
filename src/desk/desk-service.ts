import { getRequestListener } from '@hono/node-server';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { createApi } from '../api/api.ts';
import type { DeskHealth } from '../api/context.ts';
import { Accounts } from '../accounts/accounts.ts';
import { Sessions } from '../accounts/sessions.ts';
import { Users } from '../accounts/users.ts';
import { followCertificates, readDeskTls } from './certificate.ts';
import { openOpenId, siteOf, warnOfPlainHttp } from './site.ts';
import { Tokens } from '../accounts/tokens.ts';
import { isDemo, type LoadedConfig } from '../config/load.ts';
import { PACKAGE_ROOT } from '../util/package.ts';
import { readPages } from '../api/pages.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { sqlitePath } from '../journal/open.ts';
import { isDamage } from '../journal/sqlite/damage.ts';
import { HttpListener } from '../net/http-listener.ts';
import { maskText } from '../phone/mask.ts';
import { digitsOf } from '../phone/number.ts';
import type { Service } from '../server/run-service.ts';
import { freeBytesOf } from '../util/disk.ts';
import { CodedError, messageOf } from '../util/errors.ts';
import { deskMetrics } from './desk-metrics.ts';
import { closedParts } from './opening.ts';
import { openTestCall } from './test-calls.ts';
import { statusOf } from './status/status.ts';
import { assembleDesk, type OpenedDesk } from './open-desk.ts';

/** Where `npm run build` puts the pages. */
const WEB_FOLDER = fileURLToPath(new URL('dist/web', PACKAGE_ROOT));
const MAX_CONNECTIONS = 1000;
/** Look-ups that a person waits for, in ms. */
const EXPLAIN_MS = 2000;

/**
 * The desk as a service: it follows the calls and answers over HTTP.
 *
 * @throws {ConfigError | DatabaseUrlError | JournalUrlError}
 */
export function openDeskService(loaded: LoadedConfig, logger: Logger): Service {
  const { host, port, allow, tokensFile, usersFile, proxyUser, language, timeZone } = loaded.config.desk;
  const parts = assembleDesk(loaded, logger);
  const { desk, journal, engine, router } = parts;
  const refusals = new RateLimitedLog(logger);
  const problems = new RateLimitedLog(logger);
  const strangers = new RateLimitedLog(logger);
  const site = siteOf(loaded.config.desk);
  const accounts = new Accounts({
    tokens: new Tokens(tokensFile),
    users: new Users(usersFile),
    sessions: new Sessions(() => journal.store.db),
    staff: parts.staff,
  });
  const ends = new Set<() => void>();
  const api = createApi({
    journal,
    events: desk.events,
    liveCalls: () => desk.liveCalls(),
    surveys: parts.surveys,
    touch: (id) => desk.touch(id),
    engine,
    testCall: (telephones) => openTestCall(loaded.config, telephones, engine),
    normalise: (raw) => digitsOf(router.normalise(raw)),
    explain: (number) => router.explain(number, EXPLAIN_MS),
    names: parts.names,
    staff: () => parts.staff.all(),
    isOfStaff: desk.events.isOfStaff,
    accounts,
    site,
    proxyUser,
    pages: readPages(WEB_FOLDER),
    openId: openOpenId(loaded.config.desk),
    onSignIn: (what, facts) => logger.info(facts, what),
    onRefused: (code, facts) => strangers.add(`request refused: ${code}`, facts),
    health: () => healthOf(parts),
    status: () => statusOf({ ...parts, http: loaded.config.http, isDemo: isDemo(loaded) }),
    metrics: deskMetrics(parts, journalDisk(loaded.config.journal.url)),
    recordings: parts.recordings,
    language,
    timeZone,
    onEventsEnd: (end) => {
      ends.add(end);
      return () => void ends.delete(end);
    },
    // What a database says may quote the statement, and numbers with it.
    onError: (error) => {
      if (isDamage(error)) parts.damage?.suspect();
      problems.add('request failed', { problem: maskText(stackOf(error)) }, 'error');
    },
  });
  let unfollowCertificates: (() => void) | undefined;
  const answer = getRequestListener(api.fetch);
  const http = new HttpListener({
    section: 'desk',
    host,
    port,
    allow,
    tls: readDeskTls(loaded.config.desk),
    maxConnections: MAX_CONNECTIONS,
    onRequest: (request, response) => void answer(request, response),
    onRefused: (address) => refusals.add('connection refused: see desk.allow', { address }),
    onListenerError: (error) =>
      refusals.add('HTTP connection could not be accepted', { problem: String(error) }),
  });
  return {
    start: async () => {
      const address = await http.start();
      warnOfPlainHttp(loaded.config.desk, logger);
      try {
        unfollowCertificates = followCertificates(loaded.config, { http, door: parts.door }, logger);
        await parts.start();
      } catch (error) {
        unfollowCertificates?.();
        await http.stop(() => undefined);
        await parts.stop(0);
        throw error;
      }
      return { ...address, config: loaded.file };
    },
    reload: async () => {
      logger.warn(
        'the desk takes a new configuration at its next start only: systemctl restart courier-agi-desk',
      );
    },
    stop: async (graceMs) => {
      unfollowCertificates?.();
      await http.stop(() => {
        for (const end of ends) end();
      });
      await parts.stop(graceMs);
    },
  };
}

/** @returns undefined when the journal is a database elsewhere */
function journalDisk(url: string): (() => number) | undefined {
  const path = sqlitePath(url);
  return path === undefined ? undefined : () => freeBytesOf(dirname(path));
}

/** With the place for what is a defect of ours; without it for what we said on purpose. */
function stackOf(thrown: unknown): string {
  return thrown instanceof Error && !(thrown instanceof CodedError)
    ? String(thrown.stack)
    : messageOf(thrown);
}

/** A desk that leaves the calls to another one is as ready as that one. */
function healthOf({ desk, journal, damage, recordings, opening }: OpenedDesk): DeskHealth {
  const asterisks = desk.followers.map(({ status: { asterisk, state, problem, since } }) => ({
    asterisk,
    state,
    problem: problem === null ? null : maskText(problem),
    since,
  }));
  const problem = journal.problem === undefined ? null : maskText(journal.problem);
  const isEveryoneFollowed = asterisks.every(({ state }) => state === 'followed');
  return {
    ready: problem === null && damage?.damage === undefined && desk.role !== 'starting' && isEveryoneFollowed,
    role: desk.role,
    asterisks,
    journal: { problem, waiting: journal.waiting, damage: damage?.damage ?? null },
    recordings:
      recordings === undefined
        ? null
        : {
            problem: recordings.problem === undefined ? null : maskText(recordings.problem),
            waiting: recordings.waiting,
          },
    closed: closedParts(opening).map((closed) => ({ ...closed, problem: maskText(closed.problem) })),
  };
}
