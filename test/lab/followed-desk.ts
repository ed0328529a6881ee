import type { Call } from '../../src/calls/call.ts';
import type { DeskProcess } from './desk-process.ts';

/** A version of a call, as it came over the event stream of the pages. */
export interface ToldCall {
  /** When it came, ms since 1970. */
  readonly at: number;
  readonly call: Call;
}

export interface FollowedDesk {
  /** In the order in which they came. */
  readonly told: readonly ToldCall[];
  readonly stop: () => void;
}

/** Follows `/api/events` as a page does. Comes back when the desk has begun to tell. */
export async function followDesk({
  port,
  token,
}: Pick<DeskProcess, 'port' | 'token'>): Promise<FollowedDesk> {
  const told: ToldCall[] = [];
  const ending = new AbortController();
  const { body } = await fetch(`http://127.0.0.1:${port}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: ending.signal,
  });
  if (body === null) throw new Error('The desk tells nothing.');
  const read = async (): Promise<void> => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const at = Date.now();
      text += decoder.decode(chunk, { stream: true });
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^event: call\ndata: (.*)$/m.exec(event)?.[1];
        if (data !== undefined) told.push({ at, call: JSON.parse(data) });
      }
    }
  };
  // A stream that breaks leaves a test without what it waits for.
  read().catch(() => undefined);
  return { told, stop: () => ending.abort() };
}
