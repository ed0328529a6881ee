/** What stands beside a button: the rest of its row, of its group or of its card. */
const SURROUNDINGS = 'li, [role="group"], section';

/** A button that has the focus is about to go: the focus goes to what stands beside it, and not to the top of the page. */
export function handFocusOn(button: HTMLElement): void {
  if (document.activeElement !== button) return;
  const around = button.closest<HTMLElement>(SURROUNDINGS);
  for (const one of around?.querySelectorAll<HTMLElement>('a[href], button') ?? []) {
    if (one === button || button.parentElement?.contains(one) === true) continue;
    one.focus();
    return;
  }
}
