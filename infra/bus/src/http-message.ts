/** An answer as a server gave it; the body is decompressed. */
export type HttpAnswer = {
  status: number;
  reason: string;
  headers: readonly { name: string; value: string }[];
  body: Uint8Array;
};

const crlf = '\r\n';
const blank = new TextEncoder().encode(crlf + crlf);

/** As an HTTP message (RFC 9112): status line, headers, a blank line, the body. */
export function encodeAnswer({ status, reason, headers, body }: HttpAnswer): Uint8Array {
  const lines = [`HTTP/1.1 ${status} ${reason}`, ...headers.map(({ name, value }) => `${name}: ${value}`)];
  const head = new TextEncoder().encode(lines.map((line) => line.replaceAll(/[\r\n]+/g, ' ')).join(crlf));
  return Buffer.concat([head, blank, body]);
}

/** The parts of such a message. @throws when the bytes are none. */
export function decodeAnswer(bytes: Uint8Array): HttpAnswer {
  const end = Buffer.from(bytes).indexOf(Buffer.from(blank));
  if (end === -1) throw new Error('not an HTTP message: no blank line');
  const [first = '', ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split(crlf);
  const found = /^HTTP\/1\.1 (\d+) ?(.*)$/.exec(first);
  if (!found) throw new Error(`not an HTTP message: ${first.slice(0, 60)}`);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
  });
  return { status: Number(found[1]), reason: found[2]!, headers, body: bytes.subarray(end + blank.length) };
}
