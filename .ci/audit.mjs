// Known weaknesses of the packages that the server runs on: `npm run check:audit [-- --strict]`.
//
// Exit status 1 when there is one of moderate severity or worse. Not every registry answers such questions (a
// mirror may not), and a build must not fail for that: it is said, and is an error only with --strict.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', timeout: 60_000 });
const report = parse(stdout);
const counts = report?.metadata?.vulnerabilities;

if (counts === undefined) {
  const why = typeof report?.message === 'string' ? report.message.split(' - ')[0] : 'no answer';
  process.stderr.write(`NOT AUDITED: the registry does not tell known weaknesses (${why}).\n`);
  process.exitCode = process.argv.includes('--strict') ? 1 : 0;
} else {
  const { info, low, moderate, high, critical } = counts;
  process.stdout.write(
    `Known weaknesses: ${critical} critical, ${high} high, ${moderate} moderate, ${low} low, ${info} for information.\n`,
  );
  for (const { name, severity, range } of Object.values(report.vulnerabilities ?? {})) {
    process.stdout.write(`  ${severity}: ${name} ${range}\n`);
  }
  process.exitCode = moderate + high + critical > 0 ? 1 : 0;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
