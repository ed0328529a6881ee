import { Router } from '../scripts/route/router.ts';
import { isDemo, requireDatabase, type LoadedConfig } from '../config/load.ts';
import { DirectoryTimeoutError, DirectoryUnavailableError } from '../directory/directory.ts';
import type { CallerKind } from '../directory/match.ts';
import { findRunningServer } from '../doctor/running-server.ts';
import { configurationRemarks } from '../monitoring/configuration-status.ts';
import { openResilientDirectory } from '../directory/open.ts';
import { invalid, nobody, type Decision } from '../routing/decision.ts';
import type { Language } from '../util/language.ts';
import { toJson } from './decision.json.ts';
import { EXIT } from './exit.ts';
import { tellStory } from './story.ts';

export interface ExplainOptions {
  readonly json: boolean;
  readonly language: Language;
  readonly only: ReadonlySet<CallerKind> | undefined;
}

/**
 * Decides for a number as for a call and tells why. With the database away it uses the snapshot that the
 * server has left on disk, as the server does.
 *
 * @returns the exit status: good whatever was decided, failed when nothing could be
 * @throws {DatabaseUrlError | SchemaError}
 */
export async function explain(
  loaded: LoadedConfig,
  number: string,
  options: ExplainOptions,
): Promise<number> {
  requireDatabase(loaded);
  const { config, databasePassword } = loaded;
  const budgetMs = config.routing.deadlineMs;
  const directory = openResilientDirectory(config.database, config.snapshot, {
    password: databasePassword,
    country: config.numbers.country,
    maxBudgetMs: budgetMs,
    readOnlySnapshot: true,
    onSnapshot: (event) => {
      if ('error' in event) tell(String(event.error));
    },
    onProblem: () => {},
    onBack: () => {},
  });
  try {
    const report = await directory.start();
    for (const { message } of report.warnings) tell(message);
    if (report.problem !== null) tell(report.problem);
    if (isDemo(loaded)) tell('This is the DEMO DATABASE: there is no configuration, or it says demo:');
    const decision = await decideFor(
      new Router(config, directory),
      number,
      budgetMs,
      options.only,
      report.problem,
    );
    const text = options.json
      ? JSON.stringify(toJson(decision), null, 2)
      : tellStory(number, decision, options.language);
    process.stdout.write(`${text}\n`);
    if (decision.invalid !== null && mayBeOfOwnCity(number, config.numbers.areaCode)) {
      tell(NAME_THE_CITY[options.language]);
    }
    const server = await findRunningServer(config);
    if (server !== null) {
      for (const remark of configurationRemarks(server.status.configuration, loaded.file)) {
        tell(remark[options.language]);
      }
    }
    return decision.status === 'ERROR' ? EXIT.failed : EXIT.good;
  } finally {
    await directory.close();
  }
}

/** Which city is meant, no number of 5 to 7 digits tells, and `contacts` may have it in several. */
const NAME_THE_CITY = {
  en: 'If this is a number of your own city without its code, name that code in numbers.areaCode.',
  ru: 'Если это номер вашего города без кода, укажите код города в numbers.areaCode.',
};

function mayBeOfOwnCity(number: string, areaCode: string): boolean {
  return areaCode === '' && /^(?:\D*\d){5,7}\D*$/.test(number);
}

/** As for a call: a look-up that fails is an ERROR. @param told what has been said about the database already */
async function decideFor(
  router: Router,
  raw: string,
  budgetMs: number,
  only: ReadonlySet<CallerKind> | undefined,
  told: string | null,
): Promise<Decision> {
  const number = router.normalise(raw);
  if (number.kind === 'invalid') return invalid(number.reason);
  try {
    return await router.route(number.digits, budgetMs, { only });
  } catch (error) {
    if (!(error instanceof DirectoryUnavailableError || error instanceof DirectoryTimeoutError)) throw error;
    const isTold = told !== null && error.message.includes(told);
    tell(isTold ? 'There is no snapshot that is new enough to answer in its place.' : error.message);
    return nobody('ERROR', number.digits);
  }
}

/** What is not the result goes to stderr. */
function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
