import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { CALLER_KINDS } from '../directory/match.ts';
import { errorAnswers, type ApiContext, type DeskApi } from './context.ts';
import { describePeople, wantedNames, type Explained } from './people.ts';
import { may } from './rights.ts';

/** Numbers of one request: as many names as are read at a time. */
const MAX_NUMBERS = 30;
/** Look-ups at a time: the rest of the page waits for the database as well. */
const AT_ONCE = 5;

const text = z.string().nullable();
const named = z.object({
  number: z.string().openapi({ description: 'As it was asked for.' }),
  kind: z.enum(CALLER_KINDS).nullable().openapi({ description: 'Null for a number that nobody has.' }),
  name: text,
  company: text,
});

const names = createRoute({
  method: 'get',
  path: '/api/names',
  middleware: may('people.read'),
  summary: 'Whose numbers are, in short: for the rows of a list',
  request: {
    query: z.object({
      numbers: z
        .string()
        .max(1000)
        .transform((list) => [...new Set(list.split(','))])
        .refine((list) => list.length <= MAX_NUMBERS, { message: `takes up to ${MAX_NUMBERS} numbers` })
        .openapi({ type: 'string', example: '79162000001,79162000002' }),
    }),
  },
  responses: {
    200: {
      description: 'The one whom the router would choose, of each number',
      content: { 'application/json': { schema: z.object({ people: z.array(named) }) } },
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
    const left = c.req.valid('query').numbers;
    const people: z.infer<typeof named>[] = [];
    while (left.length > 0) people.push(...(await Promise.all(left.splice(0, AT_ONCE).map(describe))));
    return c.json({ people }, 200);
  });
}

/** Without all candidates but the one that counts. */
function chosen({ decision, matches }: Explained): Explained {
  const first = decision.candidates.find(({ won }) => won) ?? decision.candidates[0];
  return { decision: { ...decision, candidates: first === undefined ? [] : [first] }, matches };
}
