import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ownCalls } from '../calls/own-call.ts';
import { calls, follow, isLive } from '../live/live.ts';
import { isSoundOn, soundWhile, takeSound } from '../live/sound.ts';
import { openSession, type User } from '../session.ts';
import { texts } from '../text/text.ts';
import { Announcements } from './announce.tsx';
import { Bar } from './bar.tsx';
import { Page } from './page.tsx';

/** The frame of every page for one who is signed in. */
export function Shell({ user }: { readonly user: User }) {
  const t = texts.value;
  const me = useMemo(() => ({ login: user.login, extensions: user.extensions }), [user]);
  const own = useComputed(() => ownCalls(calls.value.values(), me));
  useEffect(() => {
    const life = new AbortController();
    follow(life.signal, () => void openSession());
    if (isSoundOn.value) takeSound();
    return () => life.abort();
  }, [user.name]);
  useEffect(
    () => soundWhile(() => isLive.value && own.value.some(({ state }) => state === 'ringing')),
    [own],
  );

  return (
    <>
      <a class="skip" href="#main">
        {t.toContent}
      </a>
      <Bar user={user} />
      <Page user={user} me={me} />
      <Announcements />
    </>
  );
}
