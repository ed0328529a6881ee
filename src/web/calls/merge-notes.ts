/** A note that is half written: it outlives a reload, and a desk that is away. */
export interface NoteDraft {
  readonly text: string;
  /** The note that its writer saw on the desk. */
  readonly before: string;
}

/** What two have written at once, one below the other; what both began with is there once. */
export function mergeNotes(theirs: string, { text, before }: NoteDraft): NoteDraft {
  // Their own words, of which the answer was lost.
  if (theirs.trim() !== '' && text.startsWith(theirs.trim())) return { text, before: theirs };
  const own = text.startsWith(before) ? text.slice(before.length) : text;
  const parts = [theirs, own].map((part) => part.trim()).filter((part) => part !== '');
  // Theirs was written below it.
  if (parts.length === 2 && `\n${parts[0]}\n`.includes(`\n${parts[1]}\n`)) parts.pop();
  return { text: parts.join('\n'), before: theirs };
}
