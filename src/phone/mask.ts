export function maskNumber(text: string): string {
  return text.replace(/\d/g, '*');
}

export function maskText(text: string): string {
  return maskNumber(text);
}
