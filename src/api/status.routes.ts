import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Text } from '../util/language.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { may } from './rights.ts';

const STATES = ['good', 'warning', 'bad', 'off'] as const;

/** How a part of the whole is, for people. */
export interface StatusPart {
  /** `router`, `database`, `names`, `asterisk main`. */
  readonly name: string;
  readonly state: (typeof STATES)[number];
  readonly text: Text;
  /** What to do about it. */
  readonly remedy?: Text | undefined;
}

const status = createRoute({
  method: 'get',
  path: '/api/status',
  middleware: may('status.read'),
  summary: 'How each part is, at a glance',
  responses: {
    200: {
      description: 'In the language of the request',
      content: {
        'application/json': {
          schema: z.object({
            parts: z.array(
              z.object({
                name: z.string(),
                state: z.enum(STATES),
                text: z.string(),
                remedy: z.string().nullable(),
              }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

export function addStatusRoute(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  app.openapi(status, async (c) => {
    const language = c.get('language');
    const parts = await desk.status();
    return c.json(
      {
        parts: parts.map(({ name, state, text, remedy }) => ({
          name,
          state,
          text: text[language],
          remedy: remedy?.[language] ?? null,
        })),
      },
      200,
    );
  });
}
