import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { checkCall } from './checks.ts';
import type { Deadline } from './deadline.ts';
import type { Parties } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import type { TemplateOptions } from './template.ts';

/** All questions to one Asterisk, in ms. */
const ASK_MS = 900;

/**
 * The Asterisk that makes a call: of those that can, the first of the configuration. A telephone is registered with one of
 * several, which is known by asking them all.
 *
 * @throws {CallRefusedError} none can
 */
export async function chooseAsterisk(
  asterisks: readonly CallingAsterisk[],
  parties: Parties,
  options: TemplateOptions,
  deadline: Deadline,
): Promise<CallingAsterisk> {
  const checks = asterisks.map((asterisk) => whyNot(asterisk, parties, options, deadline));
  // Each is awaited in its turn, and told there.
  for (const check of checks) check.catch(() => undefined);
  const refusals: CallRefusedError[] = [];
  for (const [index, check] of checks.entries()) {
    const asterisk = asterisks[index];
    const refusal = await check;
    if (refusal === undefined && asterisk !== undefined) return asterisk;
    if (refusal !== undefined) refusals.push(refusal);
  }
  throw mostTelling(refusals) ?? asteriskAway();
}

/** @returns undefined: it can make the call. It rejects with nothing but defects */
async function whyNot(
  asterisk: CallingAsterisk,
  parties: Parties,
  options: TemplateOptions,
  deadline: Deadline,
): Promise<CallRefusedError | undefined> {
  try {
    if (!asterisk.client.ready) throw asteriskAway();
    await deadline.within(checkCall(asterisk, parties, options), asteriskAway, ASK_MS);
    return undefined;
  } catch (error) {
    if (error instanceof CallRefusedError) return error;
    throw error;
  }
}

/**
 * A telephone that one Asterisk does not know is there on another, and on which one nobody knows while one is away: what an
 * Asterisk says that has the telephone goes before both.
 */
function mostTelling(refusals: readonly CallRefusedError[]): CallRefusedError | undefined {
  return (
    refusals.find(({ code }) => code !== 'unreachable_extension' && code !== 'asterisk_away') ??
    refusals.find(({ code }) => code === 'asterisk_away') ??
    refusals[0]
  );
}
