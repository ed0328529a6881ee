import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { onHappening, type Happening } from '../../../src/web/live/happening.ts';
import {
  answersFromNow,
  calls,
  forgetCalls,
  liveCalls,
  noteCall,
  replaceCalls,
  takeEvent,
} from '../../../src/web/live/known-calls.ts';
import {
  asOf,
  asterisks,
  callAsOf,
  connection,
  deskRole,
  isCallLive,
  isLive,
  lostAsterisks,
  takeStatus,
  type AsteriskState,
} from '../../../src/web/live/liveness.ts';
import { at, call } from './calls.ts';

const RINGING = call();
const TALKING = call({ state: 'talking' });
const ENDED = call({ state: 'ended' });

const happens = (name: string, data: unknown): void => takeEvent({ name, data: JSON.stringify(data) });
const stateOf = (id = RINGING.id): string | undefined => calls.value.get(id)?.state;

describe('what is known of a call', () => {
  let time = 0;
  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => time);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    forgetCalls();
    time += 1_000_000;
  });

  test('comes from an event rather than from an answer that was asked for before it', () => {
    const answers = answersFromNow();
    happens('call', TALKING);
    time += 5000;
    noteCall(RINGING, answers);
    expect(stateOf()).toBe('talking');
    replaceCalls([RINGING], [], answers);
    expect(stateOf()).toBe('talking');
    replaceCalls([], [RINGING.id], answers);
    expect(stateOf()).toBe('talking');
  });

  test('comes from an event that was a moment before: the journal may be behind', () => {
    happens('call', TALKING);
    time += 500;
    replaceCalls([RINGING], [], answersFromNow());
    expect(stateOf()).toBe('talking');
  });

  test('comes from the answer where the events were silent', () => {
    happens('call', RINGING);
    time += 2500;
    replaceCalls([TALKING], [], answersFromNow());
    expect(stateOf()).toBe('talking');
    replaceCalls([], [RINGING.id], answersFromNow());
    expect(stateOf()).toBeUndefined();
  });

  test('does not begin again after its end, however late the journal learns of it', () => {
    happens('call', ENDED);
    time += 60_000;
    replaceCalls([TALKING], [], answersFromNow());
    expect(stateOf()).toBe('ended');
  });

  test('is nothing once it became a part of another one, and everybody is told of which', () => {
    const told: Happening[] = [];
    const end = onHappening((what) => void told.push(what));
    happens('call', TALKING);
    happens('joined', { id: TALKING.id, into: 'main-1.2' });
    time += 60_000;
    replaceCalls([TALKING], [], answersFromNow());
    noteCall(TALKING, answersFromNow());
    end();
    expect(liveCalls.value).toEqual([]);
    expect(told.slice(1)).toEqual([{ name: 'joined', id: TALKING.id, into: 'main-1.2' }]);
  });

  test('is told with the gaps of the journal', () => {
    const told: Happening[] = [];
    const end = onHappening((what) => void told.push(what));
    const gap = { asterisk: 'main', from: at('8:00:00'), until: at('8:01:00'), reason: 'away' };
    happens('gap', { gap });
    end();
    expect(told).toEqual([{ name: 'gap', gap }]);
  });
});

describe('what is live', () => {
  const [MAIN, EAST] = [call(), call({ id: 'east-1.1', asterisk: 'east' })];
  const status = (asterisk: string, since: string | null = null): AsteriskState => ({
    asterisk,
    state: since === null ? 'followed' : 'away',
    problem: since === null ? null : 'away',
    since,
  });
  const NOW = Date.parse(at('9:00:00'));

  beforeEach(() => {
    connection.value = { state: 'live', at: NOW };
    deskRole.value = 'following';
    asterisks.value = [status('east'), status('main')];
  });

  test('are the calls of the Asterisks that are followed, though another one is away', () => {
    takeStatus(status('east', at('8:50:00')));
    expect([isLive.value, isCallLive(MAIN), isCallLive(EAST)]).toEqual([true, true, false]);
    expect(lostAsterisks.value.map(({ asterisk }) => asterisk)).toEqual(['east']);
    expect([asOf.value, callAsOf(EAST)]).toEqual([Date.parse(at('8:50:00')), Date.parse(at('8:50:00'))]);
    takeStatus(status('east'));
    expect([isCallLive(EAST), asOf.value]).toEqual([true, null]);
  });

  test('is nothing when all are away', () => {
    takeStatus(status('east', at('8:50:00')));
    takeStatus(status('main', at('8:40:00')));
    expect([isLive.value, isCallLive(MAIN), asOf.value]).toEqual([false, false, Date.parse(at('8:40:00'))]);
  });

  test('is nothing when the line to the desk is lost', () => {
    takeStatus(status('east', at('8:50:00')));
    connection.value = { state: 'lost', at: NOW };
    expect([isLive.value, isCallLive(MAIN), asOf.value, callAsOf(MAIN)]).toEqual([false, false, NOW, NOW]);
    expect(callAsOf(EAST)).toBe(Date.parse(at('8:50:00')));
  });

  test.each(['standby', 'starting'] as const)(
    'is nothing where the desk is %s: it follows no Asterisk',
    (role) => {
      deskRole.value = role;
      asterisks.value = [];
      expect([isLive.value, isCallLive(MAIN), asOf.value, callAsOf(MAIN)]).toEqual([false, false, NOW, NOW]);
      // Only one that follows says how an Asterisk is.
      takeStatus(status('main'));
      expect([deskRole.value, isCallLive(MAIN), isCallLive(EAST)]).toEqual(['following', true, false]);
    },
  );

  test('is a call that is told before anybody said which Asterisks there are', () => {
    connection.value = { state: 'loading', at: null };
    deskRole.value = null;
    asterisks.value = [];
    expect([isLive.value, isCallLive(MAIN)]).toEqual([true, true]);
  });
});
