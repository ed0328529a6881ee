import { EventReader, type ServerEvent } from './sse.ts';

export interface StreamListener {
  /** The line stands. `isWhole`: it goes on where it was cut, and nothing was missed. */
  readonly onOpen: (isWhole: boolean) => void;
  /** The desk has said something, if only that it is there. */
  readonly onHeard: () => void;
  readonly onEvent: (event: ServerEvent) => void;
  /** The line is down and is tried again. Called after each failed try. */
  readonly onLost: () => void;
  /** The desk does not know us any more. It is tried on until the signal is aborted. */
  readonly onRefused: () => void;
}

/** The desk says something each 5 s; after so long without a word the line is dead. In ms. */
export const SILENT_MS = 15_000;
/** Interval between checks for silence, in ms. docs/desk.md promises the sum of both, and a little more. */
export const LOOK_MS = 2500;
/** The limit for the first byte of a stream, in ms: the desk sends it at once. */
const ANSWER_MS = 10_000;
/** A timer later than this means that the machine slept, in ms. Browsers run timers of hidden pages once a minute. */
const SLEPT_MS = 90_000;
/** Pauses between tries, in ms; each varies a little, so that a whole office doesn't come back at once. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000];

/** Follows the desk's events, for ever and through every break, until it is aborted. */
export async function followEvents(
  { onOpen, onHeard, onEvent, onLost, onRefused }: StreamListener,
  signal: AbortSignal,
): Promise<void> {
  let lastId = '';
  let tries = 0;
  while (!signal.aborted) {
    try {
      await readStream(
        lastId,
        signal,
        (isWhole) => {
          tries = 0;
          onOpen(isWhole);
        },
        onHeard,
        (event) => {
          if (event.id !== '') lastId = event.id;
          onEvent(event);
        },
      );
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RefusedError) onRefused();
    }
    if (signal.aborted) return;
    onLost();
    await pause(RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)] ?? 0, signal);
  }
}

class RefusedError extends Error {}

async function readStream(
  lastId: string,
  signal: AbortSignal,
  onOpen: (isWhole: boolean) => void,
  onHeard: () => void,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const line = new AbortController();
  const abort = (): void => line.abort();
  signal.addEventListener('abort', abort);
  // The browser has another network, or none: a new line shows at once what that is worth.
  window.addEventListener('online', abort);
  window.addEventListener('offline', abort);
  let patience = ANSWER_MS;
  let heardAt = Date.now();
  // A timer that comes far too late means that the machine slept: whatever the line looks like, it is not to be trusted.
  // So does a clock that was set, and by that clock nobody can tell how long the line has been silent.
  let lookedAt = Date.now();
  const watch = setInterval(() => {
    const now = Date.now();
    if (now - heardAt > patience || Math.abs(now - lookedAt) > SLEPT_MS) line.abort();
    lookedAt = now;
  }, LOOK_MS);
  try {
    const response = await fetch('/api/events', {
      headers: { accept: 'text/event-stream', ...(lastId !== '' && { 'last-event-id': lastId }) },
      signal: line.signal,
      cache: 'no-store',
    });
    if (response.status === 401) throw new RefusedError();
    if (!response.ok || response.body === null) throw new Error(`Status ${response.status}`);
    patience = SILENT_MS;
    heardAt = Date.now();
    onOpen(lastId !== '');
    onHeard();
    const events = new EventReader();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heardAt = Date.now();
      onHeard();
      for (const event of events.read(decoder.decode(value, { stream: true }))) onEvent(event);
    }
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
    window.removeEventListener('online', abort);
    window.removeEventListener('offline', abort);
    line.abort();
  }
}

/** Ends early when the browser says that the network is back, or the page is looked at again. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      document.removeEventListener('visibilitychange', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms * (0.75 + Math.random() / 2));
    window.addEventListener('online', end);
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}
