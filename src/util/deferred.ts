/** A promise and its two ends. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/**
 * Rejects a promise that may have been forgotten: it never becomes an unhandled rejection, which would end
 * the process and every other call with it. Whoever awaits it gets the error all the same.
 */
export function rejectGently(target: Pick<Deferred<unknown>, 'promise' | 'reject'>, error: unknown): void {
  void target.promise.catch(() => undefined);
  target.reject(error);
}

/** The same for what is known to fail at once. */
export function gentleRejection<T>(error: unknown): Promise<T> {
  const failed = deferred<never>();
  rejectGently(failed, error);
  return failed.promise;
}
