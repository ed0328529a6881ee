import { signal } from '@preact/signals';

const polite = signal('');
const urgent = signal('');

/** Reads something to those who can't see it: one region a page for what happened, one for the user's own calls. */
export function announce(text: string, how: 'polite' | 'urgent' = 'polite'): void {
  (how === 'polite' ? polite : urgent).value = text;
}

export function Announcements() {
  return (
    <>
      <div class="vh" role="status">
        {polite.value}
      </div>
      <div class="vh" role="alert">
        {urgent.value}
      </div>
    </>
  );
}
