import type { Config } from '../../config/config.ts';
import type { Directory } from '../../directory/directory.ts';
import type { Match } from '../../directory/match.ts';
import { createFieldParser } from '../../phone/field.ts';
import { normaliseNumber, type NumberResult } from '../../phone/number.ts';
import type { AttemptRules } from '../../routing/attempts.ts';
import { decide, type Restrictions } from '../../routing/decide.ts';
import type { Decision } from '../../routing/decision.ts';
import { createDialer } from '../../routing/dialer.ts';

/** From a caller's number to a decision: normalise, look up, decide. */
export class Router {
  readonly #directory: Directory;
  readonly #numbers: Config['numbers'];
  readonly #rules: AttemptRules;

  constructor(config: Config, directory: Directory) {
    this.#directory = directory;
    this.#numbers = config.numbers;
    this.#rules = {
      routing: config.routing,
      dialer: createDialer(config.dial, config.numbers.country),
      courierPrefix: config.dial.courierPrefix,
      parseField: createFieldParser(config.numbers.country, config.numbers),
    };
  }

  /** @param raw the number as the trunk or a person wrote it */
  normalise(raw: string): NumberResult {
    return normaliseNumber(raw, this.#numbers.country, this.#numbers);
  }

  /**
   * @param digits a normalised number
   * @param budgetMs time for the look-up
   * @param restrictions kinds of callers to look for, all that `routing.priority` names when left out; and a number
   *   that is not to be rung
   * @throws {DirectoryBusyError | DirectoryTimeoutError | DirectoryUnavailableError} the look-up failed
   */
  async route(digits: string, budgetMs: number, restrictions?: Restrictions): Promise<Decision> {
    return decide(digits, await this.#directory.find(digits, budgetMs), this.#rules, restrictions);
  }

  /** As `route`, and what the decision was made of. */
  async explain(
    digits: string,
    budgetMs: number,
    restrictions?: Restrictions,
  ): Promise<{ decision: Decision; matches: readonly Match[] }> {
    const answer = await this.#directory.find(digits, budgetMs);
    return { decision: decide(digits, answer, this.#rules, restrictions), matches: answer.matches };
  }
}
