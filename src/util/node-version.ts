import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from './package.ts';

/*
 * main.ts asks this before it loads anything else, so it must run on a Node.js that is too old for the rest:
 * nothing here is younger than Node.js 14.
 */

/** The version in `engines.node` of package.json, without its `>=`. */
export function requiredNode(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8');
  const [, version = '0'] = /"node":\s*">=([\d.]+)"/.exec(text) || [];
  return version;
}

/** @param version such as `20.20.2` */
export function isAtLeast(version: string, required: string): boolean {
  const have = version.split('.').map(Number);
  for (const [index, need] of required.split('.').map(Number).entries()) {
    const difference = (have[index] || 0) - need;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** One line for whoever starts any command on a Node.js that is too old; null when it is new enough. */
export function complainOfNode(version: string, required = requiredNode()): string | null {
  if (isAtLeast(version, required)) return null;
  return (
    `courier-agi needs Node.js ${required} or later, and this is ${version}: ` +
    'Debian 13 has it, for older systems see https://nodejs.org/en/download'
  );
}
