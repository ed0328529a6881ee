import { get, type IncomingMessage } from 'node:http';
import { CodedError, messageOf } from '../util/errors.ts';
import type { ServerStatus } from '../monitoring/monitor.ts';

export interface HttpTarget {
  readonly host: string;
  readonly port: number;
}

/** No server answers on the port for health and metrics, or something else does. */
export class HttpClientError extends CodedError {
  readonly code = 'HTTP_CLIENT';
}

const TIMEOUT_MS = 2_000;
const MAX_BODY = 1_000_000;

/** @throws {HttpClientError} */
export async function fetchStatus(target: HttpTarget): Promise<ServerStatus> {
  const response = await open(target, '/status');
  let body = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      body += String(chunk);
      if (body.length > MAX_BODY) break;
    }
  } catch (cause) {
    throw brokeOff(target, cause);
  }
  const status = parse(body);
  if (isServerStatus(status)) return status;
  throw new HttpClientError(`What answers on ${where(target)} is not courier-agi.`);
}

/**
 * The last calls, one JSON text each.
 *
 * @param follow go on with those to come, until `signal` or the server ends it
 * @throws {HttpClientError} also when the server ends while it is followed
 */
export async function* fetchCalls(
  target: HttpTarget,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await open(target, follow ? '/calls?follow=1' : '/calls', { signal, endless: true });
  let rest = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield line;
    }
  } catch (cause) {
    if (!signal.aborted) throw brokeOff(target, cause);
  }
  if (follow && !signal.aborted) throw new HttpClientError(`${where(target)} ended: the server stopped.`);
}

/** @param endless the answer may be silent for long, or who reads it may be slow */
function open(
  target: HttpTarget,
  path: string,
  { signal, endless = false }: { signal?: AbortSignal; endless?: boolean } = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const refuse = (problem: string, cause?: Error): void =>
      reject(
        new HttpClientError(
          `No courier-agi answers on ${where(target)}: ${problem}. Does the server run, and is http.enabled true?`,
          { cause },
        ),
      );
    let answer: IncomingMessage | undefined;
    const request = get({ ...target, path, agent: false, ...(signal && { signal }) }, (response) => {
      answer = response;
      if (endless) request.setTimeout(0);
      if (response.statusCode === 200) return resolve(response);
      response.resume();
      refuse(`status ${response.statusCode}`);
    });
    request.setTimeout(TIMEOUT_MS, () =>
      (answer ?? request).destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)),
    );
    request.on('error', (error) => refuse(error.message, error));
  });
}

function brokeOff(target: HttpTarget, cause: unknown): HttpClientError {
  return new HttpClientError(`${where(target)} broke off: ${messageOf(cause)}.`, { cause });
}

function where({ host, port }: HttpTarget): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isServerStatus(value: unknown): value is ServerStatus {
  return typeof value === 'object' && value !== null && 'name' in value && value.name === 'courier-agi';
}
