import type { Logger } from 'pino';
import { AgiServer } from '../agi/server.ts';
import type { Config } from '../config/config.ts';
import type { RateLimitedLog } from '../log/rate-limited-log.ts';
import { callFields, logCall } from '../monitoring/call-log.ts';
import type { Monitor } from '../monitoring/monitor.ts';
import { logOutbound } from '../monitoring/outbound-log.ts';
import { OutboundRouter } from '../routing/outbound.ts';
import { OutboundScript } from '../scripts/outbound/outbound.script.ts';
import { OVERLOAD_LINE } from '../scripts/route/channel-variables.ts';
import { ScriptRegistry } from '../scripts/registry.ts';
import { RouteScript } from '../scripts/route/route.script.ts';
import { messageOf } from '../util/errors.ts';
import { afterTheTurn } from '../util/after-the-turn.ts';
import { changedKeys } from './changed-keys.ts';
import type { ActiveConfiguration } from './active-configuration.ts';

interface CallListenerOptions {
  /** What the server is started with. */
  readonly config: Config;
  readonly active: ActiveConfiguration;
  readonly monitor: Monitor;
  /** Gets what is turned away. */
  readonly refusals: RateLimitedLog;
  readonly logger: Logger;
}

const REFUSED = {
  'not allowed': 'connection refused: its address is not in listen.allow',
  'too many': 'connection refused: there are more than twice listen.maxCalls',
} as const;

/** The FastAGI server, whose calls are routed, counted and logged. */
export function listenForCalls({
  config,
  active,
  monitor,
  refusals,
  logger,
}: CallListenerOptions): AgiServer {
  const { listen, routing } = config;
  const showsNumbers = (): boolean => active.loaded.config.log.numbers === 'full';
  const route = new RouteScript({
    router: () => active.router,
    onCall: afterTheTurn((record) =>
      tell(logger, () => {
        const masked = callFields(record, false);
        monitor.call(record, masked);
        logCall(logger, record, showsNumbers() ? callFields(record, true) : masked);
      }),
    ),
  });
  const outbound = new OutboundScript({
    router: () => new OutboundRouter(active.loaded.config),
    onCall: (record) =>
      tell(logger, () => {
        monitor.outgoingCall(record);
        logOutbound(logger, record, showsNumbers());
      }),
  });
  const registry = new ScriptRegistry({
    scripts: { route, outbound },
    default: 'route',
    refuse: (session, request) => route.refuse(session, request),
  });
  return new AgiServer({
    host: listen.host,
    port: listen.port,
    allow: listen.allow,
    maxSessions: listen.maxCalls,
    deadlineMs: routing.deadlineMs,
    handler: (session) => registry.run(session),
    overloadLine: OVERLOAD_LINE,
    onOverload: () => {
      monitor.overloaded();
      refusals.add('more calls than listen.maxCalls: answered with ERROR');
    },
    onQueueReset: () => {
      monitor.acceptQueueReset();
      refusals.add('more calls than can be answered in time: those that waited longest were reset');
    },
    onListenerError: (error) => {
      monitor.listenerFailed();
      refusals.add('listener could not accept a call', { problem: messageOf(error) }, 'error');
    },
    onError: (err) => {
      monitor.sessionFailed();
      logger.error({ err }, 'session failed');
    },
    onSilent: (address) => {
      monitor.silent();
      refusals.add('connection said nothing until the deadline', { address });
    },
    onRefused: (address, why) => {
      monitor.refused(why);
      refusals.add(REFUSED[why], { address });
    },
  });
}

/** @returns the keys whose change only a new server takes */
export function needsRestart(old: Config, wanted: Config): string[] {
  const { deadlineMs } = old.routing;
  return [
    ...changedKeys('listen', old.listen, wanted.listen),
    ...changedKeys('routing', { deadlineMs }, { deadlineMs: wanted.routing.deadlineMs }),
  ];
}

/** The call has its answer already: nothing that goes wrong here is a matter of its session. */
function tell(logger: Logger, tellAll: () => void): void {
  try {
    tellAll();
  } catch (err) {
    logger.error({ err }, 'call could not be written down');
  }
}
