import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Recording } from '../../../calls/call.ts';
import type { Story } from '../../calls/story.ts';
import { Refusal } from '../../api.ts';
import { loadWave } from '../../calls/wave.ts';
import { Icon } from '../../parts/icon.tsx';
import { clock } from '../../text/formats.ts';
import { texts } from '../../text/text.ts';

/** What the keys left and right move by, in seconds. */
const STEP = 5;

interface PlayerProps {
  readonly recording: Recording;
  readonly story: Story;
  /** Where it plays, in ms of the call's time; null while it does not. */
  readonly position: Signal<number | null>;
}

/** A recording with its wave under the lanes. It is fetched when somebody wants to hear it: each listening is logged. */
export function Player({ recording, story, position }: PlayerProps) {
  const t = texts.value;
  const { playing } = t.call;
  const audio = useRef<HTMLAudioElement>(null);
  const isPlaying = useSignal(false);
  const isBroken = useSignal(false);
  /** Why the desk does not give it. */
  const refusal = useSignal('');
  const peaks = useSignal<readonly number[]>([]);
  const at = useSignal(0);
  const length = useSignal(0);
  const isWanted = useSignal(false);
  const url = `/api/recordings/${encodeURIComponent(recording.id)}`;
  const from = Date.parse(recording.from);
  const until = recording.until === null ? story.until : Date.parse(recording.until);
  const place = (time: number): number => ((time - story.from) / (story.until - story.from)) * 100;

  useEffect(() => {
    if (!isWanted.value) return undefined;
    const life = new AbortController();
    loadWave(url, life.signal).then(
      (wave) => {
        peaks.value = wave;
      },
      (error: unknown) => {
        // What cannot be drawn may be heard all the same.
        if (error instanceof Refusal && error.status > 0)
          refusal.value = error.code === 'no_such_recording' ? t.call.notTheirs : error.message;
      },
    );
    return () => life.abort();
  }, [isWanted.value]);
  useEffect(
    () => () => {
      position.value = null;
    },
    [],
  );

  const toggle = (): void => {
    const element = audio.current;
    if (element === null) return;
    if (!isWanted.value) {
      // Before it plays: a source that comes later ends what was begun.
      element.src = url;
      isWanted.value = true;
    }
    if (element.paused) {
      element.play().catch(() => {
        isBroken.value = true;
      });
    } else element.pause();
  };
  const seek = (seconds: number): void => {
    if (audio.current === null) return;
    audio.current.currentTime = Math.max(0, Math.min(length.value || seconds, seconds));
    at.value = audio.current.currentTime;
  };
  const total = length.value > 0 ? length.value : (until - from) / 1000;
  const said = `${clock(at.value * 1000)} ${playing.of} ${clock(total * 1000)}`;
  return (
    <div class="player">
      <audio
        ref={audio}
        preload="none"
        onPlay={() => {
          isPlaying.value = true;
        }}
        onPause={() => {
          isPlaying.value = false;
        }}
        onEnded={() => {
          isPlaying.value = false;
        }}
        onLoadedMetadata={(event) => {
          if (Number.isFinite(event.currentTarget.duration)) length.value = event.currentTarget.duration;
        }}
        onTimeUpdate={(event) => {
          at.value = event.currentTarget.currentTime;
          position.value = from + at.value * 1000;
        }}
        onError={() => {
          isBroken.value = isWanted.value;
        }}
      />
      <span class="small muted">
        {playing.wave} {clock(total * 1000)}
      </span>
      <svg class="time wave" aria-hidden="true">
        <Wave
          peaks={peaks.value}
          from={place(from)}
          until={place(Math.min(until, story.until))}
          heard={total === 0 ? 0 : at.value / total}
        />
      </svg>
      <div class="keys">
        <button
          type="button"
          class="btn primary square"
          title={isPlaying.value ? playing.pause : playing.play}
          onClick={toggle}
        >
          <Icon name={isPlaying.value ? 'pause' : 'play'} />
          <span class="vh">{isPlaying.value ? playing.pause : playing.play}</span>
        </button>
        <span class="n">
          {clock(at.value * 1000)}{' '}
          <span class="muted">
            {playing.of} {clock(total * 1000)}
          </span>
        </span>
      </div>
      <input
        type="range"
        min="0"
        max={Math.max(1, Math.round(total))}
        step="1"
        value={Math.round(at.value)}
        aria-label={playing.seek}
        aria-valuetext={said}
        style={belowWave(place(from), place(Math.min(until, story.until)))}
        onInput={(event) => seek(Number(event.currentTarget.value))}
        onKeyDown={(event) => {
          const step = event.code === 'ArrowLeft' ? -STEP : event.code === 'ArrowRight' ? STEP : 0;
          if (step !== 0) {
            event.preventDefault();
            seek(at.value + step);
          } else if (event.code === 'Space') {
            event.preventDefault();
            toggle();
          }
        }}
      />
      {(isBroken.value || refusal.value !== '') && (
        <p class="warn small wide" role="alert">
          {refusal.value || t.call.notPlayable}
        </p>
      )}
    </div>
  );
}

/** A piece of a long call keeps room to be seeked in. @param from and `until`: in per cent of the width */
function belowWave(from: number, until: number) {
  const least = '8rem';
  return {
    marginInlineStart: `min(${from}%, 100% - ${least})`,
    width: `max(${until - from}%, ${least})`,
  };
}

interface WaveProps {
  readonly peaks: readonly number[];
  /** In per cent of the width. */
  readonly from: number;
  readonly until: number;
  /** The part that has been heard, 0 to 1. */
  readonly heard: number;
}

function Wave({ peaks, from, until, heard }: WaveProps) {
  const width = until - from;
  if (peaks.length === 0) {
    return <rect class="left" x={`${from}%`} y="31" width={`${width}%`} height="2" rx="1" />;
  }
  const step = width / peaks.length;
  return (
    <>
      {peaks.map((peak, index) => {
        const height = Math.max(2, peak * 60);
        return (
          <rect
            key={index}
            class={index / peaks.length < heard ? 'heard' : 'left'}
            x={`${from + index * step}%`}
            y={32 - height / 2}
            width={`${step * 0.6}%`}
            height={height}
          />
        );
      })}
    </>
  );
}
