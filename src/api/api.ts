import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import {
  DirectoryBusyError,
  DirectoryTimeoutError,
  DirectoryUnavailableError,
} from '../directory/directory.ts';
import { isJournalAway } from '../journal/errors.ts';
import { packageVersion } from '../util/package.ts';
import type { Language } from '../util/language.ts';
import { CallRefusedError } from '../calling/refusals.ts';
import { addAnnotateRoutes } from './annotate.routes.ts';
import { addAttemptsRoutes } from './attempts.routes.ts';
import { addCallRoutes } from './calls.routes.ts';
import { addCallingRoutes } from './calling.routes.ts';
import { ApiError } from './errors.ts';
import { describeIssues, wrongFields } from './issues.ts';
import { addPages, SECURITY_HEADERS } from './pages.ts';
import { authenticate } from './authenticate.ts';
import { addOpenIdRoutes } from './open-id.routes.ts';
import { addSearchRoutes } from './search.routes.ts';
import { addSessionRoutes, addSignInRoutes } from './session.routes.ts';
import { addStatusRoute } from './status.routes.ts';
import { addTokenRoutes } from './tokens.routes.ts';
import { addUserRoutes } from './users.routes.ts';
import { addressOf } from './site.ts';
import { addTestCallRoute } from './test-calls.route.ts';
import { addEventsRoute } from './events.route.ts';
import { addGapsRoutes } from './gaps.routes.ts';
import { addNamesRoutes } from './names.routes.ts';
import { addPeopleRoutes } from './people.routes.ts';
import { addSurveyRoutes } from './surveys.routes.ts';
import { addRecordingRoutes } from './recordings.routes.ts';
import type { ApiContext, DeskApi } from './context.ts';
import type { Client } from '../accounts/client.ts';
import { TooManyTriesError } from '../accounts/errors.ts';

const MAX_BODY = 64 * 1024;
/** Statuses of requests that were not allowed. */
const REFUSED: readonly number[] = [401, 403, 429];

/** The HTTP interface of the desk; `/api/openapi.json` describes it. */
export function createApi(desk: DeskApi): OpenAPIHono<ApiContext> {
  const app = new OpenAPIHono<ApiContext>({
    defaultHook: (result) => {
      if (!result.success)
        throw new ApiError('invalid_request', describeIssues(result.error), {
          cause: result.error,
          fields: wrongFields(result.error),
        });
    },
  });
  const languageOf = (header: string | undefined): Language => {
    const first = /^\s*(ru|en)\b/i.exec(header ?? '')?.[1]?.toLowerCase();
    return first === 'ru' || first === 'en' ? first : desk.language;
  };

  app.use(async (c, next) => {
    c.header('cache-control', 'no-store');
    c.set('language', languageOf(c.req.header('accept-language')));
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
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

  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new ApiError('invalid_request', {
          en: 'The request is too large.',
          ru: 'Запрос слишком большой.',
        });
      },
    }),
  );
  addSignInRoutes(app, desk);
  addOpenIdRoutes(app, desk);
  app.use('/api/*', authenticate(desk));
  addSessionRoutes(app, desk);
  addUserRoutes(app, desk);
  addTokenRoutes(app, desk);
  addCallRoutes(app, desk);
  addAnnotateRoutes(app, desk);
  addAttemptsRoutes(app, desk);
  addCallingRoutes(app, desk);
  addTestCallRoute(app, desk);
  addGapsRoutes(app, desk);
  addPeopleRoutes(app, desk);
  addNamesRoutes(app, desk);
  addSearchRoutes(app, desk);
  addSurveyRoutes(app, desk);
  addEventsRoute(app, desk);
  addRecordingRoutes(app, desk);
  addStatusRoute(app, desk);
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'courier-agi desk', version: packageVersion() },
    security: [{ token: [] }],
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });

  addPages(app, desk.pages);

  app.notFound((c) => {
    const error = new ApiError('not_found');
    return c.json(error.body(languageOf(c.req.header('accept-language'))), error.status);
  });
  const tellRefusal = (c: Context<ApiContext>, code: string): void => {
    const client: Client | undefined = c.get('client');
    desk.onRefused(code, {
      address: addressOf(c, desk.site),
      // The rest may be a number, or a name.
      route: `${c.req.method} ${c.req.path.split('/', 3).join('/').slice(0, 60)}`,
      ...(client !== undefined && { client: client.name }),
    });
  };
  app.onError((thrown, c) => {
    const language = languageOf(c.req.header('accept-language'));
    const { fallbackNumber } = desk.engine;
    if (thrown instanceof CallRefusedError) {
      const { code, status } = thrown;
      if (REFUSED.includes(status)) tellRefusal(c, code);
      return c.json({ error: { code, message: thrown.text(language) }, fallbackNumber }, status);
    }
    const error = toApiError(thrown);
    if (thrown instanceof TooManyTriesError) c.header('retry-after', String(thrown.seconds));
    if (error.status >= 500) desk.onError(thrown);
    if (REFUSED.includes(error.status)) tellRefusal(c, error.code);
    const isCall = c.req.method === 'POST' && c.req.path === '/api/calls';
    return c.json({ ...error.body(language), ...(isCall && { fallbackNumber }) }, error.status);
  });
  return app;
}

function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof TooManyTriesError)
    return new ApiError(
      'too_many_tries',
      {
        en: `Too many tries to sign in. The next one in ${thrown.seconds} s.`,
        ru: `Слишком много попыток входа. Следующая через ${thrown.seconds} с.`,
      },
      { cause: thrown },
    );
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
