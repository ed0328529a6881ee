import { setTimeout as sleep } from 'node:timers/promises';
import { AmiConnection } from '../../ami/connection.ts';
import { AmiClosedError } from '../../ami/errors.ts';
import { logIn } from '../../ami/login.ts';
import type { AmiMessage } from '../../ami/message.ts';
import { AMI_TIMING, type AmiAccount } from '../../ami/options.ts';

/** What a session of the desk's account sees, and may do. */
export interface AmiView {
  /** Whether Asterisk said FullyBooted, which takes the class `system` in `read`. */
  readonly isBooted: boolean;
  /** Actions that the account may use, each with the classes of `write` of which one is enough. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** Channels that there are; null when the account may not ask. */
  readonly channels: readonly AmiMessage[] | null;
  /** The first event that came by itself; undefined when none did, as in an Asterisk without a call. */
  readonly event: AmiMessage | undefined;
  /** By how many ms Asterisk's clock is ahead of this machine's. */
  readonly clockAheadMs: number;
}

/** FullyBooted follows the login at once. */
const BOOT_MS = 2_000;
/** While there are calls, an event comes soon. */
const EVENT_MS = 3_000;
const MAX_CHANNELS = 10_000;
const TIMING = { ...AMI_TIMING, connectMs: 3_000, greetingMs: 3_000, loginMs: 5_000 };

/**
 * Logs in as the desk does, looks around and leaves. Nothing is changed in Asterisk.
 *
 * @throws {AmiConnectError | AmiTlsError | AmiProtocolError | AmiTimeoutError | AmiLoginError | AmiClosedError}
 */
export async function lookAtAmi(account: AmiAccount): Promise<AmiView> {
  let isBooted = false;
  let event: AmiMessage | undefined;
  let wake: (() => void) | undefined;
  const connection = new AmiConnection({
    account,
    timing: TIMING,
    onEvent: (message) => {
      if (message.event === 'FullyBooted') isBooted = true;
      else event ??= message;
      wake?.();
    },
    onFlaw: () => undefined,
    onAnswer: () => undefined,
  });
  const wait = async (ms: number, isOver: () => boolean): Promise<void> => {
    const patience = new AbortController();
    wake = () => {
      if (isOver()) patience.abort();
    };
    wake();
    await sleep(ms, undefined, { signal: patience.signal }).catch(() => undefined);
  };
  try {
    await connection.greeted();
    await logIn(connection, { ...account, events: ['system', 'call', 'user', 'agent'] }, TIMING);
    await wait(BOOT_MS, () => isBooted);
    const actions = actionsOf(await connection.action('ListCommands', [], TIMING.actionMs));
    const channels = actions.has('CoreShowChannels')
      ? (await connection.list('CoreShowChannels', [], TIMING.listMs, MAX_CHANNELS)).items
      : null;
    const clockAheadMs = await compareClocks(connection);
    if ((channels ?? []).length > 0) await wait(EVENT_MS, () => event !== undefined);
    return { isBooted, actions, channels, event, clockAheadMs };
  } finally {
    connection.close(new AmiClosedError('Doctor has seen enough.'));
  }
}

/** `Originate: Originate Call.  (Priv: originate,all)`, a header each. */
function actionsOf(answer: AmiMessage): Map<string, readonly string[]> {
  const actions = new Map<string, readonly string[]>();
  answer.names.forEach((name, index) => {
    const [, classes] = /\(Priv: (.*)\)$/.exec(answer.values[index] ?? '') ?? [];
    if (classes !== undefined)
      actions.set(
        name,
        classes.split(',').filter((one) => one !== 'all'),
      );
  });
  return actions;
}

async function compareClocks(connection: AmiConnection): Promise<number> {
  const askedAt = Date.now();
  const pong = await connection.action('Ping', [], TIMING.actionMs);
  const now = (askedAt + Date.now()) / 2;
  return Number(pong.get('Timestamp') ?? now / 1000) * 1000 - now;
}
