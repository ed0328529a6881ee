/** What was typed into a field of a form that is being sent, without blanks around it. */
export function typedIn(event: SubmitEvent, name: string): string {
  return typedExactly(event, name).trim();
}

/** The same as it was typed: blanks may be a part of a password. */
export function typedExactly({ currentTarget }: SubmitEvent, name: string): string {
  if (!(currentTarget instanceof HTMLFormElement)) return '';
  const value = new FormData(currentTarget).get(name);
  return typeof value === 'string' ? value : '';
}
