import { useSignal } from '@preact/signals';
import { Icon } from '../parts/icon.tsx';
import { go } from '../router.ts';
import { texts } from '../text/text.ts';

/** One field for a number, or for the code of a shipment: the journal has no second one. */
export function Search() {
  const t = texts.value;
  const text = useSignal('');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const target = searchTarget(text.value);
    if (target !== null) go(target);
  };
  return (
    <form role="search" class="find" onSubmit={submit}>
      <label class="vh" for="find">
        {t.search.label}
      </label>
      <Icon name="find" />
      <input
        id="find"
        type="search"
        placeholder={t.search.label}
        autocomplete="off"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Where a search leads; null when there is nothing to look for. Codes are shorter than numbers. */
function searchTarget(text: string): string | null {
  const digits = text.replaceAll(/[\s()+.-]/g, '');
  if (!/^\d{2,20}$/.test(digits)) return null;
  if (digits.length <= 3 || digits.length >= 7) return `/journal?number=${digits}`;
  return `/shipments/${digits}`;
}
