import type { AgiSession } from '../../agi/session.ts';
import type { OutboundRecord } from '../../monitoring/outbound-log.ts';
import { noRoute, type OutboundRouter } from '../../routing/outbound.ts';
import { answer } from '../answer.ts';
import { asError, ScriptRequestError } from '../errors.ts';
import type { Script, ScriptRequest } from '../script.ts';
import { toVariables } from './channel-variables.ts';

export interface OutboundScriptOptions {
  /** Asked once a call, so that a reload reaches the next call and none in progress. */
  readonly router: () => OutboundRouter;
  readonly onCall: (record: OutboundRecord) => void;
}

/** `agi://host/outbound?number=${EXTEN}`: over which trunks the office calls a number; with `courier=1` a courier's. */
export class OutboundScript implements Script {
  readonly parameters = ['number', 'courier'];
  readonly #options: OutboundScriptOptions;

  constructor(options: OutboundScriptOptions) {
    this.#options = options;
  }

  /** Never rejects: whatever goes wrong becomes `ROUTE_STATUS=ERROR`, or is part of the record. */
  async run(session: AgiSession, { environment, params, linkedId }: ScriptRequest): Promise<void> {
    let route = noRoute('ERROR', null);
    let problem: Error | null = null;
    try {
      const number = params.get('number');
      if (number === undefined) {
        throw new ScriptRequestError('the AGI script outbound needs the number: outbound?number=${EXTEN}');
      }
      route = this.#options.router().route(number, params.get('courier') === '1');
    } catch (cause) {
      problem = asError(cause);
    }
    const { outcome, error } = await answer(session, toVariables(route), problem);
    const totalMs = performance.now() - session.acceptedAt;
    this.#options.onCall({ uniqueId: environment.uniqueId, linkedId, outcome, route, error, totalMs });
  }
}
