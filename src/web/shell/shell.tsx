import { useEffect, useMemo } from 'preact/hooks';
import { follow } from '../live/live.ts';
import { isCallLive } from '../live/liveness.ts';
import { isSoundOn, soundWhile, takeSound } from '../live/sound.ts';
import { followMissed } from '../missed/missed.ts';
import { address } from '../router.ts';
import { openSession, type User } from '../session.ts';
import { texts } from '../text/text.ts';
import { Announcements } from './announce.tsx';
import { useAnnouncedCalls } from './announced-calls.ts';
import { Bar } from './bar.tsx';
import { Dock } from './dock.tsx';
import { useLeftDrafts } from './drafts.ts';
import { listenToKeys } from './keys.ts';
import { me as meSignal, ownCallsSignal } from './own.ts';
import { Page } from './page.tsx';

/** The frame of every page for one who is signed in. */
export function Shell({ user }: { readonly user: User }) {
  const t = texts.value;
  const me = useMemo(() => ({ login: user.login, extensions: user.extensions }), [user]);
  useEffect(() => {
    meSignal.value = me;
  }, [me]);
  useEffect(() => {
    const life = new AbortController();
    followMissed(life.signal);
    // The desk ends the stream of a user who gets another role or other telephones.
    follow(life.signal, { onOpen: () => void openSession(), onRefused: () => void openSession() });
    if (isSoundOn.value) takeSound();
    return () => life.abort();
  }, [user.name]);
  useEffect(listenToKeys, []);
  useEffect(
    () =>
      soundWhile(() =>
        ownCallsSignal.value.some(({ call, state }) => state === 'ringing' && isCallLive(call)),
      ),
    [],
  );
  useAnnouncedCalls();
  useLeftDrafts();

  return (
    <>
      <a class="skip" href="#main">
        {t.toContent}
      </a>
      <Bar user={user} />
      <Page key={rightsOf(user)} user={user} me={me} />
      {address.value.pathname !== '/' && <Dock me={me} />}
      <Announcements />
    </>
  );
}

/** What decides over what the desk shows: with another role or telephones the page reads everything anew. */
function rightsOf({ role, login, extensions }: User): string {
  return JSON.stringify([role, login, extensions]);
}
