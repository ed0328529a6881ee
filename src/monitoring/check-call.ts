import type { AgiEnvironment } from '../agi/environment.ts';

/** `agi_channel` of a call that `courier-agi doctor` makes. No technology of Asterisk's has this name. */
export const CHECK_CHANNEL = 'courier-agi/doctor';

/** Whether nobody calls: it is shown, and counts nowhere as a caller's. */
export function isCheckCall(environment: Pick<AgiEnvironment, 'get'>): boolean {
  return environment.get('agi_channel') === CHECK_CHANNEL;
}
