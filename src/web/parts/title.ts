import { useEffect } from 'preact/hooks';
import { texts } from '../text/text.ts';

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  const { product } = texts.value;
  useEffect(() => {
    document.title = `${title} · ${product}`;
  }, [title, product]);
}
