import type { ServerEvent } from './sse.ts';
import { hasLocks, withLock } from './lock.ts';
import { followEvents, type StreamListener } from './stream.ts';

type Message =
  | { readonly kind: 'event'; readonly event: ServerEvent }
  | { readonly kind: 'open'; readonly isWhole: boolean }
  | { readonly kind: 'lost' }
  | { readonly kind: 'refused' }
  /** A tab that was opened asks how things stand. */
  | { readonly kind: 'hello' };

/**
 * One stream of events for all tabs of a browser: a browser keeps six connections to a server, and each tab would hold
 * one. The tab that has the lock reads it and tells the others; when it is closed another one gets the lock.
 */
export function shareEvents(listener: StreamListener, signal: AbortSignal): void {
  const channel = new BroadcastChannel('courier-agi-events');
  let isLeader = false;
  let isOpen = false;

  const take = (message: Message): void => {
    switch (message.kind) {
      case 'event':
        return listener.onEvent(message.event);
      case 'open':
        return listener.onOpen(message.isWhole);
      case 'lost':
        return listener.onLost();
      case 'refused':
        return listener.onRefused();
      case 'hello':
        if (isLeader && isOpen) channel.postMessage({ kind: 'open', isWhole: false } satisfies Message);
    }
  };
  const tell = (message: Message): void => {
    if (message.kind === 'open') isOpen = true;
    if (message.kind === 'lost') isOpen = false;
    if (hasLocks) channel.postMessage(message);
    take(message);
  };

  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => take(data));
  channel.postMessage({ kind: 'hello' } satisfies Message);
  signal.addEventListener('abort', () => channel.close());

  const lead = async (): Promise<void> => {
    isLeader = true;
    await followEvents(
      {
        onOpen: (isWhole) => tell({ kind: 'open', isWhole }),
        onEvent: (event) => tell({ kind: 'event', event }),
        onLost: () => tell({ kind: 'lost' }),
        onRefused: () => tell({ kind: 'refused' }),
      },
      signal,
    );
  };
  withLock('courier-agi-events', lead, signal);
}
