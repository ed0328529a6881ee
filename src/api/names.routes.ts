import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { CALLER_KINDS } from '../directory/match.ts';
import { MAX_NAMES } from '../directory/names/names.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { describePeople, wantedNames, type Explained } from './people.ts';
import { may } from './rights.ts';

/** Look-ups at a time: the rest of the page waits for the database as well. */
const AT_ONCE = 5;

const text = z.string().nullable();
const named = z.object({
  number: z.string().openapi({ description: 'As it was asked for.' }),
  kind: z.enum(CALLER_KINDS).nullable().openapi({ description: 'Null for a number that nobody has.' }),
  name: text,
  company: text,
});

/** What the code of a link stands for. Codes that have no name are left out. */
const coded = z.object({ code: z.number(), name: z.string() });

/** A list with commas; each value counts once. `example` shows two. */
function listOf(value: RegExp, example: string) {
  return z
    .string()
    .max(1000)
    .default('')
    .transform((list) => [...new Set(list.split(',').filter((one) => one !== ''))])
    .refine((list) => list.length <= MAX_NAMES)
    .refine((list) => list.every((one) => value.test(one)))
    .openapi({ type: 'string', example });
}

/** Codes that a number of JavaScript holds. */
const CODE = /^\d{1,15}$/;

const names = createRoute({
  method: 'get',
  path: '/api/names',
  middleware: may('people.read'),
  summary:
    'Whose numbers are, and what codes stand for, in short: for the rows of a list and the links of a call',
  request: {
    query: z.object({
      numbers: listOf(/./, '79162000001,79162000002'),
      couriers: listOf(CODE, '11,12'),
      clients: listOf(CODE, '201,202'),
      contacts: listOf(CODE, '301,302'),
    }),
  },
  responses: {
    200: {
      description: 'Of each number the one whom the router would choose',
      content: {
        'application/json': {
          schema: z.object({
            people: z.array(named),
            couriers: z.array(coded),
            clients: z.array(coded),
            contacts: z.array(coded),
          }),
        },
      },
    },
    ...errorAnswers,
  },
});

/** Names for lists: one request instead of one for each row. */
export function addNamesRoutes(
  app: OpenAPIHono<ApiContext>,
  { explain, names: reader, normalise }: DeskApi,
): void {
  const describe = async (number: string): Promise<z.infer<typeof named>> => {
    const digits = normalise(number);
    if (digits === null) return { number, kind: null, name: null, company: null };
    const explained = chosen(await explain(digits));
    const known = await reader.find(wantedNames(explained));
    const [first] = describePeople(explained, known, 'en').candidates;
    return {
      number,
      kind: first?.kind ?? null,
      name: first?.name ?? null,
      company: first?.company ?? null,
    };
  };

  app.openapi(names, async (c) => {
    const { numbers, ...lists } = c.req.valid('query');
    const codes = {
      couriers: lists.couriers.map(Number),
      clients: lists.clients.map(Number),
      contacts: lists.contacts.map(Number),
    };
    const people: z.infer<typeof named>[] = [];
    while (numbers.length > 0) people.push(...(await Promise.all(numbers.splice(0, AT_ONCE).map(describe))));
    const known = await reader.find({ ...codes, shipments: [] });
    return c.json(
      {
        people,
        couriers: namesOf(codes.couriers, (code) => known.couriers.get(code)?.name),
        clients: namesOf(codes.clients, (code) => known.clients.get(code)),
        contacts: namesOf(codes.contacts, (code) => known.contacts.get(code)),
      },
      200,
    );
  });
}

function namesOf(
  codes: readonly number[],
  find: (code: string) => string | null | undefined,
): z.infer<typeof coded>[] {
  return codes.flatMap((code) => {
    const name = find(String(code)) ?? '';
    return name === '' ? [] : [{ code, name }];
  });
}

/** Without all candidates but the one that counts. */
function chosen({ decision, matches }: Explained): Explained {
  const first = decision.candidates.find(({ won }) => won) ?? decision.candidates[0];
  return { decision: { ...decision, candidates: first === undefined ? [] : [first] }, matches };
}
