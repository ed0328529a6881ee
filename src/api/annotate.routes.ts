import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { linkSchema, type Link } from '../calls/call.ts';
import { hasLink, type LinkTarget } from '../calls/links.ts';
import type { JournalCall } from '../journal/call.row.ts';
import { idParams, journalCall } from './calls.routes.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { ApiError } from './errors.ts';
import { may } from './rights.ts';
import { seenBy } from './seen-calls.ts';

/** Of one call, by hand. */
const MAX_LINKS = 50;
const TOO_MANY_LINKS = {
  en: `A call takes ${MAX_LINKS} links by hand at most.`,
  ru: `Вручную к звонку можно привязать не больше ${MAX_LINKS} объектов.`,
};
const someLinks = z
  .array(z.strictObject({ kind: linkSchema.shape.kind, code: linkSchema.shape.code }))
  .max(MAX_LINKS)
  .optional();

const patch = createRoute({
  method: 'patch',
  path: '/api/calls/{id}',
  middleware: may('calls.annotate'),
  summary: 'Add a note, or links by hand; those that are there by themselves stay',
  request: {
    params: idParams,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            note: z.string().max(2000).nullable().optional(),
            noteBefore: z.string().nullable().optional().openapi({
              description:
                'The note that was there when this one was written: if a colleague has written another one since, that stays, and this one is refused.',
            }),
            links: someLinks.openapi({ description: 'All links by hand, in place of those before.' }),
            bind: someLinks.openapi({ description: 'Links that are added to those by hand.' }),
            unbind: someLinks.openapi({ description: 'Links by hand that are taken back.' }),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'The call as it is now', content: { 'application/json': { schema: journalCall } } },
    ...errorAnswers,
  },
});

/** What people add to a call. */
export function addAnnotateRoutes(
  app: OpenAPIHono<ApiContext>,
  { journal, names, touch, isOfStaff }: DeskApi,
): void {
  app.openapi(patch, async (c) => {
    const { id } = c.req.valid('param');
    const { note, noteBefore, links, bind = [], unbind = [] } = c.req.valid('json');
    const added = [...(links ?? []), ...bind];
    if (added.length > 0) {
      const before = await journal.store.get(id);
      if (before === undefined) throw new ApiError('no_such_call');
      await refuseUnknownShipments(names, before, added);
    }
    const changesLinks = links !== undefined || bind.length > 0 || unbind.length > 0;
    const done = await journal.store.annotate(id, {
      note,
      noteBefore,
      links: changesLinks
        ? (before) => {
            const others = (links ?? before).filter((link) => !hasLink(unbind, link) && !hasLink(bind, link));
            const all = [...others, ...bind];
            if (all.length > MAX_LINKS) throw new ApiError('invalid_request', TOO_MANY_LINKS);
            return all.map(byHand);
          }
        : undefined,
    });
    if (done === 'other_note') throw new ApiError('other_note');
    const call = done === 'done' ? await journal.store.get(id) : undefined;
    if (call === undefined) throw new ApiError('no_such_call');
    touch(id);
    return c.json(seenBy(c.get('client'), call, isOfStaff), 200);
  });
}

function byHand({ kind, code }: LinkTarget, index: number): Link {
  return { kind, code, how: 'manual', rank: index + 1 };
}

/** What was bound before stays, whatever became of it; and where the database cannot be asked, everything is taken. */
async function refuseUnknownShipments(
  names: DeskApi['names'],
  { links: before }: JournalCall,
  links: readonly LinkTarget[],
): Promise<void> {
  for (const { kind, code } of links) {
    if (kind !== 'shipment' || hasLink(before, { kind, code })) continue;
    const isThere = await names.hasShipment(code);
    if (isThere === null) return;
    if (!isThere)
      throw new ApiError('no_such_shipment', {
        en: `The courier database has no shipment ${code}.`,
        ru: `В базе нет отправления ${code}.`,
      });
  }
}
