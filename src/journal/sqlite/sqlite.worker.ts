import { parentPort, workerData } from 'node:worker_threads';
import type { QueryResult } from 'kysely';
import { messageOf } from '../../util/errors.ts';
import { SqliteConnection } from './connection.ts';

/** From the main thread: a statement, or `null` to close. */
export type WorkerRequest = {
  readonly id: number;
  readonly sql: string;
  readonly values: readonly unknown[];
} | null;

export type WorkerReply =
  | { readonly id: number; readonly result: QueryResult<never> }
  | { readonly id: number; readonly error: string; readonly errcode: number | undefined };

const port = parentPort;
if (port === null) throw new Error('This file runs as a worker thread.');

/** Opened by the first statement, so that a file that cannot be opened is an answer and no crash. */
let connection: SqliteConnection | undefined;

port.on('message', (request: WorkerRequest) => {
  if (request === null) {
    connection?.close();
    port.close();
    return;
  }
  const { id, sql, values } = request;
  let reply: WorkerReply;
  try {
    connection ??= new SqliteConnection(String(workerData));
    reply = { id, result: connection.run(sql, values) };
  } catch (error) {
    const errcode: unknown = Reflect.get(Object(error), 'errcode');
    reply = { id, error: messageOf(error), errcode: typeof errcode === 'number' ? errcode : undefined };
  }
  port.postMessage(reply);
});
