import type { CallResult } from './asterisk.ts';
import type { Expectation, Scenario } from './scenario.ts';

/**
 * What went otherwise than the scenario expects, a sentence each; empty when the call was as it should be.
 *
 * A variable that is not set counts as empty, as in the dialplan. `AGISTATUS` can be expected like a
 * variable. What a real Asterisk would have stumbled over fails a scenario even where nothing is expected.
 */
export function checkCall(scenario: Pick<Scenario, 'expectations'>, result: CallResult): string[] {
  const failures = scenario.expectations.flatMap((expectation) => {
    const failure = checkExpectation(expectation, result.variables.get(expectation.name));
    return failure === undefined ? [] : [failure];
  });
  return [...result.problems, ...failures];
}

function checkExpectation(expectation: Expectation, value: string | undefined): string | undefined {
  const { name } = expectation;
  const actual = value === undefined ? `${name} is not set` : `${name} is «${value}»`;
  const text = value ?? '';
  if (expectation.kind === 'present') return text === '' ? `${actual}, expected any value` : undefined;
  if (expectation.kind === 'matches') {
    // `source` escapes slashes that the scenario's author did not.
    const pattern = expectation.pattern.source.replaceAll('\\/', '/');
    return expectation.pattern.test(text) ? undefined : `${actual}, expected to match ${pattern}`;
  }
  if (text === expectation.value) return undefined;
  return `${actual}, expected ${expectation.value === '' ? 'nothing' : `«${expectation.value}»`}`;
}
