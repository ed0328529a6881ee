import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import { ListeningsStore } from '../../../src/recordings/listenings.store.ts';
import { RecordingsStore, type Sighting } from '../../../src/recordings/recordings.store.ts';
import { spokenChannel } from '../recordings/recorder.ts';
import { answeredCall, MORNING } from './sample-calls.ts';

const NOW = MORNING + 3_600_000;
const TAKEN = { bytes: 1000, soundMs: 10_000, sha256: 'a'.repeat(64), format: 'wav' };
/** As a caller may have chosen a part of it. */
const NAME = `in-101-+79162000001 «Анна» 'x' 🚚 ${'я'.repeat(180)}`;

/** What the tables of the recordings must do on every engine. @param makeStore an empty journal for all of it */
export function describeRecordings(makeStore: () => Promise<JournalStore>): void {
  describe('recordings', () => {
    let journal: JournalStore;
    let store: RecordingsStore;
    let listenings: ListeningsStore;
    const written: string[] = [];

    beforeAll(async () => {
      journal = await makeStore();
    }, 60_000);
    afterAll(() => journal.close());
    beforeEach(async () => {
      for (const table of ['recordings', 'call_channels', 'listenings', 'call_keys', 'calls'] as const)
        await journal.db.deleteFrom(table).execute();
      written.length = 0;
      listenings = new ListeningsStore(journal.connections);
      store = new RecordingsStore(journal.connections, async (_db, { id }) => void written.push(id));
      await journal.save([answeredCall(1, '79161234567'), answeredCall(2, '79161234567')]);
    });

    const told = async (id: number) => (await journal.get(answeredCall(id, '').id))?.recordings ?? [];

    /** Sees a file of each open channel. */
    async function sight(stem: string, bytes = 1000): Promise<void> {
      const channels = await store.openChannels(10);
      const sightings = channels.map((channel): Sighting => ({
        channel,
        stem,
        path: `2026/${stem}.wav`,
        format: 'wav',
        bytes,
      }));
      await store.sight(sightings, () => NOW);
    }

    async function take(): Promise<void> {
      const due = await store.due(NOW, 10);
      await store.ready(due.map((row) => ({ row, sound: TAKEN })));
    }

    test('are found, taken and told with their call, once each', async () => {
      await store.keepChannels([spokenChannel(1, { endedAt: undefined, until: undefined })]);
      expect(await store.openChannels(10)).toEqual([]);
      await store.keepChannels([spokenChannel(1)]);
      await store.keepChannels([spokenChannel(1)]);
      await sight(NAME);
      await sight(NAME, 1000);
      expect(await told(1)).toMatchObject([{ state: 'waiting', bytes: 1000 }]);
      expect(await store.due(NOW - 1, 10)).toEqual([]);
      expect(await store.due(NOW, 10)).toMatchObject([{ lived_ms: 15_000 }]);
      await take();
      const [row] = await told(1);
      expect(row).toMatchObject({ state: 'ready', seconds: 10 });
      expect(written).toEqual([row?.id]);
      expect(await store.openChannels(10)).toEqual([]);
      expect(await store.waiting()).toBe(0);
      expect(await told(2)).toEqual([]);
    });

    test('of a channel that has ended are waited for, though a desk that was held up still believes that it goes on', async () => {
      const pieces = [{ name: `${NAME}.wav`, from: MORNING + 7000, until: undefined }];
      await store.keepChannels([spokenChannel(1, { pieces })]);
      const ended = await store.openChannels(10);
      await store.keepChannels([spokenChannel(1, { call: 'other', endedAt: undefined, until: undefined })]);
      expect(ended).toMatchObject([{ call: answeredCall(1, '').id, stems: [NAME] }]);
      expect(await store.openChannels(10)).toEqual(ended);
    });

    test('that were announced wait, and keep their id when the file comes', async () => {
      const pieces = [{ name: `${NAME}.wav`, from: MORNING + 7000, until: undefined }];
      expect(await store.keepChannels([spokenChannel(1, { pieces })])).toEqual([answeredCall(1, '').id]);
      const [waiting] = await told(1);
      expect(waiting).toMatchObject({ state: 'waiting', from: new Date(MORNING + 7000).toISOString() });
      await sight(NAME);
      await take();
      expect(await told(1)).toMatchObject([{ id: waiting?.id, state: 'ready' }]);
    });

    test('that fail are tried again, and given up', async () => {
      await store.keepChannels([spokenChannel(1)]);
      await sight('a');
      const [due] = await store.due(NOW, 10);
      await store.failed(due?.id ?? '', 'It is still being written.', NOW + 5000);
      expect(await store.due(NOW, 10)).toEqual([]);
      expect(await store.nextDue()).toBe(NOW + 5000);
      await store.grown(due?.id ?? '', 2000, NOW + 6000);
      expect(await store.due(NOW + 6000, 10)).toMatchObject([{ attempts: 1, bytes: 2000 }]);
      await store.failed(due?.id ?? '', 'It is empty.', null);
      expect(await told(1)).toMatchObject([{ state: 'missing' }]);
    });

    test('that never come are given up: those that nobody announced after a day', async () => {
      const pieces = [{ name: 'b.wav', from: MORNING, until: undefined }];
      await store.keepChannels([spokenChannel(1), spokenChannel(2, { pieces })]);
      await journal.db
        .updateTable('call_channels')
        .set({ looks: 24 * 60 })
        .execute();
      expect(await store.countLook()).toEqual([answeredCall(1, '').id]);
      expect((await store.openChannels(10)).map(({ call }) => call)).toEqual([answeredCall(2, '').id]);
      await journal.db
        .updateTable('call_channels')
        .set({ looks: 7 * 24 * 60 })
        .execute();
      expect(await store.countLook()).toEqual([answeredCall(2, '').id]);
      expect(await told(2)).toMatchObject([{ state: 'missing' }]);
    });

    test('of a call whose end nobody saw are waited for all the same', async () => {
      const pieces = [{ name: 'b.wav', from: MORNING + 6000, until: undefined }];
      await store.keepChannels([spokenChannel(1, { endedAt: undefined, until: undefined, pieces })]);
      await store.endUnseen();
      await store.endUnseen();
      expect(await store.openChannels(10)).toHaveLength(1);
      expect(await told(1)).toMatchObject([{ state: 'waiting', until: answeredCall(1, '').endedAt }]);
    });

    test('of a call that is no more are not waited for for ever', async () => {
      const call = 'main-gone';
      await store.keepChannels([spokenChannel(1, { call, endedAt: undefined, until: undefined })]);
      await store.forgetClosedBefore(NOW);
      const left = () => journal.db.selectFrom('call_channels').selectAll().execute();
      expect(await left()).toHaveLength(1);
      await store.forgetClosedBefore(NOW + 8 * 86_400_000);
      expect(await left()).toEqual([]);
    });

    test('that are erased leave neither name nor sum', async () => {
      await store.keepChannels([spokenChannel(1), spokenChannel(2)]);
      await sight(NAME);
      await take();
      for (const row of await store.olderThan(NOW, 10)) await store.erased(row, null);
      expect(await told(1)).toMatchObject([{ state: 'erased' }]);
      const rows = await journal.db.selectFrom('recordings').selectAll().execute();
      expect(rows).toHaveLength(2);
      expect(JSON.stringify(rows)).not.toMatch(/Анна|79162000001|aaaa/);
      expect(await store.leftAtSource(10)).toEqual([]);
    });

    test('whose file is gone are looked for again, also when their channel is forgotten', async () => {
      await store.keepChannels([spokenChannel(1)]);
      await sight('a');
      await take();
      await store.forgetClosedBefore(NOW);
      const row = await store.find((await told(1))[0]?.id ?? '');
      if (row === undefined) throw new Error('There is none.');
      await store.reopen(row);
      expect(await store.openChannels(10)).toMatchObject([{ channel: row.channel, stems: ['a'] }]);
      await sight('a');
      await take();
      expect(await told(1)).toMatchObject([{ id: row.id, state: 'ready' }]);
    });

    test('that are gone before they are taken are looked for again, also when their channel is closed', async () => {
      await store.keepChannels([spokenChannel(1)]);
      await sight('a');
      const [due] = await store.due(NOW, 10);
      if (due === undefined) throw new Error('There is none.');
      await journal.db.updateTable('call_channels').set({ is_open: 0 }).execute();
      expect(await store.lost(due, 'It is gone.')).toBe(false);
      expect(await store.find(due.id)).toMatchObject({ state: 'waiting', path: null, attempts: 1 });
      expect([await store.due(NOW, 10), await store.nextDue()]).toEqual([[], null]);
      expect(await store.openChannels(10)).toMatchObject([{ channel: due.channel }]);
      await store.erased(due, null);
      expect(await store.lost(due, 'It is gone.')).toBe(true);
      expect(await store.openChannels(10)).toEqual([]);
    });

    test('have a list of who listened', async () => {
      const row = { recording_id: 'r', kind: 'session', name: 'Ольга', role: 'operator', address: '::1' };
      const call_id = answeredCall(1, '').id;
      for (const at of [NOW, NOW + 1]) await listenings.add({ ...row, call_id, at, id: String(at) });
      expect((await listenings.ofCall(call_id, 10)).map(({ at, name }) => [at, name])).toEqual([
        [NOW + 1, 'Ольга'],
        [NOW, 'Ольга'],
      ]);
      await listenings.forgetBefore(NOW + 1);
      expect(await listenings.ofCall(call_id, 10)).toHaveLength(1);
    });
  });
}
