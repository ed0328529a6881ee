import type { CallEngine } from '../calling/engine.ts';
import type { Text } from '../util/language.ts';
import { CallRefusedError } from '../calling/refusals.ts';
import type { CallRequest } from '../calling/request.ts';
import type { Call } from '../calls/call.ts';
import type { Config } from '../config/config.ts';
import { ConfigError, readSecret } from '../config/load.ts';
import { ASTERISK_COMMANDS, openConsole } from '../doctor/asterisk/console.ts';
import type { AsteriskSection } from '../doctor/desk/ami.check.ts';
import { isThisMachine } from '../doctor/desk/this-machine.ts';
import { type LoginRefusal, whyLoginWasRefused } from '../doctor/test-call/login-refusal.ts';
import type { NamedStep, Step } from '../doctor/test-call/step.ts';
import { testCall } from '../doctor/test-call/test-call.ts';
import { normaliseNumber } from '../phone/number.ts';

/** Of a call that rings two telephones: the dialplan, and trunks that say late that they cannot. In seconds. */
const BESIDES_RINGING_SECONDS = 40;

export type TestedConfig = Pick<Config, 'asterisk' | 'calls' | 'numbers'>;

/**
 * Rings two telephones, and tells rung by rung how far it gets: on the Asterisk that makes such a call, as every other.
 *
 * @param from an extension or a number, as somebody wrote it
 * @param whyRefused why a login was refused just now. Default: as the console and the log of this machine's Asterisk tell
 * @throws {CallRefusedError} invalid_number
 * @throws {ConfigError} there is no Asterisk, or its secret cannot be read
 */
export function openTestCall(
  { asterisk, calls, numbers }: TestedConfig,
  { from, to }: { readonly from: string; readonly to: string },
  caller: Pick<CallEngine, 'place' | 'asteriskFor'>,
  whyRefused: (section: AsteriskSection) => Promise<LoginRefusal | null> = askConsole,
): AsyncGenerator<NamedStep> {
  const request: CallRequest = {
    requester: { name: 'test', user: null, telephones: [], mayActForOthers: true },
    by: 'test',
    key: null,
    from: endOf(from, numbers),
    to: endOf(to, numbers),
  };
  const sections = asterisk.map((section) => ({ section, secret: readSecret(section.secretFile) }));
  const [first] = sections;
  if (first === undefined) throw new ConfigError('asterisk', ['is missing: see docs/desk.md']);
  const hasOthers = sections.length > 1;
  return climb(first);

  async function* climb(otherwise: (typeof sections)[number]): AsyncGenerator<NamedStep> {
    // Why nobody can say it comes to light with the rungs.
    const name = hasOthers ? await caller.asteriskFor(request).catch(() => undefined) : undefined;
    const { section, secret } = sections.find((one) => one.section.name === name) ?? otherwise;
    const steps = testCall({
      section,
      secret,
      settings: null,
      whyRefused: () => whyRefused(section),
      place: (onCall: (call: Call) => void) => caller.place(request, onCall),
      patienceMs: (2 * (calls?.ringSeconds ?? 0) + BESIDES_RINGING_SECONDS) * 1000,
    });
    for await (const step of steps) yield named(step, section.name, hasOthers);
  }
}

/** People read it in the first rung, programs in each. */
function named(step: Step, asterisk: string, hasOthers: boolean): NamedStep {
  const message = step.name === 'name' && hasOthers ? on(asterisk, step.message) : step.message;
  return { ...step, asterisk, message };
}

function on(asterisk: string, { en, ru }: Text): Text {
  return { en: `Asterisk ${asterisk}: ${en}`, ru: `Asterisk ${asterisk}: ${ru}` };
}

function endOf(text: string, numbers: Config['numbers']) {
  const number = normaliseNumber(text, numbers.country, numbers);
  // It is read once more: without its plus one from abroad would become another one of this country.
  if (number.kind === 'number') return { kind: 'number', number: `+${number.digits}` } as const;
  if (number.reason === 'internal') return { kind: 'extension', extension: text.trim() } as const;
  throw new CallRefusedError('invalid_number', JSON.stringify(text.slice(0, 40)));
}

/** @returns null when the Asterisk is on another machine, or its console and log cannot be read */
async function askConsole({ host, username }: AsteriskSection): Promise<LoginRefusal | null> {
  if ((await isThisMachine(host)) !== true) return null;
  const access = await openConsole(ASTERISK_COMMANDS);
  return access.state === 'open' ? whyLoginWasRefused(access.ask, username) : null;
}
