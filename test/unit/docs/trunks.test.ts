import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/load.ts';
import { createDialer } from '../../../src/routing/dialer.ts';
import { codeBlocks, readDocument } from './markdown.ts';

const page = readDocument('docs/trunks.md');

test('docs/trunks.md shows a list of trunks that does what the page says', () => {
  const [yaml = ''] = codeBlocks(page, 'yaml');
  const { dial, numbers } = parseConfig(yaml, 'docs/trunks.md');
  expect(createDialer(dial, numbers.country).lines('79161234567')).toEqual([
    { dial: 'PJSIP/79161234567@gsm-mts', callerId: '79160000001', limit: 'gsm-mts:2' },
    { dial: 'PJSIP/79161234567@trunk', callerId: '74951234567' },
  ]);
});

test('docs/trunks.md names the timers as the samples set them', () => {
  const [, seconds = ''] = /rings after ([\d.]+) s/.exec(page) ?? [];
  const ms = Number(seconds) * 1000;
  expect(readDocument('dialplan-examples/pjsip.conf')).toContain(`timer_b=${ms}\n`);
  expect(readDocument('dialplan-examples/sip.conf')).toContain(`timerb=${ms}\n`);
  const [, every = ''] = /`qualify_frequency=(\d+)`/.exec(page) ?? [];
  expect(readDocument('dialplan-examples/pjsip.conf')).toContain(`qualify_frequency=${every}\n`);
  expect(readDocument('dialplan-examples/sip.conf')).toContain(`qualifyfreq=${every}\n`);
});
