import { ticksOf, type Lane, type Segment, type Story } from '../../calls/story.ts';
import { Who } from '../../parts/who.tsx';
import { clock } from '../../text/formats.ts';
import { formats, texts } from '../../text/text.ts';
import { isOurNumber } from '../../calls/page-call.ts';

/** A share of the width that a length must have to stand inside of its segment, in per cent. */
const READABLE = 12;

interface PictureProps {
  readonly story: Story;
  /** Where a recording plays, in ms; null while none does. */
  readonly position: number | null;
}

/** One axis for all lanes. Screen readers get the same story as a list. */
export function StoryPicture({ story, position }: PictureProps) {
  const place = (at: number): number => ((at - story.from) / (story.until - story.from)) * 100;
  const ticks = ticksOf(story);
  return (
    <ul class="lanes" aria-hidden="true">
      <li>
        <span />
        <svg class="time axis">
          {ticks.map((at) => (
            <text key={at} x={`${place(at)}%`} y="12" text-anchor={anchorOf(place(at))}>
              {formats.value.exact(at)}
            </text>
          ))}
        </svg>
      </li>
      {story.lanes.map((lane, index) => (
        <li key={index}>
          <Who party={lane.party} isOurs={isOurNumber(lane.party)} />
          <svg class="time">
            {ticks.map((at) => (
              <line key={at} class="tick" x1={`${place(at)}%`} x2={`${place(at)}%`} y1="0" y2="32" />
            ))}
            <LaneMarks lane={lane} place={place} />
            {position !== null && (
              <line class="pos" x1={`${place(position)}%`} x2={`${place(position)}%`} y1="0" y2="32" />
            )}
          </svg>
        </li>
      ))}
    </ul>
  );
}

function LaneMarks({ lane, place }: { readonly lane: Lane; readonly place: (at: number) => number }) {
  return (
    <>
      {lane.segments.map((segment, index) => (
        <Mark key={index} segment={segment} place={place} />
      ))}
      {lane.hungUpAt !== null && (
        <svg x={`${place(lane.hungUpAt)}%`} y="10" width="12" height="12" overflow="visible">
          <path class="cross" d="M-5 1l10 10M5 1l-10 10" />
        </svg>
      )}
    </>
  );
}

function Mark({
  segment: { kind, from, until },
  place,
}: {
  readonly segment: Segment;
  readonly place: (at: number) => number;
}) {
  const x = place(from);
  const width = Math.max(0.4, place(until) - x);
  return (
    <>
      <rect class={kind} x={`${x}%`} y="9" width={`${width}%`} height="14" rx="2" />
      {kind === 'talk' && width > READABLE && (
        <text class="in" x={`${x + 1}%`} y="20">
          {clock(until - from)}
        </text>
      )}
    </>
  );
}

function anchorOf(x: number): 'start' | 'middle' | 'end' {
  return x < 8 ? 'start' : x > 92 ? 'end' : 'middle';
}

export function Legend({ story }: { readonly story: Story }) {
  const { legend } = texts.value.story;
  const used = new Set(story.lanes.flatMap(({ segments }) => segments.map(({ kind }) => kind)));
  const kinds = (['robot', 'ring', 'talk', 'hold', 'ask'] as const).filter((kind) => used.has(kind));
  return (
    <div class="legend" aria-hidden="true">
      {kinds.map((kind) => (
        <span key={kind}>
          <svg class="time">
            <rect class={kind} x="0" y="0" width="24" height="12" rx="2" />
          </svg>{' '}
          {legend[kind]}
        </span>
      ))}
      {story.lanes.some(({ hungUpAt }) => hungUpAt !== null) && (
        <span>
          <svg class="time">
            <path class="cross" d="M6 1l10 10M16 1L6 11" />
          </svg>{' '}
          {legend.cross}
        </span>
      )}
    </div>
  );
}
