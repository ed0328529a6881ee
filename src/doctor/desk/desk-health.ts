import { get } from 'node:http';
import { get as getSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { Config } from '../../config/config.ts';
import { reachableHost } from '../../net/reachable.ts';
import { joined, verbatim, type Text } from '../../util/language.ts';

/** What `/ready` of a desk tells. */
const health = z.object({
  ready: z.boolean(),
  role: z.enum(['starting', 'following', 'standby']),
  asterisks: z.array(z.object({ asterisk: z.string(), problem: z.string().nullable() })),
  journal: z.object({
    problem: z.string().nullable(),
    waiting: z.number(),
    // Desks of before do not tell.
    damage: z.string().nullable().default(null),
  }),
  closed: z.array(z.object({ part: z.string(), problem: z.string() })).default([]),
});
export type DeskHealth = z.infer<typeof health>;

/** A part of a desk that runs without it. */
export type ClosedPart = DeskHealth['closed'][number];

const TIMEOUT_MS = 3_000;

/**
 * Asks the desk of this configuration how it is.
 *
 * @param secure over TLS
 * @returns null when no desk answers this machine
 */
export async function findDesk(
  { host, port, tls }: Config['desk'],
  secure = tls !== undefined,
): Promise<DeskHealth | null> {
  try {
    return health.parse(JSON.parse(await ask(reachableHost(host), port, secure)));
  } catch {
    return null;
  }
}

/** The body of the answer, whatever its status. */
function ask(host: string, port: number, secure: boolean): Promise<string> {
  const options = { host, port, path: '/ready', agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) };
  return new Promise((resolve, reject) => {
    // The certificate is made out to the name that browsers use, not to this address.
    const request = secure ? getSecurely({ ...options, rejectUnauthorized: false }) : get(options);
    request.once('response', (answer) => void text(answer).then(resolve, reject)).once('error', reject);
  });
}

const PARTS: ReadonlyMap<string, Text> = new Map([
  ['door', { en: 'The door', ru: 'Шлюз AMI' }],
  ['survey', { en: 'The port of the surveys', ru: 'Порт опросов' }],
]);

export function tellClosed({ part, problem }: ClosedPart): Text {
  const { en, ru } = PARTS.get(part) ?? verbatim(part);
  return joined([{ en: `${en} is not open:`, ru: `${ru} не открыт:` }, verbatim(problem)]);
}

export function openAgain({ part }: ClosedPart): Text {
  return {
    en: `It is tried again every 10 s. Stop the program that has the port, or set ${part}.port to a free one and restart the desk.`,
    ru: `Попытки — каждые 10 с. Остановите программу, которая занимает порт, или укажите свободный в ${part}.port и перезапустите desk.`,
  };
}
