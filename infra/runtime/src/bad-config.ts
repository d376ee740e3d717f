/** A setting is missing or wrong; the message names it. */
export class BadConfig extends Error {}
