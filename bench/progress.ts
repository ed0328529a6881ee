/** Progress goes to stderr, so that stdout is the result. */
export function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
