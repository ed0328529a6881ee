import { beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalStore } from '../../../src/journal/journal.store.ts';
import { answeredCall, inside, missedCall, MORNING, outside, time } from './sample-calls.ts';

const ANNA = '79161234567';
const BORIS = '79269876543';

/** What a journal must do on every engine. @param makeStore an empty one for each test */
export function describeJournalStore(makeStore: () => Promise<JournalStore>): void {
  let store: JournalStore;
  beforeEach(async () => {
    store = await makeStore();
  });
  const idsOf = async (filter: Parameters<JournalStore['list']>[0]) =>
    (await store.list(filter, 50)).calls.map(({ id }) => id.split('.')[1]);

  describe('a call', () => {
    test('comes back as it was written', async () => {
      const call = answeredCall(7, ANNA, {
        from: {
          number: ANNA,
          raw: '<script>alert(1)</script> «Анна» 🚚 \u0000',
          extension: null,
          user: null,
        },
      });
      await store.save([call]);
      expect(await store.get(call.id)).toEqual({ ...call, note: null });
    });

    test('is one row, however often it is written', async () => {
      const ringing = answeredCall(7, ANNA, {
        state: 'ringing',
        answeredAt: null,
        endedAt: null,
        outcome: null,
      });
      await store.save([ringing]);
      await store.save([ringing, answeredCall(8, BORIS)]);
      await store.save([answeredCall(7, ANNA)]);
      expect(await idsOf({})).toEqual(['8', '7']);
      expect(await store.get(ringing.id)).toMatchObject({ state: 'ended', outcome: 'answered' });
    });

    test('that has ended stays so, whatever comes late', async () => {
      const talking = answeredCall(7, ANNA, { state: 'talking', endedAt: null, outcome: null });
      await store.save([talking]);
      await store.save([answeredCall(7, ANNA)]);
      await store.save([talking, answeredCall(8, BORIS)]);
      expect(await store.get(talking.id)).toMatchObject({ state: 'ended', outcome: 'answered' });
      expect(await idsOf({})).toEqual(['8', '7']);
      await store.save([answeredCall(7, ANNA, { completeness: 'rebuilt' })]);
      expect(await store.get(talking.id)).toMatchObject({ completeness: 'rebuilt' });
    });

    test('has a place of its own beside others of the same millisecond', async () => {
      const twins = Array.from({ length: 25 }, (_, id) => answeredCall(id, ANNA, { startedAt: time(0) }));
      await store.save(twins.slice(0, 12));
      await store.save(twins);
      expect((await idsOf({})).toSorted()).toEqual(twins.map(({ id }) => id.split('.')[1]).toSorted());
    });

    test('that has not ended is found after a restart', async () => {
      await store.save([answeredCall(1, ANNA), answeredCall(2, BORIS, { state: 'talking', endedAt: null })]);
      const { calls, unreadable } = await store.live();
      expect(calls.map(({ id }) => id)).toEqual([answeredCall(2, BORIS).id]);
      expect(unreadable).toEqual([]);
    });

    test('is found by each of its Linkedids', async () => {
      const call = answeredCall(1, ANNA, { linkedIds: ['1768204800.1', '1768204800.9'] });
      await store.save([call, answeredCall(2, BORIS)]);
      expect(await store.find('main', '1768204800.1')).toEqual(call);
      expect(await store.find('main', '1768204800.9')).toEqual(call);
      expect(await store.find('branch', '1768204800.9')).toBeUndefined();
      expect(await store.find('main', '1768204800.8')).toBeUndefined();
    });

    test('that was a part of another one leaves nothing behind', async () => {
      await store.save([answeredCall(1, ANNA), answeredCall(2, BORIS)]);
      await store.join({ gone: answeredCall(1, ANNA).id, into: answeredCall(2, BORIS).id });
      expect(await idsOf({})).toEqual(['2']);
      expect(await idsOf({ number: ANNA })).toEqual([]);
    });

    test('that was a part of another one hands over what hangs on it', async () => {
      const [gone, into] = [answeredCall(1, ANNA).id, answeredCall(2, BORIS).id];
      await store.save([answeredCall(1, ANNA), answeredCall(2, BORIS)]);
      const links = [{ kind: 'order', code: 90_077, how: 'manual', rank: 1 }] as const;
      await store.annotate(gone, { note: 'wants a refund', links: () => links });
      const { db } = store;
      const answer = {
        value: 5,
        comment: null,
        at: 1,
        shipment: null,
        order: null,
        courier: null,
        operator: null,
      };
      await db.insertInto('surveys').values({ call_id: gone, shipment: 1, asked_at: 1 }).execute();
      await db
        .insertInto('survey_answers')
        .values({ ...answer, id: `${gone} mark`, call_id: gone, question: 'mark' })
        .execute();
      await db
        .insertInto('recordings')
        .values({
          id: 'r',
          call_id: gone,
          asterisk: 'main',
          channel: '1',
          stem: 's',
          from_at: 1,
          until_at: 2,
          state: 'ready',
          attempts: 0,
        })
        .execute();
      await store.join({ gone, into });
      expect(await idsOf({ link: { kind: 'order', code: '90077' } })).toEqual(['2']);
      const call = await store.get(into);
      expect(call).toMatchObject({ note: 'wants a refund', survey: [{ question: 'mark', value: 5 }] });
      expect(call?.links).toContainEqual(expect.objectContaining({ code: 90_077 }));
      expect(call?.recordings.map(({ id }) => id)).toEqual(['r']);
      const answers = await db.selectFrom('survey_answers').select('id').execute();
      expect(answers).toEqual([{ id: `${into} mark` }]);
      expect(await db.selectFrom('surveys').select('call_id').execute()).toEqual([{ call_id: into }]);
    });

    test('that was a part of another one leaves what people added to both', async () => {
      const [gone, into] = [answeredCall(1, ANNA).id, answeredCall(2, BORIS).id];
      await store.save([answeredCall(1, ANNA), answeredCall(2, BORIS)]);
      const order = (code: number, rank: number) => ({ kind: 'order', code, how: 'manual', rank }) as const;
      await store.annotate(gone, {
        note: 'a'.repeat(1500),
        links: () => [order(90_077, 1), order(90_078, 2)],
      });
      await store.annotate(into, { note: 'b'.repeat(1500), links: () => [order(90_077, 1)] });
      await store.join({ gone, into });
      const call = await store.get(into);
      // No more than a note may be long.
      expect(call?.note).toBe(`${'b'.repeat(1500)}\n${'a'.repeat(499)}`);
      expect(call?.links.filter(({ how }) => how === 'manual')).toEqual([order(90_077, 1), order(90_078, 2)]);
      expect(await idsOf({ link: { kind: 'order', code: '90078' } })).toEqual(['2']);
    });

    test('is found by nothing any more that only a version before had', async () => {
      await store.save([answeredCall(1, ANNA, { state: 'talking', endedAt: null })]);
      await store.annotate(answeredCall(1, ANNA).id, {
        links: () => [{ kind: 'order', code: 90_077, how: 'manual', rank: 1 }],
      });
      await store.save([answeredCall(1, BORIS, { links: [] })]);
      expect(await idsOf({ number: ANNA })).toEqual([]);
      expect(await idsOf({ number: BORIS })).toEqual(['1']);
      expect(await idsOf({ link: { kind: 'order', code: '90077' } })).toEqual(['1']);
    });

    test('that is damaged does not keep the others from being followed', async () => {
      const live = [1, 2].map((id) => answeredCall(id, ANNA, { state: 'talking', endedAt: null }));
      await store.save(live);
      await store.db
        .updateTable('calls')
        .set({ detail: null, direction: 'sideways' })
        .where('id', '=', answeredCall(1, ANNA).id)
        .execute();
      const { calls, unreadable } = await store.live();
      expect(calls.map(({ id }) => id)).toEqual([answeredCall(2, ANNA).id]);
      expect(unreadable).toEqual([answeredCall(1, ANNA).id]);
    });
  });

  describe('a filter', () => {
    beforeEach(() =>
      store.save([
        answeredCall(1, ANNA),
        missedCall(2, BORIS),
        answeredCall(3, BORIS, {
          direction: 'out',
          from: inside('102', 'pavel'),
          to: outside(BORIS),
          answeredBy: outside(BORIS),
          legs: [],
          talks: [],
          links: [{ kind: 'client', code: 31, how: 'matched', rank: 1 }],
        }),
        answeredCall(4, ANNA, { outcome: 'busy', state: 'talking' }),
      ]),
    );

    test.each([
      ['nothing', {}, ['4', '3', '2', '1']],
      ['a number', { number: ANNA }, ['4', '1']],
      ['the end of a number', { number: '6543' }, ['3', '2']],
      ['the beginning of a number', { number: '7916' }, []],
      ['an extension that rang or answered', { extension: '101' }, ['4', '2', '1']],
      ['an extension that called', { extension: '102' }, ['3']],
      ['a user', { user: 'pavel' }, ['3']],
      ['a shipment', { link: { kind: 'shipment', code: '70001' } }, ['4', '2', '1']],
      ['a client', { link: { kind: 'client', code: '31' } }, ['3']],
      ['a code of another kind', { link: { kind: 'order', code: '70001' } }, []],
      ['a direction', { direction: 'out' }, ['3']],
      ['an outcome', { outcome: 'busy' }, ['4']],
      ['a state', { state: 'talking' }, ['4']],
      ['missed ones', { missed: true }, ['2']],
      ['a time', { since: MORNING + 2000, until: MORNING + 4000 }, ['3', '2']],
      ['several things at once', { number: BORIS, extension: '101', missed: true }, ['2']],
      ['several things that no call has', { number: ANNA, user: 'pavel' }, []],
      ['what is no value of it', { outcome: "' or 1=1 --", number: "6543' or '1'='1" }, []],
    ] as const)('of %s', async (_what, filter, ids) => {
      expect(await idsOf(filter)).toEqual(ids);
    });

    test('is read page by page, without a call twice or left out', async () => {
      const first = await store.list({}, 3);
      expect(first.calls).toHaveLength(3);
      // Comes in while somebody reads.
      await store.save([answeredCall(9, ANNA)]);
      const second = await store.list({}, 3, first.next);
      expect([...first.calls, ...second.calls].map(({ id }) => id.split('.')[1])).toEqual([
        '4',
        '3',
        '2',
        '1',
      ]);
      expect(second.next).toBeNull();
    });
  });

  describe('a missed call', () => {
    const open = () => idsOf({ open: true });

    test('is open until somebody speaks with the caller', async () => {
      await store.save([missedCall(1, ANNA), missedCall(2, ANNA), missedCall(3, BORIS)]);
      expect(await open()).toEqual(['3', '2', '1']);
      await store.save([answeredCall(4, ANNA, { state: 'talking', endedAt: null })]);
      expect(await open()).toEqual(['3']);
      expect(await store.get(missedCall(1, ANNA).id)).toMatchObject({
        missed: true,
        calledBackAt: time(9000),
      });
    });

    test('stays closed when it is written again', async () => {
      await store.save([missedCall(1, ANNA)]);
      await store.save([answeredCall(2, ANNA)]);
      await store.save([missedCall(1, ANNA)]);
      expect(await open()).toEqual([]);
    });

    test('is open no more when it turns out that somebody spoke with them', async () => {
      await store.save([missedCall(1, ANNA), missedCall(2, BORIS), missedCall(3, ANNA)]);
      await store.save([missedCall(1, ANNA, { missed: false, completeness: 'rebuilt' })]);
      expect(await open()).toEqual(['3', '2']);
      await store.save([missedCall(2, BORIS, { completeness: 'rebuilt' })]);
      expect(await open()).toEqual(['3', '2']);
    });

    test('is closed by a talk that was written before it', async () => {
      await store.save([answeredCall(2, ANNA)]);
      await store.save([missedCall(1, ANNA), missedCall(3, ANNA)]);
      expect(await open()).toEqual(['3']);
    });

    test('is not closed by an earlier talk, nor by one that nobody answered', async () => {
      await store.save([
        answeredCall(1, ANNA),
        missedCall(2, ANNA),
        missedCall(3, ANNA, { direction: 'out' }),
      ]);
      expect(await open()).toEqual(['3', '2']);
    });

    test('is not closed by a call in which their telephone rang and somebody else spoke', async () => {
      const elsewhere = answeredCall(2, BORIS);
      const rang = {
        ...elsewhere,
        legs: [
          ...elsewhere.legs,
          ...missedCall(2, ANNA).legs.map((leg) => ({ ...leg, party: outside(ANNA) })),
        ],
      };
      await store.save([rang]);
      await store.save([missedCall(1, ANNA)]);
      expect(await open()).toEqual(['1']);
    });

    test('is named when it is called back', async () => {
      expect(await store.save([missedCall(1, ANNA), missedCall(2, BORIS)])).toEqual([]);
      expect(await store.save([answeredCall(3, ANNA)])).toEqual([missedCall(1, ANNA).id]);
      expect(await store.save([answeredCall(3, ANNA)])).toEqual([]);
    });

    test('without a number is owed to nobody', async () => {
      await store.save([missedCall(1, ANNA, { from: { ...outside(ANNA), number: null, raw: 'anonymous' } })]);
      expect(await open()).toEqual([]);
    });
  });

  describe('what people add', () => {
    test('stays when the call changes, and can be searched for', async () => {
      const call = answeredCall(1, ANNA, { state: 'talking', endedAt: null });
      await store.save([call]);
      const links = [{ kind: 'shipment', code: 70_005, how: 'manual', rank: 1 }] as const;
      expect(await store.annotate(call.id, { note: 'rings tomorrow', links: () => links })).toBe('done');
      await store.save([answeredCall(1, ANNA)]);
      expect(await store.get(call.id)).toMatchObject({
        note: 'rings tomorrow',
        state: 'ended',
        links: [...call.links, ...links],
      });
      expect(await idsOf({ link: { kind: 'shipment', code: '70005' } })).toEqual(['1']);
    });

    test('is found no more when it was taken back, but what the call has by itself is', async () => {
      const call = answeredCall(1, ANNA);
      await store.save([call]);
      const link = (code: number) => ({ kind: 'shipment', code, how: 'manual', rank: 1 }) as const;
      await store.annotate(call.id, { links: () => [link(70_005), link(70_001)] });
      await store.annotate(call.id, { links: () => [] });
      expect(await idsOf({ link: { kind: 'shipment', code: '70005' } })).toEqual([]);
      expect(await idsOf({ link: { kind: 'shipment', code: '70001' } })).toEqual(['1']);
    });

    test('of two who write a note at once the second one does not overwrite the first', async () => {
      const { id } = answeredCall(1, ANNA);
      await store.save([answeredCall(1, ANNA)]);
      const write = (note: string, noteBefore: string | null) => store.annotate(id, { note, noteBefore });
      const outcomes = await Promise.all([write('rings tomorrow', null), write('wants a refund', null)]);
      expect(outcomes.toSorted()).toEqual(['done', 'other_note']);
      const kept = (await store.get(id))?.note ?? '';
      expect(kept).toBe(outcomes[0] === 'done' ? 'rings tomorrow' : 'wants a refund');
      // Sent twice, it is written once.
      expect(await write(kept, null)).toBe('done');
      expect(await write(`${kept}, at noon`, kept)).toBe('done');
      expect((await store.get(id))?.note).toBe(`${kept}, at noon`);
    });

    test('of two who bind at once both links are there', async () => {
      const { id } = answeredCall(1, ANNA);
      await store.save([answeredCall(1, ANNA)]);
      const bind = (code: number) =>
        store.annotate(id, {
          links: (before) => [...before, { kind: 'shipment', code, how: 'manual', rank: before.length + 1 }],
        });
      await Promise.all([bind(70_011), bind(70_012)]);
      expect(await idsOf({ link: { kind: 'shipment', code: '70011' } })).toEqual(['1']);
      expect(await idsOf({ link: { kind: 'shipment', code: '70012' } })).toEqual(['1']);
    });

    test('needs a call', async () => {
      expect(await store.annotate('nothing', { note: 'x' })).toBe('no_call');
    });
  });

  describe('a lease', () => {
    const leaseOf = (holder: string, ttlMs: number, gone = 'nobody') =>
      store.lease({ name: 'follow', holder, ttlMs, isGone: (other) => other === gone });

    test('is held by one, and taken when it was given back', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 60_000)];
      expect(await one.lastHeldAt()).toBeNull();
      expect([await one.take(), await other.take(), await one.take()]).toEqual([true, false, true]);
      expect(Math.abs(Number(await other.lastHeldAt()) - Date.now())).toBeLessThan(60_000);
      await one.release();
      expect([await other.take(), await one.take()]).toEqual([true, false]);
    });

    test('was last held when it was renewed, or until a while before it is given back', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 60_000)];
      const ageOf = async () => Date.now() - Number(await other.lastHeldAt());
      await one.take();
      expect(await ageOf()).toBeLessThan(4000);
      await one.release(9000);
      expect(Math.round((await ageOf()) / 5000)).toBe(2);
      expect(await other.take()).toBe(true);
    });

    test('was held by our clock, however that of the database goes', async () => {
      const lease = leaseOf('one', 60_000);
      await lease.take();
      await store.db
        .updateTable('leases')
        .set((eb) => ({ renewed_at: eb('renewed_at', '+', 3_600_000) }))
        .execute();
      const heldAt = Number(await lease.lastHeldAt());
      expect([heldAt <= Date.now(), heldAt > Date.now() - 10_000]).toEqual([true, true]);
    });

    test('is taken when it was not renewed in time', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 1)];
      expect(await one.take()).toBe(true);
      await sleep(20);
      expect([await other.take(), await one.take()]).toEqual([true, false]);
    });

    test('is taken at once from one who is gone', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 60_000, 'one')];
      expect([await one.take(), await other.take(), await one.take()]).toEqual([true, true, false]);
    });

    test('knows whether another desk has it', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 60_000)];
      expect([await one.isTaken(), await other.isTaken()]).toEqual([false, false]);
      await one.take();
      expect([await one.isTaken(), await other.isTaken()]).toEqual([false, true]);
      await one.release();
      expect([await one.isTaken(), await other.isTaken()]).toEqual([false, false]);
    });

    test('that another desk has leaves to that one what lasts: nobody would tell its end', async () => {
      const [one, other] = [leaseOf('one', 60_000), leaseOf('other', 1)];
      await one.take();
      const talking = { state: 'talking', endedAt: null } as const;
      await store.save([answeredCall(1, ANNA, talking)], () => one.isTaken());
      await sleep(20);
      await other.take();
      await store.save([answeredCall(2, ANNA), answeredCall(3, ANNA, talking)], () => one.isTaken());
      expect(await idsOf({})).toEqual(['2', '1']);
      await store.save([answeredCall(3, ANNA, talking)], () => other.isTaken());
      await store.save([answeredCall(1, ANNA)], () => one.isTaken());
      expect((await store.live()).calls.map(({ id }) => id)).toEqual([answeredCall(3, ANNA).id]);
    });
  });

  describe('a number that is to be forgotten', () => {
    test('leaves no call behind, and the totals as they were', async () => {
      await store.save([
        answeredCall(1, ANNA),
        answeredCall(2, BORIS),
        missedCall(3, ANNA),
        answeredCall(4, BORIS, { state: 'talking', endedAt: null }),
      ]);
      await store.annotate(answeredCall(2, BORIS).id, { note: `friend of ${ANNA}` });
      const blanked = await store.blankNumber(ANNA);
      expect(blanked).toEqual({
        calls: [answeredCall(1, ANNA).id, missedCall(3, ANNA).id],
        notes: 1,
        live: 0,
      });
      expect(await idsOf({ number: ANNA })).toEqual([]);
      expect(await idsOf({ link: { kind: 'shipment', code: '70001' } })).toEqual(['4', '2']);
      expect(await idsOf({ missed: true })).toEqual(['3']);
      expect(await idsOf({ open: true })).toEqual([]);
      const { calls } = await store.list({}, 10);
      expect(calls.map(({ outcome, seconds }) => [outcome, seconds.talk])).toEqual([
        ['answered', 60],
        ['no_answer', 0],
        ['answered', 60],
        ['answered', 60],
      ]);
      expect(JSON.stringify(calls)).not.toContain(ANNA);
      expect(JSON.stringify(calls)).toContain(BORIS);
      expect(await store.blankNumber(ANNA)).toEqual({ calls: [], notes: 0, live: 0 });
    });

    test('is gone although an older desk left a key of it, and does not come back', async () => {
      await store.save([answeredCall(1, BORIS)]);
      const { seq } = await store.db.selectFrom('calls').select('seq').executeTakeFirstOrThrow();
      const value = Array.from(ANNA).toReversed().join('');
      await store.db.insertInto('call_keys').values({ kind: 'n', value, seq }).execute();
      expect((await store.blankNumber(ANNA)).calls).toEqual([answeredCall(1, BORIS).id]);
      expect(await idsOf({ number: ANNA })).toEqual([]);
      expect(await store.blankNumber(ANNA)).toEqual({ calls: [], notes: 0, live: 0 });
      await store.save([answeredCall(1, ANNA)]);
      expect(JSON.stringify(await store.list({}, 10))).not.toContain(ANNA);
      expect(await idsOf({ number: ANNA })).toEqual([]);
    });

    test('is found however it was spelled in what people wrote', async () => {
      const spelled = ['+7 916 123-45-67', '8(916)1234567', '916 1234567', '+7 916 123-45-68'];
      await store.save(spelled.map((_, id) => answeredCall(id, BORIS)));
      for (const [id, text] of spelled.entries())
        await store.annotate(answeredCall(id, BORIS).id, { note: `or ${text}` });
      const review = { call_id: null, question: 'review', value: 1, at: 1, shipment: null, order: null };
      await store.db
        .insertInto('survey_answers')
        .values({
          ...review,
          id: 'review:8916-1234567',
          comment: 'call 8 916 123 45 67',
          courier: null,
          operator: null,
        })
        .execute();
      expect(await store.blankNumber(ANNA)).toEqual({ calls: [], notes: 4, live: 0 });
      expect((await store.list({}, 10)).calls.map(({ note }) => note)).toEqual([
        'or +7 916 123-45-68',
        null,
        null,
        null,
      ]);
      const [answer] = await store.db.selectFrom('survey_answers').selectAll().execute();
      expect(answer).toMatchObject({
        id: expect.stringMatching(/^review:[0-9a-f-]{36}$/),
        comment: null,
        value: 1,
      });
    });

    test('waits for the calls with it that last', async () => {
      const startedAt = new Date().toISOString();
      await store.save([answeredCall(1, ANNA, { startedAt, state: 'talking', endedAt: null })]);
      expect(await store.blankNumber(ANNA)).toEqual({ calls: [], notes: 0, live: 1 });
    });

    test('does not wait for a call of days ago that nobody saw the end of', async () => {
      await store.save([answeredCall(1, ANNA, { state: 'talking', endedAt: null })]);
      expect(await store.callsOf(ANNA)).toEqual([answeredCall(1, ANNA).id]);
      expect(await store.blankNumber(ANNA)).toMatchObject({ calls: [answeredCall(1, ANNA).id], live: 0 });
      expect(JSON.stringify(await store.list({}, 10))).not.toContain(ANNA);
    });

    test('is the whole number and no other', async () => {
      await store.save([answeredCall(1, ANNA)]);
      await store.annotate(answeredCall(1, ANNA).id, { note: 'rings tomorrow' });
      for (const other of [ANNA.slice(1), ANNA.slice(0, -1), '', '%']) {
        expect(await store.blankNumber(other)).toEqual({ calls: [], notes: 0, live: 0 });
      }
      expect(await store.get(answeredCall(1, ANNA).id)).toMatchObject({ note: 'rings tomorrow' });
    });
  });

  test('gaps are told for a time, and one that grows stays one', async () => {
    const gap = { asterisk: 'main', from: MORNING, until: MORNING + 1000, reason: 'AMI was away' };
    await store.addGap(gap);
    await store.addGap({ ...gap, until: MORNING + 5000 });
    await store.addGap({ ...gap, from: MORNING + 60_000, until: MORNING + 61_000 });
    expect(await store.gaps(MORNING + 2000, MORNING + 10_000)).toEqual([{ ...gap, until: MORNING + 5000 }]);
    expect(await store.gaps(MORNING, MORNING + 120_000)).toHaveLength(2);
  });

  test('a gap that has no end yet touches every time after its beginning', async () => {
    const open = { asterisk: 'main', from: MORNING, until: MORNING, reason: 'AMI was away' };
    await store.addGap(open);
    expect(await store.gaps(MORNING + 30 * 86_400_000, MORNING + 31 * 86_400_000)).toEqual([open]);
    expect(await store.gaps(MORNING - 1000, MORNING)).toEqual([]);
    await store.addGap({ ...open, until: MORNING + 1000 });
    expect(await store.gaps(MORNING + 30 * 86_400_000, MORNING + 31 * 86_400_000)).toEqual([]);
  });

  test('of answers and reviews of long ago the marks stay, and no word', async () => {
    const shared = { question: 'review', shipment: 70_001, order: null, courier: 11, operator: null };
    const answers = [
      { id: 'a', call_id: answeredCall(1, ANNA).id, value: 2, comment: 'Anna, Lenina 5', at: MORNING },
      { id: `review:${ANNA}`, call_id: null, value: 3, comment: null, at: MORNING },
      { id: 'review:2', call_id: null, value: 5, comment: 'fine', at: MORNING + 60_000 },
    ];
    await store.db
      .insertInto('survey_answers')
      .values(answers.map((answer) => ({ ...shared, ...answer })))
      .execute();
    const changed = [];
    for (let round = 0; round < 3; round++) changed.push(await store.blankAnswersBefore(MORNING + 50_000, 1));
    expect(changed).toEqual([1, 1, 0]);
    const left = await store.db.selectFrom('survey_answers').selectAll().orderBy('place').execute();
    expect(left.map(({ id, value, comment }) => [id, value, comment])).toEqual([
      ['a', 2, null],
      [expect.stringMatching(/^forgotten:\d+$/), 3, null],
      ['review:2', 5, 'fine'],
    ]);
  });

  const blanked = async (limit: number) => (await store.blankBefore(MORNING + 50_000, limit)).calls;

  test('old calls are blanked in portions, each of which goes on where the one before ended', async () => {
    await store.save([missedCall(1, ANNA), answeredCall(2, ANNA), answeredCall(3, ANNA)]);
    const first = await store.blankBefore(MORNING + 50_000, 2);
    expect(first.calls).toBe(2);
    await store.annotate(missedCall(1, ANNA).id, { note: ANNA });
    const second = await store.blankBefore(MORNING + 50_000, 2, first.end);
    expect([second.calls, second.end > first.end]).toEqual([1, true]);
    expect(await blanked(10)).toBe(1);
  });

  test('persons of old calls that nobody saw the end of are forgotten, and the calls are over', async () => {
    await store.save([answeredCall(1, ANNA, { state: 'talking', endedAt: null, outcome: null })]);
    expect(await blanked(10)).toBe(1);
    expect(await store.live()).toEqual({ calls: [], unreadable: [] });
    const { calls } = await store.list({}, 10);
    expect(JSON.stringify(calls)).not.toContain(ANNA);
    expect(calls).toEqual([expect.objectContaining({ state: 'ended', completeness: 'partial' })]);
    expect(await blanked(10)).toBe(0);
  });

  test('persons of old calls are forgotten, counts stay', async () => {
    await store.save([missedCall(1, ANNA), answeredCall(2, ANNA), answeredCall(100, ANNA)]);
    await store.annotate(missedCall(1, ANNA).id, { note: ANNA });
    expect(await blanked(1)).toBe(1);
    expect(await blanked(10)).toBe(1);
    expect(await blanked(10)).toBe(0);
    expect(await idsOf({ number: ANNA })).toEqual(['100']);
    const old = (await store.list({}, 10)).calls.slice(1);
    expect(JSON.stringify(old)).not.toContain(ANNA);
    expect(old.map(({ outcome, seconds }) => [outcome, seconds.talk])).toEqual([
      ['answered', 60],
      ['no_answer', 0],
    ]);
    // What somebody writes afterwards is forgotten as well.
    const links = [{ kind: 'client', code: 31, how: 'manual', rank: 1 }] as const;
    await store.annotate(missedCall(1, ANNA).id, { note: ANNA, links: () => links });
    expect(await idsOf({ link: { kind: 'client', code: '31' } })).toEqual(['1']);
    expect(await blanked(10)).toBe(1);
    expect(await store.get(missedCall(1, ANNA).id)).toMatchObject({ note: null, links: [] });
    expect(await idsOf({ link: { kind: 'client', code: '31' } })).toEqual([]);
    expect(await idsOf({ missed: true })).toEqual(['1']);
    expect(await idsOf({ open: true })).toEqual([]);
  });
}
