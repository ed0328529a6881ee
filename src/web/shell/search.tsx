import { useSignal } from '@preact/signals';
import { Icon } from '../parts/icon.tsx';
import { go } from '../router.ts';
import { texts } from '../text/text.ts';
import { SEARCHED, searchTarget } from './search-target.ts';

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
        pattern={SEARCHED}
        title={t.search.rule}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}
