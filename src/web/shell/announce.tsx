import { signal, type Signal } from '@preact/signals';

/** What is said, in a piece of its own each time: the same words again are heard again. */
interface Said {
  readonly turn: number;
  readonly text: string;
}

/** How long it can be read, in ms: later it would be found by somebody for whom it is not true any more. */
const STAYS_MS = 10_000;

const polite = signal<Said>({ turn: 0, text: '' });
const urgent = signal<Said>({ turn: 0, text: '' });

/**
 * Reads something to those who can't see it: one region a page for what happened, one for the user's own calls.
 *
 * @param text `''` takes back what was said before
 */
export function announce(text: string, how: 'polite' | 'urgent' = 'polite'): void {
  const region = how === 'polite' ? polite : urgent;
  const turn = region.peek().turn + 1;
  region.value = { turn, text };
  setTimeout(() => {
    if (region.peek().turn === turn) region.value = { turn, text: '' };
  }, STAYS_MS);
}

export function Announcements() {
  return (
    <>
      <div class="vh" role="status">
        <Piece said={polite} />
      </div>
      <div class="vh" role="alert">
        <Piece said={urgent} />
      </div>
    </>
  );
}

function Piece({ said }: { readonly said: Signal<Said> }) {
  const { turn, text } = said.value;
  return text === '' ? null : <p key={turn}>{text}</p>;
}
