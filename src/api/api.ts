import type { HttpBindings } from '@hono/node-server';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import type { CallEvents } from '../desk/call-events.ts';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
} from '../directory/directory.ts';
import { JournalStoreError } from '../journal/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { Decision } from '../routing/decision.ts';
import { packageVersion } from '../util/package.ts';
import type { Language } from '../util/language.ts';
import { addCallRoutes } from './calls.routes.ts';
import { ApiError } from './errors.ts';
import { addEventsRoute } from './events.route.ts';
import { addPeopleRoutes } from './people.routes.ts';
import type { Client } from './tokens.ts';

export interface ApiContext {
  readonly Bindings: HttpBindings;
  readonly Variables: { client: Client };
}

export interface DeskApi {
  readonly journal: Journal;
  readonly events: CallEvents;
  /** @returns null when it is no number. @throws {DirectoryTimeoutError | DirectoryBusyError | DirectoryUnavailableError} */
  readonly explain: (number: string) => Promise<Decision | null>;
  /** @returns null when nobody has this token */
  readonly findClient: (token: string) => Client | null;
  /** Whether the desk does its work; the texts are for people. */
  readonly health: () => DeskHealth;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Of messages to those who do not say theirs. */
  readonly language: Language;
  /** `desk.timeZone` */
  readonly timeZone: string;
  /** The caller's function ends a stream of events when the desk stops. @returns takes it back */
  readonly onEventsEnd: (end: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

export interface DeskHealth {
  readonly ready: boolean;
  /** This desk follows the calls; false while another one on the same journal does. */
  readonly following: boolean;
  readonly asterisks: readonly {
    readonly asterisk: string;
    readonly state: string;
    readonly problem: string | null;
  }[];
  readonly journal: { readonly problem: string | null; readonly waiting: number };
}

const MAX_BODY = 64 * 1024;

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const errorAnswer = (description: string) => ({
  description,
  content: { 'application/json': { schema: errorSchema } },
});

/** What every route may answer besides. */
export const errorAnswers = {
  400: errorAnswer('The request is wrong'),
  401: errorAnswer('No token, or not one of ours'),
  404: errorAnswer('There is no such thing'),
  503: errorAnswer('Something that is needed is away'),
} as const;

/** The HTTP interface of the desk; `/api/openapi.json` describes it. */
export function createApi(desk: DeskApi): OpenAPIHono<ApiContext> {
  const app = new OpenAPIHono<ApiContext>({
    defaultHook: (result) => {
      if (!result.success)
        throw new ApiError('invalid_request', describeIssues(result.error), { cause: result.error });
    },
  });
  const languageOf = (header: string | undefined): Language => {
    const first = /^\s*(ru|en)\b/i.exec(header ?? '')?.[1]?.toLowerCase();
    return first === 'ru' || first === 'en' ? first : desk.language;
  };

  app.use(async (c, next) => {
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
    await next();
  });
  app.get('/health', (c) => c.json({ status: 'alive', name: 'courier-agi desk', version: packageVersion() }));
  app.get('/ready', (c) => {
    const health = desk.health();
    return c.json(health, health.ready ? 200 : 503);
  });
  app.get('/metrics', async (c) => {
    const { type, text } = await desk.metrics();
    return c.body(text, 200, { 'content-type': type });
  });

  app.use('/api/*', async (c, next) => {
    const token = /^Bearer ([\w-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
    const client = token === undefined ? null : desk.findClient(token);
    if (client === null) throw new ApiError('unauthorized');
    c.set('client', client);
    await next();
  });
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new ApiError('invalid_request', 'The body is too large.');
      },
    }),
  );
  addCallRoutes(app, desk);
  addPeopleRoutes(app, desk);
  addEventsRoute(app, desk);
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'courier-agi desk', version: packageVersion() },
    security: [{ token: [] }],
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });

  app.notFound((c) => {
    const error = new ApiError('not_found');
    return c.json(error.body(languageOf(c.req.header('accept-language'))), error.status);
  });
  app.onError((thrown, c) => {
    const error = toApiError(thrown);
    if (error.code === 'internal') desk.onError(thrown);
    return c.json(error.body(languageOf(c.req.header('accept-language'))), error.status);
  });
  return app;
}

function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof JournalStoreError) return new ApiError('journal_away');
  const isAway =
    thrown instanceof DirectoryTimeoutError ||
    thrown instanceof DirectoryBusyError ||
    thrown instanceof DirectoryUnavailableError;
  if (isAway) return new ApiError('database_away');
  // Hono's own, such as a body that is no JSON.
  const status: unknown = Reflect.get(Object(thrown), 'status');
  return status === 400 || status === 415 ? new ApiError('invalid_request') : new ApiError('internal');
}

function describeIssues(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
