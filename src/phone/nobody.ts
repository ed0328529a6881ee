/**
 * A number that nobody has, for calls that are only tried: the numbering plan of North America keeps 555-0100 to
 * 555-0199 for fiction. It is read, looked up and decided like any other.
 */
export const NOBODYS_NUMBER = '+12025550100';
