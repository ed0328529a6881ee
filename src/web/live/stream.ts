import { EventReader, type ServerEvent } from './sse.ts';

export interface StreamListener {
  /** The line stands. `isWhole`: it goes on where it was cut, and nothing was missed. */
  readonly onOpen: (isWhole: boolean) => void;
  readonly onEvent: (event: ServerEvent) => void;
  /** The line is down; it is tried again. Called again with each try in vain. */
  readonly onLost: () => void;
  /** The desk does not know us any more. It is tried on until the signal is aborted. */
  readonly onRefused: () => void;
}

/** The server says something each 15 s; after so long without a word the line is dead. In ms. */
const SILENT_MS = 40_000;
/** Between tries, growing, in ms; each a little off, so that a whole office doesn't come back at once. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000];

/** Follows the desk's events, for ever and through every break, until it is aborted. */
export async function followEvents(
  { onOpen, onEvent, onLost, onRefused }: StreamListener,
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
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const line = new AbortController();
  const abort = (): void => line.abort();
  signal.addEventListener('abort', abort);
  let heardAt = Date.now();
  // A timer that comes far too late means that the machine slept: whatever the line looks like, it is not to be trusted.
  let lookedAt = Date.now();
  const watch = setInterval(() => {
    const now = Date.now();
    if (now - heardAt > SILENT_MS || now - lookedAt > SILENT_MS) line.abort();
    lookedAt = now;
  }, 5000);
  try {
    const response = await fetch('/api/events', {
      headers: { accept: 'text/event-stream', ...(lastId !== '' && { 'last-event-id': lastId }) },
      signal: line.signal,
      cache: 'no-store',
    });
    if (response.status === 401) throw new RefusedError();
    if (!response.ok || response.body === null) throw new Error(`Status ${response.status}`);
    onOpen(lastId !== '');
    const events = new EventReader();
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heardAt = Date.now();
      for (const event of events.read(decoder.decode(value, { stream: true }))) onEvent(event);
    }
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', abort);
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
