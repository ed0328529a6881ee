import { styleText } from 'node:util';
import { prepareRootfs } from './rootfs/prepare.ts';
import { RECIPES } from './rootfs/recipes.ts';
import { installEngine } from './containers/engine.ts';
import { ensurePackage } from './packages.ts';

/**
 * `npm run lab:prepare [NAME…]`: makes the named folders below `.lab/`, all of them by default, at the same
 * time. Does nothing for those that are ready.
 */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !RECIPES.some((recipe) => recipe.name === name));
  if (unknown !== undefined) {
    const known = RECIPES.map((recipe) => recipe.name).join(', ');
    throw new Error(`There is no ${unknown}. Known: ${known}.`);
  }
  const wanted = RECIPES.filter((recipe) => names.length === 0 || names.includes(recipe.name));

  // One after another: apt takes a lock of its own, and the rest would fail on it.
  await ensurePackage('mmdebstrap', 'mmdebstrap');
  await ensurePackage('sipp', 'sip-tester');
  if (names.length === 0) await installEngine();

  const results = await Promise.allSettled(wanted.map((recipe) => prepareRootfs(recipe.name, report)));
  const failures = results.filter((result) => result.status === 'rejected');
  for (const { reason } of failures) process.stderr.write(`${String(reason)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

/** Plain lines where nobody looks: a log of a build must stay readable. */
function report(line: string): void {
  const isShown = process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
  const text = isShown ? styleText(line.endsWith(': ready') ? 'green' : 'dim', line) : line;
  process.stdout.write(`lab: ${text}\n`);
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
