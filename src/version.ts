import { readFileSync } from 'node:fs';

/** The root of the installed package: one level above this file, both in src/ and in dist/. */
export const PACKAGE_ROOT = new URL('../', import.meta.url);

/** `version` of package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
