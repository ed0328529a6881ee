import { setClockBy } from './live/clock.ts';
import { language } from './text/text.ts';

/** The desk refused, or did not answer: `code` is then `away`. The message is for the user, in their language. */
export class Refusal extends Error {
  readonly code: string;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Seconds until the next try makes sense; null when the desk did not say. */
  readonly retryAfter: number | null;

  constructor(code: string, message: string, status: number, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Asking {
  readonly method?: Method;
  /** Becomes JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Called when the desk does not know this browser any more. */
let onUnauthorized: () => void = () => undefined;

export function whenUnauthorized(listener: () => void): void {
  onUnauthorized = listener;
}

/** The limit for the whole answer, in ms. On a dead line nothing comes back, and browsers wait for a quarter of an hour. */
const ANSWER_MS = 15_000;
/** The limit for requests that change something, in ms: these may wait for Asterisk. */
const CHANGE_MS = 30_000;

/** A signal that aborts a request after the limit, or when `signal` does. */
export function withLimit(signal: AbortSignal | undefined, limitMs = ANSWER_MS): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  return signal === undefined ? limit : AbortSignal.any([signal, limit]);
}

/**
 * Asks the desk. Its answers are not checked: the pages come from the same desk, and are built with it.
 *
 * @throws {Refusal}
 */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const limitMs = (asking.method ?? 'GET') === 'GET' ? ANSWER_MS : CHANGE_MS;
  try {
    const response = await accepted(path, { ...asking, signal: withLimit(asking.signal, limitMs) });
    const answer: Answer = response.status === 204 ? undefined : await response.json();
    return answer;
  } catch (cause) {
    if (cause instanceof Refusal || asking.signal?.aborted === true) throw cause;
    throw new Refusal('away', '', 0);
  }
}

/** Asks for bytes, such as a recording. @throws {Refusal} */
export async function askBytes(path: string, asking: Asking = {}): Promise<ArrayBuffer> {
  const response = await accepted(path, asking);
  return response.arrayBuffer();
}

/** Asks for an answer that takes a while, and yields its text piece by piece. @throws {Refusal} */
export async function* askInPieces(path: string, asking: Asking = {}): AsyncGenerator<string> {
  const response = await accepted(path, asking);
  if (response.body === null) return;
  const decoder = new TextDecoder();
  // Older browsers cannot iterate over a body.
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    yield decoder.decode(piece.value, { stream: true });
  }
}

/** @throws {Refusal} when the desk refuses */
async function accepted(path: string, asking: Asking): Promise<Response> {
  const response = await send(path, asking);
  setClockBy(response.headers.get('date'));
  if (response.ok) return response;
  if (response.status === 401 && path !== '/api/session') onUnauthorized();
  throw refusalOf(await response.json().catch(() => null), response);
}

async function send(path: string, { method = 'GET', body, headers, signal }: Asking): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: {
        'accept-language': language.value,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new Refusal('away', '', 0);
  }
}

function refusalOf(answer: unknown, response: Response): Refusal {
  const error: unknown = Reflect.get(Object(answer), 'error');
  const code: unknown = Reflect.get(Object(error), 'code');
  const message: unknown = Reflect.get(Object(error), 'message');
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new Refusal(
    typeof code === 'string' ? code : 'internal',
    typeof message === 'string' ? message : '',
    response.status,
    Number.isFinite(after) ? after : null,
  );
}
