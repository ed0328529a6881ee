import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { callSchema, type Call } from '../calls/call.ts';
import { isInHand } from '../calls/in-hand.ts';
import { Deadline } from '../calling/deadline.ts';
import type { From, Requester, To } from '../calling/request.ts';
import { journalTooLate } from '../journal/errors.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { liveCall } from './live-calls.ts';
import { can, may } from './rights.ts';
import { seenBy } from './seen-calls.ts';
import type { Client } from '../accounts/client.ts';

const toNumber = z.strictObject({
  number: z.string().min(1).max(40).openapi({ example: '+7 916 123-45-67' }),
});
const toExtension = z.strictObject({
  extension: z
    .string()
    .regex(/^\d{2,6}$/)
    .openapi({ example: '101' }),
});
/** A code; text when it is beyond 2^53. */
const code = z.union([z.number().int().positive(), z.string().regex(/^[1-9]\d{0,29}$/)]);
const toCourier = z.strictObject({ courier: code });
const toShipment = z.strictObject({ shipment: code });

const idParams = z.object({ id: z.string().min(1).max(200) });
const callAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: callSchema } },
});

const place = createRoute({
  method: 'post',
  path: '/api/calls',
  middleware: may('calls.make'),
  summary: 'Make a call: the first side is rung, and when it answers the second one',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x21-\x7e]{1,100}$/)
        .optional()
        .openapi({ description: 'The same key is the same call.' }),
    }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            from: z.union([toExtension, toCourier, toNumber]).optional().openapi({
              description: 'Left out: the first telephone of whoever asks.',
            }),
            to: z.union([toNumber, toShipment, toExtension]),
          }),
        },
      },
    },
  },
  responses: { 202: callAnswer('It is being made; the call as it is now'), ...errorAnswers },
});

const hangUp = createRoute({
  method: 'delete',
  path: '/api/calls/{id}',
  middleware: may('calls.make'),
  summary: 'Hang up a call',
  request: { params: idParams },
  responses: { 202: callAnswer('It ends; the call as it was'), ...errorAnswers },
});

const connect = createRoute({
  method: 'post',
  path: '/api/calls/{id}/connect',
  middleware: may('calls.connect'),
  summary: 'Put a live inbound call through to a courier or an extension',
  request: {
    params: idParams,
    body: { required: true, content: { 'application/json': { schema: z.union([toCourier, toExtension]) } } },
  },
  responses: { 202: callAnswer('It is being put through; the call as it was'), ...errorAnswers },
});

/** Calls that the desk makes. */
export function addCallingRoutes(app: OpenAPIHono<ApiContext>, desk: DeskApi): void {
  const { engine, isOfStaff } = desk;
  app.openapi(place, async (c) => {
    const body = c.req.valid('json');
    const from = fromOf(body.from);
    const call = await engine.place({
      requester: requesterOf(c.get('client')),
      by: from.kind === 'courier' || from.kind === 'number' ? 'courier' : 'click',
      key: c.req.valid('header')['idempotency-key'] ?? null,
      from,
      to: toOf(body.to),
    });
    return c.json(seenBy(c.get('client'), call, isOfStaff), 202);
  });

  const find = async (id: string, deadline: Deadline): Promise<Call> => {
    // What goes on is known without the journal, which may be away.
    const call = liveCall(id, desk) ?? (await deadline.within(desk.journal.store.get(id), journalTooLate));
    if (call === undefined) throw new ApiError('no_such_call');
    return call;
  };

  app.openapi(hangUp, async (c) => {
    const { id } = c.req.valid('param');
    const deadline = new Deadline();
    const call = engine.placed(id) ?? (await find(id, deadline));
    refuseOthers(call, c.get('client'));
    await engine.cancel(call, deadline);
    return c.json(seenBy(c.get('client'), call, isOfStaff), 202);
  });

  app.openapi(connect, async (c) => {
    const { id } = c.req.valid('param');
    const deadline = new Deadline();
    const call = await find(id, deadline);
    refuseOthers(call, c.get('client'));
    const target = c.req.valid('json');
    await engine.connect(
      call,
      'courier' in target
        ? { kind: 'courier', courier: target.courier }
        : { kind: 'extension', extension: target.extension },
      c.get('client').extensions,
      deadline,
    );
    return c.json(seenBy(c.get('client'), call, isOfStaff), 202);
  });
}

/** A program calls for those who use it. */
function requesterOf(client: Client): Requester {
  const { kind, name, user, extensions } = client;
  const mayActForOthers = kind === 'token' || can(client, 'calls.manage');
  return { name: `${kind} ${name}`, user, telephones: extensions, mayActForOthers };
}

/** @throws {ApiError} `forbidden`: the call is other people's */
function refuseOthers(call: Call, client: Client): void {
  if (!can(client, 'calls.manage') && !isInHand(client, call)) throw new ApiError('forbidden');
}

type Body = z.infer<(typeof place)['request']['body']['content']['application/json']['schema']>;

function fromOf(from: Body['from']): From {
  if (from === undefined) return { kind: 'own' };
  if ('extension' in from) return { kind: 'extension', extension: from.extension };
  if ('courier' in from) return { kind: 'courier', courier: from.courier };
  return { kind: 'number', number: from.number };
}

function toOf(to: Body['to']): To {
  if ('extension' in to) return { kind: 'extension', extension: to.extension };
  if ('shipment' in to) return { kind: 'shipment', shipment: to.shipment };
  return { kind: 'number', number: to.number };
}
