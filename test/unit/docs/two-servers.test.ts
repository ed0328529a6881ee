import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeBlocks, readDocument } from './markdown.ts';

/* docs/two-servers.md: what the commands make of the files that the package brings. */

const page = readDocument('docs/two-servers.md');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-two-servers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function lineWith(words: string): string {
  const lines = codeBlocks(page, 'sh').flatMap((block) => block.split('\n'));
  const line = lines.find((one) => one.includes(words));
  if (line === undefined) throw new Error(`docs/two-servers.md has no command with «${words}».`);
  return line;
}

describe('another machine than Asterisk', () => {
  test('has a database user who comes from there alone', () => {
    cpSync('deploy/grants.sql', join(folder, 'grants.sql'));
    const made = execFileSync('sh', ['-c', lineWith('grants.sql').replace('sudo mysql', 'cat')], {
      cwd: folder,
      encoding: 'utf8',
    });
    const statements = made.split('\n').filter((line) => /^(?:CREATE|ALTER|GRANT)/.test(line));
    expect(statements.length).toBeGreaterThan(5);
    for (const statement of statements) expect(statement).toContain("'agi'@'192.0.2.2'");
    expect(statements.join()).not.toContain('127.0.0.1');
  });

  test('is the one that its account in Asterisk lets in, at the address that it connects to', () => {
    const account = join(folder, 'courier-agi.conf');
    cpSync('dialplan-examples/manager.conf', account);
    const command = lineWith('bindaddr')
      .replace('sudo ', '')
      .replace('/etc/asterisk/manager.d/courier-agi.conf', account);
    execFileSync('sh', ['-ec', command]);
    const settings = readFileSync(account, 'utf8').match(/^(?:bindaddr|permit|deny) = .*$/gm);
    expect(settings).toEqual([
      'bindaddr = 192.0.2.1',
      'deny = 0.0.0.0/0.0.0.0',
      'permit = 192.0.2.2/255.255.255.255',
    ]);
  });
});
