import { isCityNumber } from './grouping.ts';
import { isNearlyMobile } from './reader.ts';
import type { Segment } from './segments.ts';

/** An extension; before a number of the own city two digits are rather of that, or of a mobile. */
const EXTENSION = /^\+?\(?\d{2,6}\)?$/;
const LONG_EXTENSION = /^\(?\d{3,6}\)?$/;
/** Another telephone, though it cannot be read. */
const TELEPHONE = /^(?:\D*\d){7}/;

/**
 * Nothing is guessed beside digits that are lost, `8 (926) 891-23-133`, nor within those of a mobile that lacks one or has
 * one too many, `963 175 15 4`: a number of the own city, or of another country without a sign that it is, would be a
 * stranger's.
 */
export function withoutGuesses(segments: readonly Segment[], country: string): Segment[] {
  return segments.map((segment, index) => {
    if (segment.kind === 'rest') return segment;
    const { reading, text } = segment;
    const isLocal = reading.certainty === 'local';
    if (!isLocal && reading.certainty !== 'foreign') return segment;
    const [before, behind] = [restOf(segments[index - 1]), restOf(segments[index + 1])];
    const extension = isLocal && segments[index - 2] === undefined ? LONG_EXTENSION : EXTENSION;
    const isBehindLost = before !== '' && !extension.test(before) && !before.split(' ').every(isCityNumber);
    const isBeforeLost = isLocal && behind !== '' && !EXTENSION.test(behind) && !TELEPHONE.test(behind);
    const wholes = [before + text, text + behind, before + text + behind];
    const isPiece = before + behind !== '' && wholes.some((whole) => isNearlyMobile(whole, country));
    return isBehindLost || isBeforeLost || isPiece ? { kind: 'rest', text } : segment;
  });
}

function restOf(segment: Segment | undefined): string {
  return segment?.kind === 'rest' ? segment.text : '';
}
