import type { Client } from '../accounts/client.ts';
import type { Call } from '../calls/call.ts';
import { isSeenWhole, withoutStaff, type IsOfStaff } from './seen-calls.ts';

/** `joined`: a call that was told turned out to be a part of another one, and is no more. */
type DeskEventName = 'joined' | 'gap' | 'status' | 'survey';

/** What happens, as those who follow are told. */
export interface DeskEvent {
  /** One more than that of the event before. */
  readonly id: number;
  /** As it goes over the line: it is written once for all who follow. @param client not all see the whole of a call */
  readonly textFor: (client: Client) => string;
}

/** Events that are kept for those who were cut off for a moment. */
const KEPT = 2000;

/** Hands each event to whoever follows, and remembers the last ones. */
export class CallEvents {
  readonly isOfStaff: IsOfStaff;
  readonly #kept: DeskEvent[] = [];
  readonly #followers = new Set<(event: DeskEvent) => void>();
  /** A desk that was started anew must not repeat the numbers of the one before. */
  #lastId = Date.now() * 1000;

  constructor(isOfStaff: IsOfStaff) {
    this.isOfStaff = isOfStaff;
  }

  publish(name: DeskEventName, data: unknown): void {
    const id = ++this.#lastId;
    const text = toText(id, name, data);
    this.#tell({ id, textFor: () => text });
  }

  /** A call at a change. */
  publishCall(call: Call): void {
    const id = ++this.#lastId;
    const whole = toText(id, 'call', call);
    let reduced: string | undefined;
    this.#tell({
      id,
      textFor: (client) =>
        isSeenWhole(client, call)
          ? whole
          : (reduced ??= toText(id, 'call', withoutStaff(call, this.isOfStaff))),
    });
  }

  #tell(event: DeskEvent): void {
    this.#kept.push(event);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const follower of this.#followers) follower(event);
  }

  /** @returns ends it. @param follower must not throw */
  follow(follower: (event: DeskEvent) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  get followers(): number {
    return this.#followers.size;
  }

  /**
   * What came after an event.
   *
   * @returns null when that is not known any more: everything must be read anew
   */
  since(id: number): readonly DeskEvent[] | null {
    const oldest = this.#kept[0]?.id ?? this.#lastId + 1;
    if (id < oldest - 1 || id > this.#lastId) return null;
    return this.#kept.filter((event) => event.id > id);
  }
}

function toText(id: number, name: string, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
