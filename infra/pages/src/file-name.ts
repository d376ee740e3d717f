/**
 * The name of a file as a parameter of Content-Disposition (RFC 8187). What upstream calls a file may be cut within a character,
 * which has no UTF-8.
 */
export const fileNameParameter = (name: string): string =>
  `filename*=UTF-8''${encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, percent)}`;

const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
