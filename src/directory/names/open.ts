import { parseDatabaseUrl } from '../mysql/database-url.ts';
import { DemoNames } from './demo.names.ts';
import { MysqlNames } from './mysql.names.ts';
import type { NamesReader } from './names.ts';

/**
 * @param url of the courier database, or `demo:`
 * @param password takes the place of the one in the URL
 * @throws {DatabaseUrlError}
 */
export function openNames(
  url: string,
  password: string | undefined,
  onProblem: (problem: string) => void,
): NamesReader {
  if (url === 'demo:') return new DemoNames();
  return new MysqlNames({ address: parseDatabaseUrl(url, password), onProblem });
}
