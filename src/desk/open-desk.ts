import type { Logger } from 'pino';
import type { AmiAccount } from '../ami/options.ts';
import { readSecret, type LoadedConfig } from '../config/load.ts';
import { CallEngine } from '../calling/engine.ts';
import { openDirectory } from '../directory/open.ts';
import { Journal } from '../journal/journal.ts';
import { openJournal } from '../journal/open.ts';
import { isDamage } from '../journal/sqlite/damage.ts';
import { ReadinessProbe } from '../monitoring/readiness.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { RequestStore } from '../journal/requests.store.ts';
import { createFieldParser } from '../phone/field.ts';
import { createDialer } from '../routing/dialer.ts';
import { maskText } from '../phone/mask.ts';
import { digitsOf } from '../phone/number.ts';
import { Router } from '../scripts/route/router.ts';
import { messageOf } from '../util/errors.ts';
import { settledWithin } from '../util/settled-within.ts';
import { callingLookups } from './calling-lookups.ts';
import { openCdr } from '../cdr/open.ts';
import type { Door } from '../door/door.ts';
import type { DamageWatch } from './damage-watch.ts';
import { Desk } from './desk.ts';
import { leaseHolder } from './lease-holder.ts';
import { openDamageWatch } from './open-damage-watch.ts';
import { openDoor } from './open-door.ts';
import { Retention } from './retention.ts';
import type { Opening } from './opening.ts';
import { RetriedStart } from './retried-start.ts';
import { openFeeds, type Feeds } from './open-feeds.ts';
import { openRecordings } from './open-recordings.ts';
import { openSurvey } from './open-survey.ts';
import type { NamesReader } from '../directory/names/names.ts';
import { openNames } from '../directory/names/open.ts';
import type { Recordings } from '../recordings/recordings.ts';
import { openStaffSource } from './staff-source.ts';
import { Staff } from './staff.ts';
import { trunkNames } from './trunk-names.ts';
import type { Surveys } from '../survey/surveys.ts';

/** The desk and what it works with. */
export interface OpenedDesk {
  readonly desk: Desk;
  readonly journal: Journal;
  /** Undefined where the journal is no file: servers of databases look after their own. */
  readonly damage: DamageWatch | undefined;
  readonly engine: CallEngine;
  readonly router: Router;
  readonly staff: Staff;
  readonly names: NamesReader;
  /** Whether the courier database answers. */
  readonly probe: ReadinessProbe;
  readonly feeds: Feeds;
  /** Undefined where it is not enabled. */
  readonly door: Door | undefined;
  readonly opening: Opening<RetriedStart>;
  readonly surveys: Surveys;
  /** Undefined when the configuration has no section for them. */
  readonly recordings: Recordings | undefined;
  /** @throws {JournalStoreError} the journal is no journal: a damaged file, a newer version */
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

/** A look into the database for whoever watches, in ms. */
const PROBE_MS = 1000;
/** The start waits for the courier database so long at most. */
const DATABASE_MS = 2000;
/** A look-up for a call of the journal, in ms: nobody hears silence meanwhile. */
const LOOKUP_MS = 3000;
/** For the goodbyes of databases, which nobody waits for long, in ms. */
const GOODBYE_MS = 1000;

/**
 * Joins the parts of the desk as the configuration says. Nothing is connected yet.
 *
 * @throws {ConfigError | DatabaseUrlError | JournalUrlError}
 */
export function assembleDesk({ config, databasePassword }: LoadedConfig, logger: Logger): OpenedDesk {
  const { asterisk, database, journal: journalOptions, numbers, dial } = config;
  const problems = new RateLimitedLog(logger);
  const tell = (message: string) => (problem: unknown) =>
    problems.add(message, { problem: maskText(messageOf(problem)) });

  const password =
    journalOptions.passwordFile === undefined ? undefined : readSecret(journalOptions.passwordFile);
  const feeds = openFeeds(config, () => (desk.isFollowing ? journal.store : undefined), logger);
  const journal = new Journal({
    open: () => openJournal(journalOptions.url, password, feeds.listener),
    onProblem: (problem) => {
      damage?.suspect();
      logger.error({ problem: maskText(problem) }, 'journal cannot be written: calls wait until it is back');
    },
    onBack: () => logger.info('journal is back: what waited has been written'),
    onRefused: (id, reason) =>
      logger.error({ call: id, problem: maskText(reason) }, 'journal takes this call never: it is given up'),
    onGap: (gap) => desk.tellGap(gap),
    onTouched: (id) => desk.touch(id),
    isOvertaken: () => desk.isOvertaken(),
    onLost: () => problems.add('calls were forgotten, since the journal was away for too long'),
  });

  const damage = openDamageWatch(journalOptions.url, logger);

  const directory = openDirectory(database, {
    password: databasePassword,
    maxBudgetMs: LOOKUP_MS,
  });
  const router = new Router(config, directory);
  const names = openNames(...databaseOfNames({ config, databasePassword }), (problem) =>
    problems.add('names could not be read: codes are shown', { problem: maskText(problem) }),
  );
  const source = openStaffSource(database.url ?? 'demo:', databasePassword);
  const staff = new Staff({
    read: () => source.read(),
    numbers,
    onProblem: tell('users could not be read'),
  });

  const lookups = callingLookups(directory);
  const engine = new CallEngine({
    calls: config.calls,
    timeZone: config.desk.timeZone,
    dialer: createDialer(dial, numbers.country),
    courierPrefix: dial.courierPrefix,
    people: {
      ...lookups,
      normalise: (raw) => router.normalise(raw),
      parseField: createFieldParser(numbers.country, numbers),
      courierPhones: config.routing.courierPhones,
    },
    asterisks: () => desk.followers,
    requests: () => new RequestStore(journal.store.db),
    findCall: (id) => journal.store.get(id),
    tell: (call) => desk.tell(call),
    onProblem: tell('problem of a call that the desk makes'),
  });
  const recordings = openRecordings(
    config,
    {
      journal: () => journal.store,
      isFollowing: () => desk.isFollowing,
      onChange: (call) => desk.touch(call),
      onWritten: feeds.onRecording,
    },
    logger,
  );

  const door = openDoor(config, { find: lookups.find, router, staff, engine }, logger);

  const desk: Desk = new Desk({
    asterisks: asterisk.map(
      ({ name, host, port, username, secretFile, tls, trunks, cdr, cdrPasswordFile }) => {
        // It cannot start without one; later on it takes what stands there at each connection.
        readSecret(secretFile);
        const account: AmiAccount = {
          host,
          port,
          username,
          secret: () => readSecret(secretFile),
          ...(tls && { tls: {} }),
        };
        return {
          name,
          account,
          trunks: [...trunks, ...trunkNames(dial.trunks)],
          numbers,
          cdr: cdr === undefined ? undefined : openCdr(cdr, secretOf(cdrPasswordFile)),
        };
      },
    ),
    journal,
    engine,
    onEvent: (event) => door?.tell(event),
    bindings: {
      findMatches: async (number) => (await directory.find(number, LOOKUP_MS)).matches,
      userOf: (extension) => staff.userOf(extension),
    },
    normalise: (raw) => digitsOf(router.normalise(raw)),
    ownNumbers: [config.calls?.callerId, ...dial.trunks.map(({ callerId }) => callerId)].filter(
      (number) => number !== undefined,
    ),
    holder: leaseHolder(),
    onStatus: ({ asterisk: name, state, problem }) => {
      if (state === 'followed') logger.info({ asterisk: name }, 'Asterisk is followed');
      else logger.error({ asterisk: name, problem }, 'Asterisk is not followed');
    },
    onSpoken: (channels) => recordings?.add(channels),
    onRole: (isFollowing) =>
      logger.info(isFollowing ? 'this desk follows the calls' : 'another desk follows the calls'),
    onProblem: (problem) => {
      if (isDamage(problem)) damage?.suspect();
      tell('problem of the desk')(problem);
    },
  });

  const survey = openSurvey({
    config,
    journal: () => journal.store,
    outbox: feeds.outbox,
    events: desk.events,
    touch: (call) => desk.touch(call),
    trunks: new Set([...config.asterisk.flatMap(({ trunks }) => trunks), ...trunkNames(config.dial.trunks)]),
    liveCalls: () => desk.liveCalls(),
    asterisks: () => desk.followers,
    logger,
  });

  const retention = new Retention({
    keepDays: journalOptions.keepDays,
    store: () => (desk.isFollowing ? journal.store : undefined),
    onBlanked: (calls) => logger.info({ calls }, 'persons of old calls forgotten: see journal.keepDays'),
    onProblem: tell('persons of old calls could not be forgotten'),
  });

  // Calls are followed whoever has taken these ports.
  const retried = (part: string, start: () => Promise<unknown>): RetriedStart =>
    new RetriedStart({
      start,
      onProblem: (problem) =>
        logger.error({ problem: maskText(problem) }, `${part} is not open; it is tried again every 10 s`),
      onBack: () => logger.info(`${part} is open now`),
    });
  const opening = {
    ...(door && { door: retried('the door', () => door.start()) }),
    ...(config.survey && { survey: retried('the port of the surveys', () => survey.start()) }),
  };

  return {
    desk,
    opening,
    journal,
    damage,
    engine,
    router,
    staff,
    names,
    probe: new ReadinessProbe(directory, PROBE_MS),
    feeds,
    door,
    surveys: survey.surveys,
    recordings,
    start: async () => {
      // A SQLite file that is none is told now; a MySQL that is away is waited for.
      if (journalOptions.url.startsWith('sqlite:')) await journal.start();
      // One that answers is worth a moment, so that the first calls are bound; one that is away must not make a gap.
      await settledWithin(
        Promise.all([directory.start().catch(tell('courier database')), staff.start()]),
        DATABASE_MS,
      );
      desk.start();
      engine.start();
      retention.start();
      damage?.start();
      feeds.start();
      await Promise.all([opening.survey?.start(), opening.door?.start()]);
      recordings?.start();
    },
    stop: async (graceMs) => {
      await Promise.all([opening.survey?.stop(), opening.door?.stop()]);
      await door?.stop();
      await survey.stop(Math.min(graceMs, GOODBYE_MS));
      engine.stop();
      const patience = Math.max(0, graceMs - GOODBYE_MS);
      await Promise.all([
        settledWithin(retention.stop(), patience),
        settledWithin(damage?.stop(), patience),
        settledWithin(feeds.stop(), patience),
        settledWithin(recordings?.stop(), patience),
        desk.stop(patience),
      ]);
      staff.stop();
      await Promise.all([
        journal.stop(0),
        settledWithin(source.close(), GOODBYE_MS),
        settledWithin(names.close(), GOODBYE_MS),
        settledWithin(directory.close(), GOODBYE_MS),
      ]);
    },
  };
}

/** Names stay with the desk, where it has a user of its own for them. */
function databaseOfNames({
  config: { desk, database },
  databasePassword,
}: Pick<LoadedConfig, 'config' | 'databasePassword'>): [url: string, password: string | undefined] {
  if (desk.database === undefined) return [database.url ?? 'demo:', databasePassword];
  const { url, passwordFile } = desk.database;
  return [url, passwordFile === undefined ? undefined : readSecret(passwordFile)];
}

function secretOf(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readSecret(file);
}
