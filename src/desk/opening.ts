import type { RetriedStart } from './retried-start.ts';

/** Parts of the desk with a port of their own, which others may have taken. */
const PARTS = ['door', 'survey'] as const;

type Part = (typeof PARTS)[number];

/** How they are opened; without those that are not enabled. */
export type Opening<Start = Pick<RetriedStart, 'problem'>> = Readonly<Partial<Record<Part, Start>>>;

export interface ClosedPart {
  readonly part: Part;
  readonly problem: string;
}

/** Those whose port is not open, and why. */
export function closedParts(opening: Opening): ClosedPart[] {
  return PARTS.flatMap((part) => {
    const problem = opening[part]?.problem;
    return problem === undefined ? [] : [{ part, problem }];
  });
}
