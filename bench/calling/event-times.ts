import type { Call } from '../../src/calls/call.ts';

/** When a follower of the event stream was first told of each state of each call, ms since 1970. */
export type EventTimes = ReadonlyMap<string, Readonly<Partial<Record<Call['state'], number>>>>;

/** Follows `/api/events` as a browser does, until it is ended. */
export async function followEvents(
  port: number,
  token: string,
): Promise<{ readonly times: EventTimes; readonly stop: () => void }> {
  const patience = new AbortController();
  const { body } = await fetch(`http://127.0.0.1:${port}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: patience.signal,
  });
  const times = new Map<string, Partial<Record<Call['state'], number>>>();
  void read(body, times).catch(() => undefined);
  return { times, stop: () => patience.abort() };
}

async function read(
  body: ReadableStream<Uint8Array> | null,
  times: Map<string, Partial<Record<Call['state'], number>>>,
): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    const now = Date.now();
    for (const message of messages) {
      const data = /^event: call\ndata: (.*)$/m.exec(message)?.[1];
      if (data === undefined) continue;
      const { id, state }: Call = JSON.parse(data);
      const known = times.get(id) ?? {};
      known[state] ??= now;
      times.set(id, known);
    }
  }
}
