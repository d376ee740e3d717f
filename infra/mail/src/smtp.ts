import { Readable } from 'node:stream';
import { heardBy } from '@tongsheng/web';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

/** A mail server and how it is spoken to. `address` is `host` after the check; TLS still asks for `host`. */
export type MailServer = {
  host: string;
  address: string;
  port: number;
  secure: boolean;
  login: { user: string; pass: string } | null;
};

/** `id`: under what name the servers on the way tell us whom it did not reach (RFC 3461), where they can. */
export type Envelope = { from: string; to: string[]; id?: string };

/**
 * One of those it was for, whom the server did not take it for. `status`: RFC 3463's, or its reply code where it says none;
 * `later`: it may take it when it is asked again (4yz).
 */
export type RefusedRecipient = { address: string; status: string; detail: string; later: boolean };

/** What is known of one SMTP transaction. `not_sent`: the server never had the whole message. */
export type Sent =
  | { kind: 'accepted'; line: string; refused: RefusedRecipient[] }
  /** `refused`: each of them, where it said no to them and not to the mail. */
  | { kind: 'rejected'; permanent: boolean; detail: string; refused: RefusedRecipient[] }
  | { kind: 'unknown'; detail: string }
  /** `login`: our name and password were refused, and would be again. */
  | { kind: 'not_sent'; detail: string; login: boolean };

type Trouble = Error & {
  code?: string | undefined;
  responseCode?: number | undefined;
  response?: string | undefined;
  recipient?: string | undefined;
  rejectedErrors?: readonly Trouble[] | undefined;
};

/** RFC 5321 4.5.3.2 asks for patience after the final dot; an attempt's own limit is shorter. */
const idleMs = 600_000;

/** One message in one transaction. */
export function sendMail(
  server: MailServer,
  { from, to, id }: Envelope,
  message: Buffer,
  timeoutMs: number,
): Promise<Sent> {
  const { host, address, port, secure, login } = server;
  const told = heardBy()?.begin({ method: 'SMTP', address: `${host}:${port}` });
  const note = ({ tnx }: { tnx?: string } = {}, text: unknown = '') => {
    if (tnx === 'client' || tnx === 'server')
      told?.lines.push(`${tnx === 'client' ? '>' : '<'} ${String(text).trim()}`);
  };
  const connection = new SMTPConnection({
    // It masks logins by itself; the message is not in it.
    ...(told && { transactionLog: true, logger: { debug: note } }),
    host: address,
    port,
    secure,
    tls: { servername: host },
    connectionTimeout: 10_000,
    greetingTimeout: 30_000,
    socketTimeout: idleMs,
  });
  // nodemailer gives the same error whether the line broke before the message or after its final dot. The message
  // itself tells: until it was read to its end the dot can't have gone out, and the server may not keep any of it.
  let whole = false;
  const body = Readable.from([message]);
  body.once('end', () => (whole = true));

  return new Promise((resolve) => {
    const fail = (error: Trouble) => {
      clearTimeout(timer);
      connection.close();
      if (told) Object.assign(told, { detail: error.message, endedAt: performance.now() });
      resolve(judge(error, whole));
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);

    const send = () =>
      connection.send({ from, to, ...(id !== undefined && { dsn: wanted(id, to) }) }, body, (error, info) => {
        if (error) return fail(error);
        clearTimeout(timer);
        if (told) told.endedAt = performance.now();
        connection.quit();
        resolve({ kind: 'accepted', line: String(info?.response), refused: refusals(info?.rejectedErrors ?? []) });
      });
    connection.on('error', fail);
    connection.connect((failure) => {
      if (failure) return fail(failure);
      if (told) told.connectedAt = performance.now();
      if (!login) return send();
      connection.login({ credentials: login }, (error) => (error ? fail(error) : send()));
    });
  });
}

function judge(error: Trouble, whole: boolean): Sent {
  const { code, responseCode, rejectedErrors = [] } = error;
  const refused = refusals(rejectedErrors);
  const detail =
    refused.length > 1
      ? refused.map(({ address, detail: said }) => `${address}: ${said}`).join('; ')
      : (error.response ?? error.message);
  // Before MAIL FROM a refusal is of us, not of the message: a wrong password, a busy server.
  const ofMessage = whole || code === 'EENVELOPE' || code === 'EMESSAGE';
  if (ofMessage && responseCode) {
    const permanent = refused.length > 0 ? !refused.some(({ later }) => later) : responseCode >= 500;
    return { kind: 'rejected', permanent, detail, refused };
  }
  if (whole) return { kind: 'unknown', detail };
  // The server's own limit of size, from its greeting.
  if (code === 'EMESSAGE') return { kind: 'rejected', permanent: true, detail, refused };
  return { kind: 'not_sent', detail, login: code === 'EAUTH' && (responseCode ?? 0) >= 500 };
}

/** A report where somebody was given up, with the headers of the mail alone; whose it was for, each server says by itself. */
const wanted = (id: string, [first, ...others]: string[]) => ({
  id,
  return: 'headers' as const,
  notify: ['failure' as const],
  ...(first !== undefined && others.length === 0 && { recipient: first }),
});

const refusals = (errors: readonly Trouble[]): RefusedRecipient[] =>
  errors.map(({ recipient = '', response, message, responseCode }) => {
    const detail = response ?? message;
    const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(detail)?.[1];
    const later = responseCode !== undefined && responseCode < 500;
    return { address: recipient, status: enhanced ?? String(responseCode ?? ''), detail, later };
  });
