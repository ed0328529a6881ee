import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
} from '../directory/directory.ts';
import { isJournalAway } from '../journal/errors.ts';
import { packageVersion } from '../util/package.ts';
import type { Language } from '../util/language.ts';
import { addCallRoutes } from './calls.routes.ts';
import { ApiError } from './errors.ts';
import { addEventsRoute } from './events.route.ts';
import { addPeopleRoutes } from './people.routes.ts';
import type { ApiContext, DeskApi } from './context.ts';

const MAX_BODY = 64 * 1024;

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
    const find = () => (token === undefined ? null : desk.findClient(token));
    const client = find();
    if (client === null) throw new ApiError('unauthorized');
    c.set('client', client);
    c.set('isStillClient', () => {
      try {
        return find() !== null;
      } catch {
        return false;
      }
    });
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
    if (error.status >= 500) desk.onError(thrown);
    return c.json(error.body(languageOf(c.req.header('accept-language'))), error.status);
  });
  return app;
}

function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (isJournalAway(thrown)) return new ApiError('journal_away');
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
