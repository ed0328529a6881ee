import { wantsColour } from '../util/colour.ts';
import type { Target } from '../simulator/asterisk.ts';
import { loadScenarios, runScenarios, type ScenarioOutcome } from '../simulator/run.ts';
import type { Scenario } from '../simulator/scenario.ts';
import { formatTable } from '../simulator/table.ts';
import { EXIT } from './exit.ts';

/** Plays Asterisk's side of the scenarios in the files and folders. @returns the exit status */
export async function simulate(target: Target, paths: readonly string[], json: boolean): Promise<number> {
  return playAndPrint(target, await loadScenarios(paths), json);
}

export async function playAndPrint(
  target: Target,
  scenarios: readonly Scenario[],
  json: boolean,
  grouped = false,
): Promise<number> {
  // A path that is wrong must not look like success for ever.
  if (scenarios.length === 0) {
    process.stderr.write('There is no scenario: name files, or folders with *.agi files.\n');
    return EXIT.usage;
  }
  const outcomes = await runScenarios(target, scenarios);
  process.stdout.write(
    json
      ? `${JSON.stringify(outcomes.map(toJson), null, 2)}\n`
      : formatTable(outcomes, {
          colour: wantsColour(process.stdout, process.env['NO_COLOR']),
          width: process.stdout.columns,
          grouped,
        }),
  );
  return outcomes.every(({ failures }) => failures.length === 0) ? EXIT.good : EXIT.failed;
}

function toJson({ scenario, result, failures }: ScenarioOutcome): object {
  return {
    file: scenario.file,
    title: scenario.title,
    ok: failures.length === 0,
    failures,
    agiStatus: result.agiStatus,
    durationMs: result.durationMs,
    variables: Object.fromEntries(result.variables),
    commands: result.commands,
  };
}
