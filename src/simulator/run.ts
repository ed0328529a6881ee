import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { playCall, type CallOptions, type CallResult, type Target } from './asterisk.ts';
import { checkCall } from './check.ts';
import { parseScenario, ScenarioError, type Scenario } from './scenario.ts';

export interface RunOptions extends CallOptions {
  /** How many calls at once; 1 by default, so that a call's milliseconds are its own. */
  readonly concurrency?: number;
}

/** One scenario's outcome. */
export interface ScenarioOutcome {
  readonly scenario: Scenario;
  readonly result: CallResult;
  /** In plain words; empty when every expectation was met. */
  readonly failures: readonly string[];
}

/**
 * Reads scenarios. A folder stands for its `*.agi` files, sorted by name.
 *
 * @throws {ScenarioError} a file is not a scenario, or says nothing
 * @throws a file system error when a path cannot be read
 */
export async function loadScenarios(paths: readonly string[]): Promise<Scenario[]> {
  const files = await Promise.all(paths.map((path) => filesOf(path)));
  return Promise.all(files.flat().map(readScenario));
}

/** An empty file would pass for ever: it is somebody's mistake, such as a copy that failed. */
async function readScenario(file: string): Promise<Scenario> {
  const scenario = parseScenario(await readFile(file, 'utf8'), file);
  const { environment, presets, expectations, hangupAfter } = scenario;
  if (environment.size + presets.size + expectations.length === 0 && hangupAfter === undefined) {
    throw new ScenarioError(
      file,
      1,
      '',
      'a scenario says something: who calls (agi_callerid: …), or what to expect',
    );
  }
  return scenario;
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.agi'));
  return names.toSorted().map((name) => join(path, name));
}

/** Plays the scenarios against the server, several at once; outcomes come in the scenarios' order. */
export async function runScenarios(
  target: Target,
  scenarios: readonly Scenario[],
  options: RunOptions = {},
): Promise<ScenarioOutcome[]> {
  const outcomes: ScenarioOutcome[] = [];
  const queue = scenarios.entries();
  const worker = async (): Promise<void> => {
    for (const [index, scenario] of queue) {
      const result = await playCall(target, scenario, options);
      outcomes[index] = { scenario, result, failures: checkCall(scenario, result) };
    }
  };
  const workers = Math.min(Math.max(1, options.concurrency ?? 1), scenarios.length);
  await Promise.all(Array.from({ length: workers }, worker));
  return outcomes;
}
