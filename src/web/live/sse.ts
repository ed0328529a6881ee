export interface ServerEvent {
  /** Empty when it has none. */
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/**
 * Reads server-sent events from the text of a stream, however it is cut. EventSource would do the same, but it hides the
 * server's heartbeat, without which a dead line looks like a quiet one, and it can't go on where another tab was.
 */
export class EventReader {
  #rest = '';
  #id = '';
  #name = '';
  #data: string[] = [];

  /** @returns events that are complete with this text. Comments and unknown fields are left out */
  read(text: string): ServerEvent[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const line of lines) {
      const event = this.#take(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (event !== undefined) events.push(event);
    }
    return events;
  }

  #take(line: string): ServerEvent | undefined {
    if (line === '') return this.#finish();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') this.#id = value;
    else if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
    return undefined;
  }

  #finish(): ServerEvent | undefined {
    const event = { id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return isEmpty ? undefined : event;
  }
}
