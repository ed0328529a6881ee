import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { isFor, wasDialled } from '../calls/attempts.ts';
import { callSchema } from '../calls/call.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { may } from './rights.ts';
import { seenBy } from './seen-calls.ts';

const attempts = createRoute({
  method: 'get',
  path: '/api/shipments/{code}/attempts',
  middleware: may('calls.read'),
  summary: 'Every attempt to reach the recipient of a shipment',
  request: { params: z.object({ code: z.string().min(1).max(100) }) },
  responses: {
    200: {
      description: 'The oldest first',
      content: {
        'application/json': {
          schema: z.object({
            attempts: z.array(
              z.object({
                call: z.string(),
                at: z.string(),
                by: callSchema.shape.from,
                dialled: z.boolean().openapi({
                  description:
                    'Whether the recipient was rung: not when the one who was to speak did not pick up. Such a call is no attempt.',
                }),
                ringSeconds: z.number(),
                talkSeconds: z.number(),
                outcome: callSchema.shape.outcome,
                cause: callSchema.shape.cause,
                recordings: callSchema.shape.recordings,
                result: callSchema.shape.request.unwrap().shape.result,
              }),
            ),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

/** Attempts that are listed for one shipment at most. */
const MAX_ATTEMPTS = 500;

/** What was tried for a shipment. */
export function addAttemptsRoutes(app: OpenAPIHono<ApiContext>, { journal, isOfStaff }: DeskApi): void {
  app.openapi(attempts, async (c) => {
    const { code } = c.req.valid('param');
    const { calls } = await journal.store.list({ link: { kind: 'shipment', code } }, MAX_ATTEMPTS);
    const made = calls.filter(
      (call) => (call.direction === 'out' || call.direction === 'courier') && isFor(call, code),
    );
    return c.json(
      {
        attempts: made.toReversed().map((call) => ({
          call: call.id,
          at: call.startedAt,
          by: seenBy(c.get('client'), call, isOfStaff).from,
          dialled: wasDialled(call),
          ringSeconds: call.seconds.ring,
          talkSeconds: call.seconds.talk,
          outcome: call.outcome,
          cause: call.cause,
          recordings: call.recordings,
          result: call.request?.result ?? null,
        })),
      },
      200,
    );
  });
}
