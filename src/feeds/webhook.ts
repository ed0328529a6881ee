import { createHmac } from 'node:crypto';
import { CodedError, messageOf, systemCodeOf } from '../util/errors.ts';
import type { FeedMessage, Receiver } from './receiver.ts';

/** A receiver did not take an event: it is away, slow, or answered with something else than 2xx. */
export class WebhookError extends CodedError {
  readonly code = 'FEED_WEBHOOK';
}

/** The receiver is there, and does not want this event; others it may take. */
export class EventRefusedError extends WebhookError {}

/** Of HTTP: what was sent cannot be used. Other answers speak of the receiver, its address or its rights. */
const OF_THE_EVENT: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);

export interface WebhookOptions {
  readonly url: string;
  /** Of the signatures. */
  readonly key: Buffer;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Sends each event as one POST, signed as standardwebhooks.com says. */
export class Webhook implements Receiver {
  readonly atOnce = 4;
  readonly everyMs = null;
  readonly #url: string;
  readonly #key: Buffer;
  readonly #timeoutMs: number;

  constructor({ url, key, timeoutMs = TIMEOUT_MS }: WebhookOptions) {
    this.#url = url;
    this.#key = key;
    this.#timeoutMs = timeoutMs;
  }

  /** @throws {WebhookError} */
  async send(messages: readonly FeedMessage[]): Promise<void> {
    for (const message of messages) await this.#post(message);
  }

  async #post({ id, kind, at, call, subject }: FeedMessage): Promise<void> {
    const body = JSON.stringify({ id, type: kind, timestamp: new Date(at).toISOString(), subject, call });
    const seconds = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', this.#key).update(`${id}.${seconds}.${body}`).digest('base64');
    const response = await this.#fetch(body, {
      'content-type': 'application/json',
      'user-agent': 'courier-agi',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${signature}`,
    });
    // Nobody reads what it says: an endless answer must not be waited for.
    await response.body?.cancel().catch(() => undefined);
    const { ok, status } = response;
    if (ok) return;
    const text = `${this.#host} answered ${status}.`;
    throw OF_THE_EVENT.has(status) ? new EventRefusedError(text) : new WebhookError(text);
  }

  get #host(): string {
    return new URL(this.#url).host;
  }

  async #fetch(body: string, headers: Record<string, string>): Promise<Response> {
    try {
      return await fetch(this.#url, {
        method: 'POST',
        body,
        headers,
        // The signature is for this receiver, not for whomever it points at.
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
    } catch (thrown) {
      // Of a failed connection it says "fetch failed" only, and the reason beside it.
      const cause: unknown = Reflect.get(Object(thrown), 'cause') ?? thrown;
      const why =
        Reflect.get(Object(thrown), 'name') === 'TimeoutError'
          ? `did not answer within ${this.#timeoutMs} ms`
          : `cannot be reached: ${systemCodeOf(cause) ?? messageOf(cause)}`;
      throw new WebhookError(`${this.#host} ${why}.`, { cause: thrown });
    }
  }
}
