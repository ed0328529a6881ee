import type { Logger } from 'pino';
import type { CallEngine } from '../calling/engine.ts';
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/load.ts';
import { Door } from '../door/door.ts';
import type { DoorCall, DoorPeople } from '../door/options.ts';
import { RateLimitedLog } from '../log/rate-limited-log.ts';
import { countryOfNumber } from '../phone/country.ts';
import { createFieldParser } from '../phone/field.ts';
import type { Router } from '../scripts/route/router.ts';
import { readDoorTls } from './certificate.ts';
import type { Staff } from './staff.ts';

/** What the door asks and has done. */
export interface BehindDoor {
  readonly find: DoorPeople['find'];
  readonly router: Router;
  readonly staff: Staff;
  readonly engine: Pick<CallEngine, 'place'>;
}

/**
 * @returns undefined where it is not enabled
 * @throws {ConfigError} a secret cannot be read, or the certificate is none
 */
export function openDoor(
  { door: section, numbers, desk }: Pick<Config, 'door' | 'numbers' | 'desk'>,
  { find, router, staff, engine }: BehindDoor,
  logger: Logger,
): Door | undefined {
  if (!section.enabled) return undefined;
  const log = new RateLimitedLog(logger);
  const { accounts, ...options } = section;
  return new Door({
    ...options,
    timeZone: desk.timeZone,
    tls: readDoorTls(section),
    accounts: accounts.map(({ secretFile, ...account }) => ({ ...account, secret: readSecret(secretFile) })),
    people: {
      find,
      normalise: (raw) => router.normalise(raw),
      parseField: createFieldParser(numbers.country, numbers),
      userOf: (telephone) => staff.userOf(telephone),
      telephonesOf: (user) => staff.find(user)?.telephones ?? [],
    },
    countryOf: countryOfNumber,
    placeCall: (call, onEnded) =>
      engine.place({ ...call, from: asRead(call.from), to: asRead(call.to) }, ({ state }) => {
        if (state === 'ended') onEnded();
      }),
    onRefused: ({ reason, account, address, from, to, detail }) =>
      log.add(`the door refused a request: ${reason}`, {
        address,
        ...(account !== null && { account }),
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
        ...(detail !== undefined && { detail }),
      }),
    onAlarm: (alarm) => logger.error({ ...alarm }, 'the door: somebody may be trying to call at your cost'),
    onDropped: (address, why) =>
      log.add(
        why === 'not allowed'
          ? 'the door closed a connection: its address is in no allow of door.accounts'
          : 'the door closed a connection: there are too many',
        { address },
      ),
    onListenerError: (error) => log.add('the door could not accept a connection', { problem: String(error) }),
  });
}

/** The engine reads numbers once more: without its plus one from abroad would become another one of this country. */
function asRead(end: DoorCall['to']): DoorCall['to'] {
  return end.kind === 'number' ? { ...end, number: `+${end.number}` } : end;
}
