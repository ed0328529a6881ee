import type { ServerEvent } from './sse.ts';
import { hasLocks, withLock } from './lock.ts';
import { followEvents, LOOK_MS, SILENT_MS, type StreamListener } from './stream.ts';

type Message =
  | { readonly kind: 'event'; readonly event: ServerEvent }
  | { readonly kind: 'open'; readonly isWhole: boolean }
  | { readonly kind: 'heard' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused' }
  /** A tab that was opened asks how things stand. */
  | { readonly kind: 'hello' };

/**
 * One stream of events for all tabs of a browser: a browser keeps six connections to a server, and each tab would hold
 * one. The tab that has the lock reads it and tells the others; when it is closed another one gets the lock. The others
 * don't trust it blindly: a browser may slow down or freeze a tab that nobody looks at.
 */
export function shareEvents(listener: StreamListener, signal: AbortSignal): void {
  const channel = new BroadcastChannel('courier-agi-events');
  let isLeader = false;
  let isOpen = false;
  let heardAt = Date.now();

  const take = (message: Message): void => {
    switch (message.kind) {
      case 'event':
        return listener.onEvent(message.event);
      case 'open':
        isOpen = true;
        heardAt = Date.now();
        return listener.onOpen(message.isWhole);
      case 'heard':
        heardAt = Date.now();
        if (!isOpen) take({ kind: 'open', isWhole: false });
        return listener.onHeard();
      case 'lost':
        isOpen = false;
        return listener.onLost();
      case 'refused':
        return listener.onRefused();
      case 'hello':
        if (isLeader && isOpen) channel.postMessage({ kind: 'open', isWhole: false } satisfies Message);
    }
  };
  const tell = (message: Message): void => {
    if (hasLocks) channel.postMessage(message);
    take(message);
  };

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => take(data));
  channel.postMessage({ kind: 'hello' } satisfies Message);
  const watch = setInterval(() => {
    const isSilent = Date.now() - heardAt > SILENT_MS;
    if (isSilent && isOpen && !isLeader) take({ kind: 'lost' });
  }, LOOK_MS);
  signal.addEventListener('abort', () => {
    clearInterval(watch);
    channel.close();
  });

  const lead = async (): Promise<void> => {
    isLeader = true;
    await followEvents(
      {
        onOpen: (isWhole) => tell({ kind: 'open', isWhole }),
        onHeard: () => tell({ kind: 'heard' }),
        onEvent: (event) => tell({ kind: 'event', event }),
        onLost: () => tell({ kind: 'lost' }),
        onRefused: () => tell({ kind: 'refused' }),
      },
      signal,
    );
  };
  withLock('courier-agi-events', lead, signal);
}
