import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/config/load.ts';
import { checkFeeds as checkFeedsIn } from '../../../src/doctor/desk/feeds.check.ts';
import {
  checkNames as checkNamesIn,
  judgeNames as judgeNamesIn,
} from '../../../src/doctor/desk/names.check.ts';
import {
  checkSurvey as checkSurveyIn,
  judgeSurvey as judgeSurveyIn,
} from '../../../src/doctor/desk/survey.check.ts';
import type { ServiceUser } from '../../../src/doctor/service-user.ts';
import { freeTcpPort } from '../../lab/free-port.ts';
import { inEnglish, inEnglishLater } from './in-english.ts';

const checkFeeds = inEnglish(checkFeedsIn);
const checkNames = inEnglishLater(checkNamesIn);
const judgeNames = inEnglish(judgeNamesIn);
const checkSurvey = inEnglishLater(checkSurveyIn);
const judgeSurvey = inEnglishLater(judgeSurveyIn);

let folder: string;
let owner: ServiceUser;
const stranger: ServiceUser = { name: 'stranger', uid: 54_321, gids: [54_321] };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'courier-agi-doctor-'));
  chmodSync(folder, 0o755);
  owner = { name: 'owner', uid: statSync(folder).uid, gids: [] };
});
afterEach(() => rmSync(folder, { recursive: true }));

const config = (sections: object) => parseConfig(JSON.stringify(sections), 'test');

describe('the check of names', () => {
  test('has nothing to ask without desk.database', async () => {
    expect(await checkNames({ config: config({}) })).toMatchObject({ state: 'skipped' });
  });

  test('tells why a database is not reached, without its password', async () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, 'geheim');
    const url = `mysql://desk@127.0.0.1:${await freeTcpPort()}/courier`;
    const found = await checkNames({ config: config({ desk: { database: { url, passwordFile } } }) });
    expect(found).toMatchObject({
      state: 'fail',
      message: expect.stringContaining('Names cannot be read'),
      remedy: expect.stringContaining('desk-grants.sql'),
    });
    expect(JSON.stringify(found)).not.toContain('geheim');
  });

  test('names the columns that may not be read', () => {
    expect(judgeNames({ missing: [], problem: null })).toMatchObject({ state: 'ok' });
    expect(judgeNames({ missing: ['fio.name', 'address.name'], problem: null })).toMatchObject({
      state: 'warn',
      message: expect.stringContaining('fio.name, address.name'),
    });
  });
});

describe('the check of feeds', () => {
  const examine = (path: string, user = owner) =>
    checkFeeds(config({ feeds: [{ folder: path }] }).feeds, user);

  test('has nothing to look at without any, and sends nothing to an address', () => {
    expect(checkFeeds([], owner)).toMatchObject({ state: 'skipped' });
    const { feeds } = config({ feeds: [{ url: 'https://crm.example', secretFile: '/s' }] });
    expect(checkFeeds(feeds, owner)).toMatchObject({ state: 'ok' });
  });

  test('is content with a folder that may be written, or be made', () => {
    expect(examine(folder)).toMatchObject({ state: 'ok' });
    expect(examine(join(folder, 'not', 'yet'))).toMatchObject({ state: 'ok' });
  });

  test('finds one that the desk may neither write nor make', () => {
    for (const path of [folder, join(folder, 'not', 'yet')]) {
      expect(examine(path, stranger)).toMatchObject({
        state: 'fail',
        message: expect.stringContaining(`may not write into ${folder}, where feeds.0.folder is to be`),
        remedy: expect.stringContaining(`-o stranger -g GROUP ${path}`),
      });
    }
    chmodSync(folder, 0o700);
    expect(examine(join(folder, 'export'), stranger)).toMatchObject({
      state: 'fail',
      message: expect.stringContaining(`may not enter ${folder}`),
    });
  });
});

describe('the check of surveys', () => {
  const CONTEXT = `[ Context 'courier-survey' created by 'pbx_config' ]
    1. Set(LOCAL(COURIER_URL)=agi://127.0.0.1:4574/survey) [courier-survey.conf:22]`;
  const asterisk =
    (context: string, globals = '') =>
    async (question: string) =>
      question === 'dialplan show courier-survey' ? context : globals;

  test('has nothing to look at without the section, and skips where Asterisk is elsewhere', async () => {
    expect(await checkSurvey(undefined, null, [])).toMatchObject({ state: 'skipped', remedy: null });
    expect(await checkSurvey(config({ survey: {} }).survey, null, [])).toMatchObject({
      state: 'skipped',
      remedy: expect.anything(),
    });
  });

  test('misses the context, and sees another port', async () => {
    expect(await judgeSurvey(4574, asterisk(CONTEXT))).toMatchObject({ state: 'ok' });
    expect(
      await judgeSurvey(4574, asterisk("There is no existence of 'courier-survey' context")),
    ).toMatchObject({ state: 'warn', remedy: expect.stringContaining('#tryinclude "courier-survey.conf"') });
    expect(await judgeSurvey(5000, asterisk(CONTEXT))).toMatchObject({
      state: 'warn',
      remedy: expect.stringContaining('COURIER_SURVEYOR=agi://127.0.0.1:5000/survey'),
    });
    const globals = '   COURIER_SURVEYOR=agi://10.0.0.1:5000/survey\n';
    expect(await judgeSurvey(5000, asterisk(CONTEXT, globals))).toMatchObject({ state: 'ok' });
  });

  test('tells that a running desk could not open its port', async () => {
    const running = {
      ready: true,
      role: 'following' as const,
      asterisks: [],
      journal: { problem: null, waiting: 0, damage: null },
      closed: [{ part: 'survey', problem: 'It is taken.' }],
    };
    expect(await checkSurvey(config({ survey: {} }).survey, running, [])).toMatchObject({
      state: 'warn',
      message: 'The port of the surveys is not open: It is taken.',
    });
  });
});
