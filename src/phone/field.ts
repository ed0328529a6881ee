export type PhoneEntry =
  /** E.164 without the plus, 7 to 15 digits. */
  | { readonly kind: 'number'; readonly digits: string }
  /** 2 to 6 digits: a telephone of the own system. */
  | { readonly kind: 'extension'; readonly extension: string };

export interface PhoneField {
  readonly entries: readonly PhoneEntry[];
  readonly rejected: readonly string[];
}

export function parsePhoneField(field: string, country: string): PhoneField {
  void field;
  void country;
  return { entries: [], rejected: [] };
}
