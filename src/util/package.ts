import { readFileSync } from 'node:fs';

/** The root of the installed package: two levels above this file, both in src/ and in dist/. */
export const PACKAGE_ROOT = new URL('../../', import.meta.url);

/** `version` of package.json. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'));
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : null;
  return String(version);
}
