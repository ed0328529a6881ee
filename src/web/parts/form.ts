/** What was typed into a field of a form that is being sent, without blanks around it. */
export function typedIn(event: SubmitEvent, name: string): string {
  if (!(event.currentTarget instanceof HTMLFormElement)) return '';
  const value = new FormData(event.currentTarget).get(name);
  return typeof value === 'string' ? value.trim() : '';
}
