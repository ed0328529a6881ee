import type { ComponentChildren } from 'preact';
import { asOf, asterisks, connection, deskRole, lostAsterisks } from '../live/liveness.ts';
import { Icon } from '../parts/icon.tsx';
import { formats, texts } from '../text/text.ts';

interface PageHeadProps {
  readonly title: string;
  /** Class for documents, which are narrower. */
  readonly kind?: 'doc';
  readonly children?: ComponentChildren;
}

/** The head of a page. A lost connection is told in its place, so that nothing moves. */
export function PageHead({ title, kind, children }: PageHeadProps) {
  const lost = lostText();
  if (lost !== null) {
    return (
      <div class="head lost">
        <Icon name="fail" />
        <h1 class="vh">{title}</h1>
        <p role="alert">
          <b>{lost}</b>
        </p>
      </div>
    );
  }
  return (
    <div class={kind === 'doc' ? 'head doc' : 'head'}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}

function lostText(): string | null {
  const { lost } = texts.value;
  const at = asOf.value === null ? null : formats.value.exact(asOf.value);
  if (connection.value.state === 'lost') return at === null ? lost.deskUnknown : lost.desk(at);
  if (deskRole.value === 'standby' && at !== null) return lost.standby(at);
  if (deskRole.value === 'starting') return lost.starting;
  if (lostAsterisks.value.length === 0) return null;
  // The only one needs no name, unless it has one of its own.
  const isOnly = asterisks.value.length === 1;
  const names = lostAsterisks.value
    .map(({ asterisk }) => asterisk)
    .filter((name) => !isOnly || name !== 'main');
  const beside = names.length === 0 ? '' : ` ${names.join(', ')}`;
  return at === null ? lost.asteriskUnknown(beside) : lost.asterisk(beside, at);
}
