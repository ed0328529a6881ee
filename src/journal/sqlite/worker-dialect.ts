import { Worker } from 'node:worker_threads';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { deferred } from '../../util/deferred.ts';
import { JournalStoreError } from '../errors.ts';
import type { WorkerReply, WorkerRequest } from './sqlite.worker.ts';

/**
 * SQLite in a worker thread of its own: the engine is synchronous, and neither a search of 100 ms nor a slow
 * disk may hold up what the main thread does.
 *
 * @param path of the database file; `:memory:` is of no use here, since each dialect has a thread of its own
 */
export function sqliteWorkerDialect(path: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new WorkerDriver(path),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Statements and their values die at once: by itself V8 would let 48 MB of them lie in each of two threads. */
const YOUNG_MB = 3;

interface Pending {
  readonly resolve: (result: QueryResult<never>) => void;
  readonly reject: (error: Error) => void;
}

/** One connection. Who asks for it while another one has it, waits. */
class WorkerDriver implements Driver {
  readonly #path: string;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #free: Promise<void> = Promise.resolve();
  #release: (() => void) | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async init(): Promise<void> {
    // Options of the main thread, such as --input-type, need not fit the worker.
    const file = new URL('./sqlite.worker.js', import.meta.url);
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    const worker = new Worker(file, { workerData: this.#path, execArgv: [], resourceLimits });
    worker.on('message', (reply: WorkerReply) => this.#settle(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new JournalStoreError('The journal is closed.')));
    // A process waits for answers, and for nothing else of it.
    worker.unref();
    this.#worker = worker;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#free;
    const { promise, resolve } = deferred<void>();
    this.#free = promise;
    await before;
    this.#release = resolve;
    return {
      executeQuery: <Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> =>
        this.#ask(sql, parameters),
      streamQuery: () => {
        throw new JournalStoreError('SQLite in a worker answers a statement as a whole.');
      },
    };
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }

  async releaseConnection(): Promise<void> {
    this.#release?.();
  }

  async destroy(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    worker.postMessage(null);
    await exited;
  }

  #ask(sql: string, values: readonly unknown[]): Promise<QueryResult<never>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#worker === undefined) {
        reject(new JournalStoreError(`The journal ${this.#path} is closed.`));
        return;
      }
      if (this.#pending.size === 0) this.#worker.ref();
      this.#pending.set(id, { resolve, reject });
      const request: WorkerRequest = { id, sql, values };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      this.#worker.postMessage(request);
    });
  }

  #settle(reply: WorkerReply): void {
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if ('result' in reply) pending?.resolve(reply.result);
    else {
      const { error, errcode } = reply;
      pending?.reject(new JournalStoreError(`The journal ${this.#path}: ${error}`, { errcode }));
    }
  }

  /** The thread has ended: whatever waits for it will not come, nor what is asked from now on. */
  #fail(error: Error): void {
    this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
