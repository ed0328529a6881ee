import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { ask } from '../../api.ts';
import { isActive, type OwnCall } from '../../calls/own-call.ts';
import { readDraft } from '../../calls/note-draft.ts';
import { outsider, type Me, type PageCall } from '../../calls/page-call.ts';
import { connection } from '../../live/live.ts';
import { isCallLive } from '../../live/liveness.ts';
import { Icon } from '../../parts/icon.tsx';
import { useTitle } from '../../parts/title.ts';
import { langOf, nameOf, partyName } from '../../parts/who.tsx';
import { PageHead } from '../../shell/page-head.tsx';
import { ownCallsSignal } from '../../shell/own.ts';
import type { User } from '../../session.ts';
import { phone } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';
import { CallCard } from './card.tsx';
import { CardHead } from './card-head.tsx';
import { LastCalls } from './last-calls.tsx';
import { LiveList } from './live-list.tsx';
import { OwedPanel } from './owed-panel.tsx';
import { StaffPanel } from './staff-panel.tsx';

/** Who calls, what goes on, what is owed. */
export function Now({ me, user }: { readonly me: Me; readonly user: User }) {
  const t = texts.value;
  useTitle(t.pages.now);
  const own = ownCallsSignal.value;
  const [first, ...others] = own;
  const [extension] = me.extensions;
  return (
    <main id="main" tabIndex={-1}>
      <PageHead title={t.pages.now}>
        <span class="grow" />
        {extension !== undefined && (
          <p class="n">
            <Icon name="phone" /> {t.own.ready(phone(extension))}
          </p>
        )}
      </PageHead>
      <div class="body">
        <div class="now">
          <div class="stack">
            {first === undefined ? <NoCall me={me} /> : <Own own={first} me={me} />}
            {others.map((one) => (
              <OtherCall key={one.call.id} own={one} me={me} />
            ))}
          </div>
          <div class="stack">
            <LiveList me={me} />
            {user.role !== 'operator' && <StaffPanel />}
            <OwedPanel />
          </div>
        </div>
      </div>
    </main>
  );
}

function Own({ own, me }: { readonly own: OwnCall; readonly me: Me }) {
  const t = texts.value;
  const isNoting = useSignal(false);
  const { id, note } = own.call;
  useEffect(() => {
    isNoting.value = (note ?? '') !== '' || readDraft(own.call) !== null;
  }, [id]);
  return (
    <>
      <CallCard key={id} own={own} me={me} isNoting={isNoting} />
      {own.state === 'elsewhere' && !isActive(own) && (
        <div class="panel card">
          <OwnLast me={me} title={t.own.lastOwn} />
        </div>
      )}
    </>
  );
}

/** A second call of one's own: how it stands, and who it is. */
function OtherCall({ own, me }: { readonly own: OwnCall; readonly me: Me }) {
  const heading = useId();
  const party = outsider(own.call) ?? own.call.from;
  return (
    <section class={isCallLive(own.call) ? 'panel' : 'panel stale'} aria-labelledby={heading}>
      <CardHead own={own} me={me} headingId={heading} />
      <div class="in">
        <b dir="auto" lang={langOf(nameOf(party))}>
          {partyName(party, nameOf(party))}
        </b>
      </div>
    </section>
  );
}

function NoCall({ me }: { readonly me: Me }) {
  const t = texts.value;
  return (
    <section class="panel card" aria-labelledby="caller" data-state="none">
      <div class="empty">
        <h2 id="caller">{connection.value.at === null ? t.loading : t.own.empty}</h2>
        <p class="muted">{me.extensions.length === 0 ? t.own.emptyNoPhone : t.own.emptyHint}</p>
      </div>
      {me.extensions.length > 0 && <OwnLast me={me} title={t.own.lastOwn} />}
    </section>
  );
}

/** The user's own last calls, out of the journal. */
function OwnLast({ me, title }: { readonly me: Me; readonly title: string }) {
  const last = useSignal<readonly PageCall[]>([]);
  const filter =
    me.login === null ? `extension=${me.extensions[0] ?? ''}` : `user=${encodeURIComponent(me.login)}`;
  useSignalEffect(() => {
    const life = new AbortController();
    ask<{ calls: PageCall[] }>(`/api/calls?${filter}&limit=5`, { signal: life.signal }).then(
      ({ calls }) => {
        last.value = calls.filter(({ state }) => state === 'ended');
      },
      () => undefined,
    );
    return () => life.abort();
  });
  if (last.value.length === 0) return null;
  return <LastCalls title={title} calls={last.value} href={`/journal?${filter}`} shows="outsider" />;
}
