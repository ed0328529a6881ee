import type { Finding } from '../../../src/doctor/check.ts';

/** A finding as an English reader sees it. */
export type Told<F extends Finding> = Omit<F, 'message' | 'remedy'> & {
  readonly message: string;
  readonly remedy: string | null;
};

export function english<F extends Finding>(finding: F): Told<F> {
  const { message, remedy } = finding;
  return { ...finding, message: message.en, remedy: remedy?.en ?? null };
}

/** A check whose finding is told in English. */
export function inEnglish<Args extends unknown[], F extends Finding>(
  look: (...args: Args) => F,
): (...args: Args) => Told<F> {
  return (...args) => english(look(...args));
}

/** As `inEnglish`, for a check that takes time. */
export function inEnglishLater<Args extends unknown[], F extends Finding>(
  look: (...args: Args) => Promise<F>,
): (...args: Args) => Promise<Told<F>> {
  return async (...args) => english(await look(...args));
}
