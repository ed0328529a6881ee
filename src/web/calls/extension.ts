/** What an extension may be typed as: 2 to 6 digits, with blanks. Of `pattern` in a field; the desk takes the same. */
export const EXTENSION_PATTERN = String.raw`\s*(?:[0-9]\s*){2,6}`;

/** An extension without blanks; longer ones are mobile numbers. */
export const EXTENSION = /^\d{2,6}$/;
