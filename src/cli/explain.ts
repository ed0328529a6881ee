import { Router } from '../call/router.ts';
import { requireDatabase, type LoadedConfig } from '../config/load.ts';
import { DirectoryUnavailableError } from '../directory/directory.ts';
import type { CallerKind } from '../directory/match.ts';
import { openDirectory } from '../directory/open.ts';
import type { Language } from '../routing/reason.text.ts';
import { toJson } from './decision.json.ts';
import { EXIT } from './exit.ts';
import { tellStory } from './story.ts';

export interface ExplainOptions {
  readonly json: boolean;
  readonly language: Language;
  readonly only: ReadonlySet<CallerKind> | undefined;
}

/**
 * Decides for a number as for a call and tells why.
 *
 * @returns the exit status: good whatever was decided, failed when nothing could be
 * @throws {DirectoryUnavailableError | DirectoryTimeoutError | SchemaError}
 */
export async function explain(
  loaded: LoadedConfig,
  number: string,
  options: ExplainOptions,
): Promise<number> {
  requireDatabase(loaded);
  const { config, databasePassword } = loaded;
  const budgetMs = config.routing.deadlineMs;
  const directory = openDirectory(config.database, { password: databasePassword, maxBudgetMs: budgetMs });
  try {
    const report = await directory.start();
    for (const { message } of report.warnings) process.stderr.write(`${message}\n`);
    if (report.problem !== null) throw new DirectoryUnavailableError(report.problem);
    const decision = await new Router(config, directory).route(number, budgetMs, options.only);
    const text = options.json
      ? JSON.stringify(toJson(decision), null, 2)
      : tellStory(number, decision, options.language);
    process.stdout.write(`${text}\n`);
    return EXIT.good;
  } finally {
    await directory.close();
  }
}
