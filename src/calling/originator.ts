import { AmiActionError, AmiAwayError, AmiEncodingError, AmiRightsError } from '../ami/errors.ts';
import type { AmiMessage } from '../ami/message.ts';
import type { Call } from '../calls/call.ts';
import { asteriskAway, type CallingAsterisk } from './asterisk.ts';
import { newChannelId } from './channel-id.ts';
import type { Deadline } from './deadline.ts';
import type { LostCalls } from './lost-calls.ts';
import type { Parties } from './parties.ts';
import type { PlacedCall, PlacedCalls, RememberedRequest } from './placed-calls.ts';
import { provisionalCall } from './provisional-call.ts';
import { CallRefusedError } from './refusals.ts';
import type { CallRequest } from './request.ts';
import type { RequestJournal } from './request-journal.ts';
import { originate, type TemplateOptions } from './template.ts';

export interface OriginatorOptions {
  readonly placed: PlacedCalls;
  readonly lost: LostCalls;
  readonly requests: RequestJournal;
  readonly tell: (call: Call) => void;
  readonly onProblem: (problem: unknown) => void;
}

/** A call that has been looked at, and can be made. */
export interface CheckedCall {
  readonly request: CallRequest;
  readonly parties: Parties;
  readonly asterisk: CallingAsterisk;
  readonly onCall: ((call: Call) => void) | undefined;
}

/** The answer to Originate comes at once. In ms. */
const ORIGINATE_MS = 800;
/** With less time left nothing is begun: it would be rung, and ended at once. In ms. */
const LEAST_MS = 100;

/** Puts calls to Asterisk, each once, and knows of each whether it will be made. */
export class Originator {
  readonly #options: OriginatorOptions;

  constructor(options: OriginatorOptions) {
    this.#options = options;
  }

  /**
   * @returns the call as it is now, or an earlier request with the same key
   * @throws {CallRefusedError} it is not made
   */
  async originate(
    { request, parties, asterisk, onCall }: CheckedCall,
    template: TemplateOptions,
    deadline: Deadline,
  ): Promise<Call | RememberedRequest> {
    const { placed: calls, requests, tell } = this.#options;
    const { requester, by, key } = request;
    const id = newChannelId(by === 'test');
    const at = Date.now();
    const { headers, timeoutMs } = originate(parties, id, template);
    const call = provisionalCall(parties, { id, asterisk: asterisk.name, at });
    const placed: PlacedCall = {
      id,
      callId: call.id,
      asterisk: asterisk.name,
      requester: requester.name,
      by,
      user: requester.user,
      key,
      links: parties.links,
      asked: { from: call.from, to: call.to, direction: call.direction },
      createdAt: at,
      ringsUntil: at + timeoutMs,
      call,
      state: 'placing',
      cancelledAt: null,
      isSeen: false,
      actionId: undefined,
      onCall,
    };
    calls.add(placed);
    const same = await requests.add(placed);
    if (same !== undefined) {
      calls.remove(placed);
      calls.remember(same);
      return same;
    }
    if (deadline.leftMs < LEAST_MS) {
      this.#forget(placed);
      throw asteriskAway();
    }
    const answer = asterisk.client.action('Originate', headers);
    try {
      const accepted = await deadline.within(answer, asteriskAway, ORIGINATE_MS);
      placed.actionId = accepted.get('ActionID');
      placed.state = 'placed';
      tell(call);
      return placed.call;
    } catch (error) {
      throw this.#refusalOf(error, placed, { answer, context: template.calls.context });
    }
  }

  /** What an Originate failed with: nothing was done, or nobody knows. */
  #refusalOf(
    error: unknown,
    placed: PlacedCall,
    { answer, context }: { readonly answer: Promise<AmiMessage>; readonly context: string },
  ): CallRefusedError {
    const isRefused = error instanceof AmiActionError || error instanceof AmiRightsError;
    if (isRefused || error instanceof AmiAwayError || error instanceof AmiEncodingError) {
      this.#forget(placed);
      if (!isRefused) return asteriskAway(error);
      this.#options.onProblem(error);
      const isMissing = error.message.includes('Extension does not exist');
      return isMissing
        ? new CallRefusedError('no_dialplan', context, { cause: error })
        : new CallRefusedError('asterisk_refused', '', { cause: error });
    }
    placed.state = 'abandoned';
    this.#options.requests.change((store) => store.update(placed.id, { state: 'abandoned' }));
    void this.#options.lost.endWhenAccepted(placed, answer);
    return asteriskAway(error);
  }

  /** Nothing of it has reached Asterisk: the key is free again. */
  #forget(placed: PlacedCall): void {
    this.#options.placed.remove(placed);
    this.#options.requests.change((store) => store.remove(placed.id));
  }
}
