import type { Dialer } from '../routing/dialer.ts';
import { readFunctions, type CallingAsterisk } from './asterisk.ts';
import type { CallsConfig } from './options.ts';
import type { End, Parties } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import { digitsOf } from './template.ts';

const UNREACHABLE: ReadonlySet<string> = new Set(['UNAVAILABLE', 'INVALID']);
const BUSY: ReadonlySet<string> = new Set(['BUSY', 'INUSE', 'RINGING', 'RINGINUSE', 'ONHOLD']);

/** What Asterisk must say before anything rings: one question to it, and its answer. */
interface Check {
  readonly ask: string;
  /** @param value undefined: Asterisk does not know */
  readonly judge: (value: string | undefined) => void;
}

/**
 * Looks before anything rings: the telephone is there and free, the dialplan knows what to do, a line leads outside.
 *
 * @throws {CallRefusedError} something is not, or Asterisk does not say so in time
 */
export async function checkCall(
  asterisk: CallingAsterisk,
  { from, to }: Parties,
  { calls, dialer }: { readonly calls: CallsConfig; readonly dialer: Dialer },
): Promise<void> {
  const { context } = calls;
  await runChecks(asterisk, [
    ...(from.kind === 'extension' ? telephone(from.extension, dialer) : [dialplan(`${context}-first`, from)]),
    dialplan(context, to),
    // Of somebody of the office who is called, their own telephone says whether they are busy.
    ...(to.kind === 'extension' ? [reachable(to.extension, dialer)] : []),
    ...trunks([from, to], dialer),
  ]);
}

/** The same for somebody that a live call is put through to. */
export async function checkConnection(
  asterisk: CallingAsterisk,
  to: End,
  { calls, dialer }: { readonly calls: CallsConfig; readonly dialer: Dialer },
): Promise<void> {
  await runChecks(asterisk, [
    dialplan(calls.context, to),
    ...(to.kind === 'extension' ? telephone(to.extension, dialer) : []),
    ...trunks([to], dialer),
  ]);
}

async function runChecks(asterisk: CallingAsterisk, checks: readonly Check[]): Promise<void> {
  const values = await readFunctions(
    asterisk,
    checks.map(({ ask }) => ask),
  );
  for (const [index, { judge }] of checks.entries()) judge(values[index]);
}

function telephone(extension: string, dialer: Dialer): Check[] {
  const { ask, judge } = reachable(extension, dialer);
  return [
    {
      ask,
      judge: (value) => {
        judge(value);
        if (value !== undefined && BUSY.has(value)) throw new CallRefusedError('busy', extension);
      },
    },
    {
      // As FreePBX and others tell "do not disturb".
      ask: `DEVICE_STATE(Custom:DND${extension})`,
      judge: (value) => {
        if (value !== undefined && BUSY.has(value)) throw new CallRefusedError('busy', extension);
      },
    },
  ];
}

function reachable(extension: string, dialer: Dialer): Check {
  return {
    ask: `DEVICE_STATE(${deviceBehind(dialer.extension(extension))})`,
    judge: (value) => {
      if (value !== undefined && UNREACHABLE.has(value))
        throw new CallRefusedError('unreachable_extension', extension);
    },
  };
}

function dialplan(context: string, end: End): Check {
  return {
    ask: `DIALPLAN_EXISTS(${context},${digitsOf(end)},1)`,
    judge: (value) => {
      if (value === '0') throw new CallRefusedError('no_dialplan', context);
    },
  };
}

/** Of each number the trunks that may carry it: one that is there will do. */
function trunks(ends: readonly End[], dialer: Dialer): Check[] {
  return ends.flatMap((end) => {
    if (end.kind === 'extension') return [];
    const devices = [...new Set(dialer.lines(end.number).map(({ dial }) => deviceBehind(dial)))];
    const down = new Set<string>();
    return devices.map((device) => ({
      ask: `DEVICE_STATE(${device})`,
      judge: (value: string | undefined) => {
        if (value !== undefined && UNREACHABLE.has(value)) down.add(device);
        if (down.size === devices.length) throw new CallRefusedError('trunk_away', devices.join(', '));
      },
    }));
  });
}

/** `PJSIP/trunk` of `PJSIP/79161000011@trunk`, `SIP/trunk` of `SIP/trunk/79161000011`. */
function deviceBehind(dialString: string): string {
  const [technology = '', rest = ''] = dialString.split(/\/(.*)/s);
  if (technology === 'Local') return dialString;
  const behindAt = rest.slice(rest.lastIndexOf('@') + 1);
  return `${technology}/${behindAt.split('/')[0] ?? ''}`;
}
