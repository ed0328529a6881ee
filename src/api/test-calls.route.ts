import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Language } from '../util/language.ts';
import { errorAnswers, type ApiContext, type DeskApi, type TestCallStep } from './context.ts';
import { may } from './rights.ts';
import { streamOf } from './stream.ts';

/** A blank between two rungs shows that the line still stands: telephones ring for a minute. In ms. */
const HEARTBEAT_MS = 10_000;

const end = z.string().min(1).max(40).openapi({ example: '79161234567' });
const step = z.object({
  asterisk: z.string().openapi({ example: 'main', description: 'The one that makes the call.' }),
  name: z.string().openapi({ example: 'first rings' }),
  state: z.enum(['ok', 'fail', 'skipped']),
  message: z.string(),
  remedy: z.string().nullable(),
});

const testCalls = createRoute({
  method: 'post',
  path: '/api/test-calls',
  middleware: may('test-calls'),
  summary: 'Ring two telephones, and tell rung by rung how far it gets',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({ from: end, to: end }).openapi({
            description: 'Extensions or numbers. The first is rung at once, the second when it has answered.',
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description:
        'A rung after the other, each written as soon as it is known; `good` comes when both have answered, or one rung has failed.',
      content: { 'application/json': { schema: z.object({ steps: z.array(step), good: z.boolean() }) } },
    },
    ...errorAnswers,
  },
});

export function addTestCallRoute(
  app: OpenAPIHono<ApiContext>,
  { testCall, language, onError }: Pick<DeskApi, 'testCall' | 'language' | 'onError'>,
): void {
  app.openapi(testCalls, (c) => {
    const first = /^\s*(ru|en)\b/i.exec(c.req.header('accept-language') ?? '')?.[1]?.toLowerCase();
    const spoken = first === 'ru' || first === 'en' ? first : language;
    const steps = testCall(c.req.valid('json'));
    const body = streamOf('{"steps":[', withHeartbeat(ladder(steps, spoken, onError), HEARTBEAT_MS));
    // The body is written piece by piece: the type that is declared is that of the whole.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return c.newResponse(body, 200, { 'content-type': 'application/json' }) as never;
  });
}

async function* ladder(
  steps: AsyncGenerator<TestCallStep>,
  language: Language,
  onError: (error: unknown) => void,
): AsyncGenerator<string, undefined> {
  let isGood = true;
  let comma = '';
  try {
    for await (const { asterisk, name, state, message, remedy } of steps) {
      isGood &&= state === 'ok';
      const texts = { message: message[language], remedy: remedy?.[language] ?? null };
      yield comma + JSON.stringify({ asterisk, name, state, ...texts });
      comma = ',';
    }
  } catch (error) {
    isGood = false;
    onError(error);
  }
  yield `],"good":${isGood}}`;
}

async function* withHeartbeat(
  pieces: AsyncGenerator<string, undefined>,
  afterMs: number,
): AsyncGenerator<string, undefined> {
  try {
    for (;;) {
      const next = pieces.next();
      let piece: Awaited<typeof next> | undefined;
      while (piece === undefined) {
        piece = await Promise.race([next, beat(afterMs)]);
        if (piece === undefined) yield ' ';
      }
      if (piece.done === true) return;
      yield piece.value;
    }
  } finally {
    await pieces.return(undefined);
  }
}

function beat(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
