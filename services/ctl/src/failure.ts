/** What a person at the terminal has to know and can do something about: shown without a stack. */
export class Failure extends Error {}

/** The command was called wrongly: what was asked for cannot be, whatever the state of the system. */
export class Misuse extends Failure {}
