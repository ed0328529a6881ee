import { signal } from '@preact/signals';

const polite = signal('');
const urgent = signal('');

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
