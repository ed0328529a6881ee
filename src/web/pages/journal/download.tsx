import { askBytes, withLimit } from '../../api.ts';
import { Refused, useAction } from '../../parts/action.tsx';
import { Icon } from '../../parts/icon.tsx';
import { texts } from '../../text/text.ts';

/** Saves a recording. A browser says nothing about why it could not save one, so the desk is asked for a byte first. */
export function Download({ id }: { readonly id: string }) {
  const t = texts.value;
  const action = useAction();
  const sound = `/api/recordings/${encodeURIComponent(id)}`;
  const file = `${sound}?download=1`;
  return (
    <>
      <a
        class="btn quiet"
        href={file}
        download
        aria-disabled={action.isBusy.value}
        onClick={(event) => {
          event.preventDefault();
          action.run(async () => {
            await askBytes(sound, { headers: { range: 'bytes=0-0' }, signal: withLimit(undefined) });
            save(file);
          });
        }}
      >
        <Icon name="save" />
        {t.call.download}
      </a>
      <Refused action={action} />
    </>
  );
}

/** The browser names the file as the desk says. */
function save(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
