import type { Part, Run } from './parts.ts';
import { FAX, LABEL, NOT_DONE, TELEPHONE, UNWANTED } from './words.ts';

/** Whether the words directly before a run say that its first number is not to be rung: `факс 84951234568`. */
export function isUnwantedBefore({ said, isFirst }: Run, { heading }: Part): boolean {
  return isUnwanted(said, isFirst ? heading : []);
}

/** Whether what stands behind it in brackets, or to the end of its part, says so and nothing else: `89161234567 (старый)`. */
export function isUnwantedBehind({ note }: Run, { tail }: Part, isLast: boolean): boolean {
  return [note, isLast ? tail : []].some((words) => isUnwanted(words) && saysNoMore(words));
}

/** @param heading words before them that may say that it is a telephone as well */
function isUnwanted(words: readonly string[], heading: readonly string[] = []): boolean {
  const at = words.findLastIndex((word) => !LABEL.test(word) && !ON.test(word));
  const word = words[at] ?? '';
  if (FAX.test(word))
    return (
      at === words.length - 1 && ![...heading, ...words].some((one) => TELEPHONE.test(one) && !FAX.test(one))
    );
  return UNWANTED.test(word) || (NOT_DONE.test(word) && words[at - 1] === 'не');
}

function saysNoMore(words: readonly string[]): boolean {
  const said = [LABEL, ON, FAX, UNWANTED, NOT_DONE, /^(?:не|больше|уже)$/u];
  return words.every((word) => said.some((one) => one.test(word)));
}

/** `не звонить на 89161234567` */
const ON = /^(?:на|по)$/u;
