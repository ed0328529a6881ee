/**
 * Where `password` stands in `scheme://user:password@host`. A password may hold @, / and # that nobody escaped, so
 * it reaches to the last @ of the text: rather too much is hidden than a part of it shown.
 */
function findPassword(text: string): { start: number; end: number } | undefined {
  const end = text.lastIndexOf('@');
  const before = /:\/\/[^\s:@]*:/.exec(text);
  if (before === null) return undefined;
  const start = before.index + before[0].length;
  return start < end ? { start, end } : undefined;
}

/** A text for a log or a person, with `***` in place of the password of a URL in it, a malformed one included. */
export function maskUrlPasswords(text: string): string {
  const password = findPassword(text);
  return password === undefined ? text : `${text.slice(0, password.start)}***${text.slice(password.end)}`;
}

export function hasUrlPassword(url: string): boolean {
  return findPassword(url) !== undefined;
}
