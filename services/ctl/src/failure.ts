/** What a person at the terminal has to know and can do something about: shown without a stack. */
export class Failure extends Error {}
