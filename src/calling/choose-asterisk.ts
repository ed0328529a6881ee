import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { checkCall } from './checks.ts';
import type { Deadline } from './deadline.ts';
import type { Parties } from './parties.ts';
import { CallRefusedError } from './refusals.ts';
import type { TemplateOptions } from './template.ts';

/** All questions to one Asterisk, in ms. */
const ASK_MS = 900;

/** The Asterisk that makes a call, or that says best why none does. */
export interface Chosen {
  readonly asterisk: CallingAsterisk;
  /** Undefined: it can make the call. */
  readonly refusal: CallRefusedError | undefined;
}

/**
 * The Asterisk that makes a call: of those that can, the first of the configuration. A telephone is registered with one of
 * several, which is known by asking them all.
 *
 * @returns undefined: there are none
 */
export async function chooseAsterisk(
  asterisks: readonly CallingAsterisk[],
  parties: Parties,
  options: TemplateOptions,
  deadline: Deadline,
): Promise<Chosen | undefined> {
  const checks = asterisks.map((asterisk) => whyNot(asterisk, parties, options, deadline));
  // Each is awaited in its turn, and told there.
  for (const check of checks) check.catch(() => undefined);
  const refused: Refused[] = [];
  for (const [index, check] of checks.entries()) {
    const asterisk = asterisks[index];
    const refusal = await check;
    if (asterisk === undefined) continue;
    if (refusal === undefined) return { asterisk, refusal };
    refused.push({ asterisk, refusal });
  }
  return mostTelling(refused);
}

interface Refused extends Chosen {
  readonly refusal: CallRefusedError;
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
function mostTelling(refused: readonly Refused[]): Refused | undefined {
  const codeOf = ({ refusal }: Refused) => refusal.code;
  return (
    refused.find((one) => codeOf(one) !== 'unreachable_extension' && codeOf(one) !== 'asterisk_away') ??
    refused.find((one) => codeOf(one) === 'asterisk_away') ??
    refused[0]
  );
}
