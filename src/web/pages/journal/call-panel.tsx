import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask, Refusal } from '../../api.ts';
import { audibleRecordings, readyRecordings } from '../../calls/audible.ts';
import { readDraft } from '../../calls/note-draft.ts';
import { callNumber } from '../../calls/requests.ts';
import { outsider, type Me, type PageCall } from '../../calls/page-call.ts';
import { storyOf } from '../../calls/story.ts';
import { calls, isLive, onHappening } from '../../live/live.ts';
import { answersFromNow } from '../../live/known-calls.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { BindDialog } from '../../parts/bind-dialog.tsx';
import { CallOutcome } from '../../parts/call-state.tsx';
import { Icon } from '../../parts/icon.tsx';
import { liveTime } from '../../parts/timer.tsx';
import { lookUp } from '../../people/people.ts';
import { clock } from '../../text/formats.ts';
import { dayAndTime, formats, texts } from '../../text/text.ts';
import { go } from '../../router.ts';
import { telephonesOf } from '../../people/staff.ts';
import { user } from '../../session.ts';
import { Note } from '../now/note.tsx';
import { CallFacts } from './call-facts.tsx';
import { Download } from './download.tsx';
import { Player } from './player.tsx';
import { StoryList } from './story-list.tsx';
import { Legend, StoryPicture } from './story-picture.tsx';

interface PanelProps {
  readonly id: string;
  readonly me: Me;
  /** Filters, as they stand in the address. */
  readonly query: string;
  /** Whether it was opened here, and not by an address. */
  readonly isOpenedHere: boolean;
}

/** One call: its story as a picture and in words, its recording, and what is known of it. */
export function CallPanel({ id, me, query, isOpenedHere }: PanelProps) {
  const t = texts.value;
  const call = useCall(id, (into) =>
    go(`/journal/${encodeURIComponent(into)}${query === '' ? '' : `?${query}`}`, 'replace'),
  );
  const back = `/journal${query === '' ? '' : `?${query}`}`;
  if (call.value === null || call.value === 'missing' || call.value === 'away') {
    const word = call.value === null ? t.loading : call.value === 'away' ? t.away : t.call.missing;
    return (
      <article class="panel call">
        <header>
          <BackLink href={back} />
          <Heading takesFocus={isOpenedHere}>{word}</Heading>
        </header>
      </article>
    );
  }
  return <OpenedCall call={call.value} me={me} back={back} isOpenedHere={isOpenedHere} />;
}

interface OpenedProps extends Pick<PanelProps, 'me' | 'isOpenedHere'> {
  readonly call: PageCall;
  /** Address of the list. */
  readonly back: string;
}

function OpenedCall({ call, me, back, isOpenedHere }: OpenedProps) {
  const t = texts.value;
  const position = useSignal<number | null>(null);
  const isNoting = useSignal(readDraft(call) !== null);
  const isBinding = useSignal(false);
  const calling = useAction();
  const story = storyOf(call, call.state === 'ended' ? 0 : liveTime(call));
  const audible = audibleRecordings(call, user.value, telephonesOf);
  const number = outsider(call)?.number ?? null;
  // The router has a say in inbound calls alone.
  const isRouted = call.direction === 'in';
  const canCall = number !== null && me.extensions.length > 0 && isLive.value;
  return (
    <article class="panel call" aria-labelledby="call-h">
      <header>
        <BackLink href={back} />
        <Heading id="call-h" takesFocus={isOpenedHere}>
          {t.call.title(formats.value.exact(call.startedAt))}
        </Heading>
        <CallOutcome call={call} />
        {call.talks.length > 0 && <span class="n">{clock(call.seconds.talk * 1000)}</span>}
        <span class="grow" />
        {number !== null && isRouted && user.value !== null && user.value.role !== 'operator' && (
          <a class="small" href={`/status?number=${number}&call=${encodeURIComponent(call.id)}#why`}>
            {t.call.why}
          </a>
        )}
      </header>
      {call.completeness !== 'whole' && (
        <p class="small warn">
          <Icon name="warn" /> {call.completeness === 'partial' ? t.call.partial : t.call.rebuilt}
        </p>
      )}
      <div class="story">
        <h3 class="vh">{t.story.title}</h3>
        <StoryPicture story={story} position={position.value} />
        {audible.map((recording) => (
          <Player key={recording.id} recording={recording} story={story} position={position} />
        ))}
        {readyRecordings(call).length > audible.length && <p class="small muted">{t.call.notTheirs}</p>}
        <Unplayable call={call} />
        <Legend story={story} />
        <StoryList call={call} />
      </div>
      <CallFacts call={call} />
      {isNoting.value && <Note key={call.id} call={call} />}
      <div class="actions" role="group" aria-label={t.card.actions}>
        <button
          type="button"
          class="btn"
          aria-disabled={!canCall || calling.isBusy.value}
          title={me.extensions.length === 0 ? t.act.noPhone : undefined}
          onClick={() => {
            if (canCall) calling.run(() => callNumber(number));
          }}
        >
          <Icon name="phone" />
          {t.act.callBack}
        </button>
        <Toggle is={isBinding}>{t.act.bind}</Toggle>
        <Toggle is={isNoting} data-open-note>
          {t.act.note}
        </Toggle>
        {audible.map(({ id }) => (
          <Download key={id} id={id} />
        ))}
        <Refused action={calling} />
        {audible.length > 0 && <Listened call={call.id} />}
      </div>
      {isBinding.value && (
        <BindDialog
          call={call}
          person={number === null ? null : lookUp(number).value.person}
          onClose={() => {
            isBinding.value = false;
          }}
        />
      )}
    </article>
  );
}

/** Between a failure and the next try, in ms. */
const RETRY_MS = 5000;

/**
 * The call, true while it is looked at; null until it is known. `away` is tried again.
 *
 * @param onJoined it became a part of another one
 */
function useCall(id: string, onJoined: (into: string) => void): Signal<PageCall | 'missing' | 'away' | null> {
  const call = useSignal<PageCall | 'missing' | 'away' | null>(calls.peek().get(id) ?? null);
  useEffect(() => {
    const life = new AbortController();
    let retry: ReturnType<typeof setTimeout> | undefined;
    const load = (): void => {
      clearTimeout(retry);
      const answers = answersFromNow();
      ask<PageCall>(`/api/calls/${encodeURIComponent(id)}`, { signal: life.signal }).then(
        (found) => {
          call.value = answers.newest(found) ?? 'missing';
        },
        (error: unknown) => {
          if (life.signal.aborted) return;
          const isMissing = error instanceof Refusal && error.status === 404;
          // The journal may be behind the events with a call that has just begun.
          const isKnown = isMissing ? calls.peek().has(id) : call.value !== null && call.value !== 'missing';
          if (!isKnown) call.value = isMissing ? 'missing' : 'away';
          clearTimeout(retry);
          if (!isMissing) retry = setTimeout(load, RETRY_MS);
        },
      );
    };
    load();
    const end = onHappening((what) => {
      if (what.name === 'joined' && what.id === id) onJoined(what.into);
      if (what.name === 'reloaded') load();
      if (what.name === 'call' && what.call.id === id) call.value = what.call;
    });
    return () => {
      end();
      clearTimeout(retry);
      life.abort();
    };
  }, [id]);
  return call;
}

/** Why there is nothing to hear, where there should be. */
function Unplayable({ call }: { readonly call: PageCall }) {
  const { recordings } = texts.value.call;
  const states = [...new Set(call.recordings.map(({ state }) => recordings[state]))].filter(
    (text) => text !== '',
  );
  if (states.length === 0) return null;
  return <p class="small muted">{states.join(', ')}</p>;
}

/** That listening is logged, and for those who may know it, who has listened. */
function Listened({ call }: { readonly call: string }) {
  const t = texts.value;
  const names = useSignal<readonly string[]>([]);
  const mayKnow = user.value !== null && user.value.role !== 'operator';
  useEffect(() => {
    if (!mayKnow) return undefined;
    const life = new AbortController();
    ask<{ listenings: { name: string; at: string }[] }>(`/api/calls/${encodeURIComponent(call)}/listenings`, {
      signal: life.signal,
    }).then(
      ({ listenings }) => {
        names.value = listenings.slice(0, 5).map(({ name, at }) => `${name} (${dayAndTime(at)})`);
      },
      () => undefined,
    );
    return () => life.abort();
  }, [call, mayKnow]);
  return (
    <p class="small muted">
      {t.call.listened}
      {names.value.length > 0 && `: ${names.value.join(', ')}`}
    </p>
  );
}

interface HeadingProps {
  readonly id?: string;
  readonly takesFocus: boolean;
  readonly children: string;
}

/** Takes the focus where the call stands in the list's place: the row that was in it is not to be seen any more. */
function Heading({ id, takesFocus, children }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    const isLost = focused === null || focused === document.body || focused.getClientRects().length === 0;
    if (takesFocus && isLost) heading.current?.focus();
  }, []);
  return (
    <h2 id={id} ref={heading} tabIndex={-1}>
      {children}
    </h2>
  );
}

function BackLink({ href }: { readonly href: string }) {
  const t = texts.value;
  return (
    <a class="btn quiet square" href={href} title={t.call.toList} data-back>
      <Icon name="back" />
      <span class="vh">{t.call.toList}</span>
    </a>
  );
}

interface ToggleProps {
  readonly is: Signal<boolean>;
  readonly children: string;
  /** The keyboard opens the note by it. */
  readonly 'data-open-note'?: boolean;
}

function Toggle({ is, children, ...rest }: ToggleProps) {
  return (
    <button
      type="button"
      class="btn"
      {...rest}
      aria-expanded={is.value}
      onClick={() => {
        is.value = !is.value;
      }}
    >
      {children}
    </button>
  );
}
