/** Something is missing on this machine; the message says what to do. Shown without a stack. */
export class Plain extends Error {}
