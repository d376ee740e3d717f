/** The server or a stream is not what our promises need. The message says what to do. */
export class UnfitServer extends Error {}
