import { readFunctions, type CallingAsterisk } from './asterisk.ts';

/** Devices that nothing reaches. */
const UNREACHABLE: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INVALID']);
const BUSY: ReadonlySet<string> = new Set(['BUSY', 'INUSE', 'RINGING', 'RINGINUSE', 'ONHOLD']);

/** How a telephone or trunk does, as far as Asterisk knows. */
export interface DeviceState {
  readonly isUnreachable: boolean;
  readonly isBusy: boolean;
}

/**
 * Asks how devices do, such as `PJSIP/101` or `Custom:DND101`.
 *
 * @throws as `readFunctions`
 */
export async function readDevices(
  asterisk: CallingAsterisk,
  devices: readonly string[],
): Promise<ReadonlyMap<string, DeviceState>> {
  const states = await readFunctions(
    asterisk,
    devices.map((device) => `DEVICE_STATE(${device})`),
  );
  const read = devices.map(async (device, index) => {
    const state = states[index] ?? '';
    const isUnreachable = UNREACHABLE.has(state) && !(await isDialled(asterisk, device));
    return [device, { isUnreachable, isBusy: BUSY.has(state) }] as const;
  });
  return new Map(await Promise.all(read));
}

/**
 * A PJSIP trunk that has not been used since Asterisk started counts as unavailable, whether or not it is asked
 * (qualify_frequency) if it is there. Dial() reaches it all the same: what it would dial leaves out what did not answer.
 */
async function isDialled(asterisk: CallingAsterisk, device: string): Promise<boolean> {
  const [, endpoint] = /^PJSIP\/([\w.+-]{1,80})$/.exec(device) ?? [];
  if (endpoint === undefined) return false;
  const [contacts = ''] = await readFunctions(asterisk, [`PJSIP_DIAL_CONTACTS(${endpoint})`]);
  return contacts !== '';
}
