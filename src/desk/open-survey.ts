import type { Logger } from 'pino';
import { AgiListenError } from '../agi/errors.ts';
import { AgiServer } from '../agi/server.ts';
import type { CallEvents } from '../api/call-events.ts';
import type { CallingAsterisk } from '../calling/asterisk.ts';
import type { Call } from '../calls/call.ts';
import { trunkOf } from '../calls/parties.ts';
import type { Config } from '../config/config.ts';
import type { Outbox } from '../feeds/outbox.ts';
import type { JournalStore } from '../journal/journal.store.ts';
import { engineOf } from '../journal/open.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { maskText } from '../phone/mask.ts';
import { ScriptRegistry } from '../scripts/registry.ts';
import { SurveyUnboundError } from '../survey/errors.ts';
import { SurveyScript } from '../survey/survey.script.ts';
import { SurveyStore } from '../survey/survey.store.ts';
import { Surveys } from '../survey/surveys.ts';
import { messageOf } from '../util/errors.ts';
import { parseHours } from '../util/hours.ts';
import { surveyedCall } from './surveyed-call.ts';

export interface SurveyParts {
  readonly config: Pick<Config, 'survey' | 'journal' | 'desk'>;
  readonly journal: () => JournalStore;
  readonly outbox: Outbox;
  readonly events: CallEvents;
  /** The call is published anew. */
  readonly touch: (call: string) => void;
  /** Names of endpoints that are trunks. */
  readonly trunks: ReadonlySet<string>;
  /** The calls that last, of every Asterisk. */
  readonly liveCalls: () => readonly Call[];
  /** Those that are followed. */
  readonly asterisks: () => readonly Pick<CallingAsterisk, 'name' | 'client'>[];
  readonly logger: Logger;
}

export interface OpenedSurvey {
  readonly surveys: Surveys;
  /** @throws {AgiListenError} */
  start(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

/** Surveys that go on at the same time. */
const MAX_SESSIONS = 200;
/** Until the request is read; a survey has a time of its own. */
const REQUEST_MS = 5000;
const LOW_MARK = 2;

/** Surveys, and where the section is there the server that asks after calls. */
export function openSurvey({
  config: { survey, journal: journalSection, desk },
  journal,
  outbox,
  events,
  touch,
  trunks,
  liveCalls,
  asterisks,
  logger,
}: SurveyParts): OpenedSurvey {
  const problems = new RateLimitedLog(logger);
  const store = new SurveyStore({
    engine: engineOf(journalSection.url),
    onAnswer: (db, { id, call_id }) =>
      call_id === null
        ? Promise.resolve()
        : outbox.add(db, [{ kind: 'survey.answered', call: call_id, subject: id }], Date.now()),
  });
  const surveys = new Surveys({
    journal,
    store,
    isOpen: parseHours(survey?.hours ?? '00:00-24:00', desk.timeZone),
    lowMark: survey?.lowMark ?? LOW_MARK,
    onAnswer: ({ call_id: call, question, value, shipment, order, courier, operator }, isLow) => {
      events.publish('survey', { call, question, value, shipment, order, courier, operator, low: isLow });
      if (call !== null) touch(call);
      if (isLow) logger.warn({ call, question, value, shipment, courier, operator }, 'a low mark');
    },
  });
  const server = survey === undefined ? undefined : openServer(survey);
  return {
    surveys,
    start: async () => {
      try {
        await server?.start();
      } catch (error) {
        if (!(error instanceof AgiListenError)) throw error;
        throw new AgiListenError(`survey.port: ${error.message} Set survey.port to a free one.`, {
          cause: error,
        });
      }
    },
    stop: async (graceMs) => {
      await server?.stop(graceMs);
    },
  };

  function openServer({ host, port, allow, ...options }: NonNullable<typeof survey>): AgiServer {
    const script = new SurveyScript({
      ...options,
      isInside: (name) => trunkOf({ name }, { trunks }) === null,
      findCall: async (channel) => surveyedCall(channel, { calls: liveCalls(), asterisks: asterisks() }),
      ask: (subject) => surveys.ask(subject),
      onAnswer: (answer) => surveys.add(answer),
      onMissingPrompt: (prompt) =>
        problems.add('survey: Asterisk does not have this sound, or the line is gone', { prompt }),
    });
    const registry = new ScriptRegistry({
      scripts: { survey: script },
      default: 'survey',
      refuse: async (_session, { error }) =>
        problems.add('survey refused', { problem: maskText(error.message) }),
    });
    return new AgiServer({
      host,
      port,
      allow,
      maxSessions: MAX_SESSIONS,
      deadlineMs: REQUEST_MS,
      handler: (session) => registry.run(session),
      // Nobody is asked: the dialplan goes on.
      overloadLine: 'failure\n',
      onOverload: () => problems.add('more surveys at a time than can be held: one was left out'),
      onQueueReset: () => problems.add('more surveys at a time than can be held: some were left out'),
      onListenerError: (error) =>
        problems.add('survey could not be accepted', { problem: maskText(messageOf(error)) }, 'error'),
      onError: (error) => {
        const problem = maskText(messageOf(error));
        if (error instanceof SurveyUnboundError) problems.add(`survey left out: ${error.code}`, { problem });
        else problems.add('survey failed', { problem }, 'error');
      },
      onSilent: () => undefined,
      onRefused: (address) => problems.add('survey refused: see survey.allow', { address }),
    });
  }
}
