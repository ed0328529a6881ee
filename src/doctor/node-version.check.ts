import { fail, ok, type Finding } from './check.ts';

/**
 * @param version such as `20.20.2`
 * @param required `engines.node` of package.json: `>=` and a version
 */
export function checkNodeVersion(version: string, required: string): Finding {
  const minimum = required.replace(/^>=/, '');
  const [have, need] = [version, minimum].map((text) => text.split('.').map(Number));
  for (const [index, part] of (need ?? []).entries()) {
    const difference = (have?.[index] ?? 0) - part;
    if (difference > 0) break;
    if (difference < 0) {
      return fail(
        `Node.js ${version} is too old: ${minimum} or later is needed.`,
        'Install a newer Node.js.',
      );
    }
  }
  return ok(`Node.js ${version}.`);
}
