import { afterEach, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { pino } from 'pino';
import { CallEvents } from '../../../src/api/call-events.ts';
import { parseConfig } from '../../../src/config/load.ts';
import { openFeeds } from '../../../src/desk/open-feeds.ts';
import { openSurvey } from '../../../src/desk/open-survey.ts';
import { Cleanups } from '../../lab/cleanups.ts';
import { eventually } from '../../lab/eventually.ts';
import { freeTcpPort } from '../../lab/free-port.ts';

/* What a database says may quote the statement, and numbers of people with it: none of that into the log. */

const QUOTES_A_NUMBER = "Duplicate entry '79161234567' for key 'one'";

const cleanups = new Cleanups();
afterEach(cleanups.run);

function logOf(): { logger: pino.Logger; lines: string[] } {
  const lines: string[] = [];
  return { logger: pino({}, { write: (line) => void lines.push(line) }), lines };
}

const fails = (): never => {
  throw new Error(QUOTES_A_NUMBER);
};

test('feeds', async () => {
  const { logger, lines } = logOf();
  const config = parseConfig(JSON.stringify({ feeds: [{ folder: '/nowhere' }] }), 'test');
  const feeds = openFeeds(config, fails, logger);
  feeds.start();
  cleanups.add(() => feeds.stop());
  await eventually('it is told', () => lines.length > 0);
  expect(lines.join('')).toMatch(/Duplicate entry.*feed is not taken/);
  expect(lines.join('')).not.toContain('79161234567');
});

test('surveys', async () => {
  const { logger, lines } = logOf();
  const port = await freeTcpPort();
  const config = parseConfig(JSON.stringify({ survey: { port } }), 'test');
  const survey = openSurvey({
    config,
    journal: fails,
    outbox: {} as never,
    events: new CallEvents(() => false),
    touch: () => undefined,
    trunks: new Set(),
    liveCalls: fails,
    asterisks: () => [],
    logger,
  });
  await survey.start();
  cleanups.add(() => survey.stop(100));
  const ask = (environment: string): void => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).write(`${environment}\n\n`);
    cleanups.add(async () => {
      socket.destroy();
    });
  };
  ask('agi_network_script: survey?linkedid=1.1\nagi_uniqueid: 1.1');
  ask('agi_network_script: to-79161234567\nagi_uniqueid: 1.1');
  const isTold = (): boolean => /survey failed/.test(lines.join('')) && /survey refused/.test(lines.join(''));
  await eventually('both are told', isTold);
  expect(lines.join('')).not.toContain('79161234567');
});
