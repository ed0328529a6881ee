import type { Dialer } from '../routing/dialer.ts';
import { readFunctions, type CallingAsterisk } from './asterisk.ts';
import { readDevices } from './devices.ts';
import type { End, Parties } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import { digitsOf, type TemplateOptions } from './template.ts';

/** What must be so before anything rings. */
interface Needs {
  /** Extensions whose telephones must be there. */
  readonly reachable: readonly string[];
  /** Those that must be free as well. */
  readonly free: readonly string[];
  /** Extensions of the dialplan, by context. */
  readonly dialplan: readonly (readonly [context: string, end: End])[];
  /** Numbers that a trunk must lead to. */
  readonly outside: readonly End[];
}

/**
 * Looks before anything rings: the telephone is there and free, the dialplan knows what to do, a line leads outside.
 *
 * @throws {CallRefusedError} something is not, or Asterisk does not say so in time
 */
export async function checkCall(
  asterisk: CallingAsterisk,
  { from, to }: Parties,
  options: TemplateOptions,
): Promise<void> {
  const { context } = options.calls;
  await check(asterisk, options, {
    // Of somebody of the office who is called, their own telephone says whether they are busy.
    reachable: [from, to].flatMap(extensionOf),
    free: extensionOf(from),
    dialplan: [[context, to], ...(from.kind === 'outside' ? [[`${context}-first`, from] as const] : [])],
    outside: [from, to],
  });
}

/** The same for somebody that a live call is put through to. */
export async function checkConnection(
  asterisk: CallingAsterisk,
  to: End,
  options: TemplateOptions,
): Promise<void> {
  await check(asterisk, options, {
    reachable: extensionOf(to),
    free: extensionOf(to),
    dialplan: [[options.calls.context, to]],
    outside: [to],
  });
}

async function check(asterisk: CallingAsterisk, { dialer }: TemplateOptions, needs: Needs): Promise<void> {
  const lines = needs.outside.map((end) => linesOf(end, dialer)).filter(({ length }) => length > 0);
  const deviceOf = (extension: string): string => deviceBehind(dialer.extension(extension));
  const devices = [...needs.reachable.map(deviceOf), ...needs.free.map(doNotDisturb), ...lines.flat()];
  const [states, exists] = await Promise.all([
    readDevices(asterisk, [...new Set(devices)]),
    readFunctions(
      asterisk,
      needs.dialplan.map(([context, end]) => `DIALPLAN_EXISTS(${context},${digitsOf(end)},1)`),
    ),
  ]);

  for (const extension of needs.reachable) {
    if (states.get(deviceOf(extension))?.isUnreachable === true)
      throw new CallRefusedError('unreachable_extension', extension);
  }
  for (const extension of needs.free) {
    const isBusy = [deviceOf(extension), doNotDisturb(extension)].some(
      (device) => states.get(device)?.isBusy,
    );
    if (isBusy) throw new CallRefusedError('busy', extension);
  }
  const missing = needs.dialplan.find((_, index) => exists[index] === '0');
  if (missing !== undefined) throw new CallRefusedError('no_dialplan', missing[0]);
  // Of the trunks that may carry a number one that is there will do.
  const dead = lines.find((trunks) => trunks.every((trunk) => states.get(trunk)?.isUnreachable));
  if (dead !== undefined) throw new CallRefusedError('trunk_away', dead.join(', '));
}

function extensionOf(end: End): string[] {
  return end.kind === 'extension' ? [end.extension] : [];
}

/** The trunks that may carry a call to somebody outside. */
function linesOf(end: End, dialer: Dialer): string[] {
  if (end.kind === 'extension') return [];
  return [...new Set(dialer.lines(end.number).map(({ dial }) => deviceBehind(dial)))];
}

/** As FreePBX and others tell "do not disturb". */
function doNotDisturb(extension: string): string {
  return `Custom:DND${extension}`;
}

/** `PJSIP/trunk` of `PJSIP/79161000011@trunk`, `SIP/trunk` of `SIP/trunk/79161000011`. */
function deviceBehind(dialString: string): string {
  const [technology = '', rest = ''] = dialString.split(/\/(.*)/s);
  if (technology === 'Local') return dialString;
  const behindAt = rest.slice(rest.lastIndexOf('@') + 1);
  return `${technology}/${behindAt.split('/')[0] ?? ''}`;
}
