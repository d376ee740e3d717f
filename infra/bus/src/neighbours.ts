import { Refusal, streams, subjects, type Neighbours } from '@tongsheng/contracts';
import { headers } from 'nats';
import { apiCode, isApiError } from './api-error.ts';
import { storedMessage } from './stored-message.ts';
import { NoAnswer, valueOf, type Answer } from './client.ts';
import type { Bus } from './connection.ts';
import { inboxOf } from './permissions.ts';
import { followByAsking } from './follow-by-asking.ts';
import type { Following } from './follow.ts';
import { decodeHeader, type RawMessage } from './entry.ts';
import { reasonOf } from './reason.ts';

/** Where a copied message stood with the one who made it. */
const originHeader = 'Ts-Origin';
const answerMs = 15_000;

/** A neighbour's copy here, and what is put out for it. */
export const neighbourStreams = (name: string) => ({
  public: `FROM_${name.toUpperCase()}`,
  entries: `TOLD_${name.toUpperCase()}`,
  out: `OUT_${name.toUpperCase()}`,
});

/** The account of a server in which one neighbour is met, and nobody else. */
export const linkAccount = (name: string): string => `LINK_${name.toUpperCase()}`;
/** The user of the exchange in it. */
export const linkUser = (name: string): string => `exchange-${name}`;
/** How its connection differs from one to the house. */
export const asLink = (name: string) => ({ inboxPrefix: inboxOf(linkUser(name)), apiPrefix: apiAt(name) });

/** How JetStream of the deployment `name` is called inside a link. */
const apiAt = (name: string) => `${name}.api`;
const doorOf = (name: string) => `${name}.ask`;

/**
 * What each link's account is made of. A neighbour connects its own server to it, and sees and says what stands here: it reads
 * PUBLIC and what was put out for it, hears when there is more, and asks at one door. It makes no consumers.
 * @param keys the public key of each link's user
 */
export function linkAccounts(house: string, { us, neighbours }: Neighbours, keys: Record<string, string>) {
  const api = '$JS.API';
  const read = (stream: string) => [`${api}.STREAM.INFO.${stream}`, `${api}.STREAM.MSG.GET.${stream}`];
  const links = neighbours.map(({ name }) => {
    const lent = [...read(streams.public), ...read(neighbourStreams(name).out)];
    const heard = [subjects.publicDocuments(), subjects.putOut(name, '>')];
    return { name, lent, heard };
  });
  const lent = links.flatMap(({ name, lent: services, heard }) => [
    ...services.map((subject) => ({ kind: 'service' as const, subject, to: linkAccount(name) })),
    ...heard.map((subject) => ({ kind: 'stream' as const, subject, to: linkAccount(name) })),
  ]);
  const accounts = links.map(({ name, lent: services, heard }) => [
    linkAccount(name),
    {
      users: [
        {
          nkey: keys[linkUser(name)],
          permissions: {
            publish: { allow: [`${apiAt(name)}.>`, doorOf(name), `${inboxOf(linkUser(us))}.>`] },
            subscribe: { allow: [`${asLink(name).inboxPrefix}.>`, doorOf(us), `${name}.${subjects.told('>')}`] },
          },
        },
      ],
      imports: [
        ...services.map((subject) => ({ service: { account: house, subject }, to: subject.replace(api, apiAt(us)) })),
        ...heard.map((subject) => ({
          stream: { account: house, subject },
          prefix: `${us}.${subjects.told('').slice(0, -1)}`,
        })),
      ],
    },
  ]);
  return { lent, accounts: Object.fromEntries(accounts) as Record<string, unknown> };
}

export type Bringing = {
  /** A connection into the link's account, and to the house. */
  link: Bus;
  house: Bus;
  neighbour: string;
  stream: string;
  subject: string;
  copy: string;
  /** What stands before the subject there and not here. */
  without?: string;
  /** Told of each message that is here now: which command it came of, and where it stands here. */
  onBrought?(id: string, position: number): void;
  /** Told of each look over there: how many messages are still to be brought; null: nobody answered. */
  onLook?(left: number | null): void;
  onFailure(error: unknown): void;
};

/**
 * Copies a neighbour's stream into one of ours, message by message, in order, each once: it begins behind what stands here, and
 * of two processes that copy at once one is told to look again. A cut link is waited for.
 */
export async function bring({
  link,
  house,
  neighbour,
  stream,
  subject,
  copy,
  without = '',
  ...tell
}: Bringing): Promise<Following> {
  const end = async () => {
    const last = await lastCopied(house, copy);
    return { position: last?.position ?? 0, origin: last?.origin ?? 0 };
  };
  let here = await end();
  return followByAsking(link, {
    stream,
    subject,
    from: here.origin + 1,
    bell: `${neighbour}.${subjects.told(subject)}`,
    onFailure: tell.onFailure,
    ...(tell.onLook && { onLook: tell.onLook }),
    async onMessage(message: RawMessage) {
      if (message.seq <= here.origin) return;
      const head = headers();
      for (const [name, values] of message.headers ?? [])
        // What the maker of the message expected was true where it was made.
        if (!name.startsWith('Nats-')) for (const value of values) head.append(name, value);
      head.set(originHeader, String(message.seq));
      const options = { msgID: `${copy}:${message.seq}`, headers: head, expect: { lastSequence: here.position } };
      try {
        const ack = await house.js.publish(
          subjects.brought(neighbour, message.subject.slice(without.length)),
          message.data,
          options,
        );
        here = { position: ack.seq, origin: message.seq };
        tell.onBrought?.(decodeHeader(head.get('ce-id')), ack.seq);
      } catch (error) {
        if (!isApiError(error, apiCode.wrongLastSequence)) throw error;
        here = await end();
        if (here.origin < message.seq) throw error;
      }
    },
  });
}

/** The newest message of a copy: where it stands here, where it stood, and under which subject it stands. */
export async function lastCopied(
  house: Bus,
  copy: string,
): Promise<{ position: number; origin: number; subject: string } | null> {
  const stored = await storedMessage(house, copy, { last_by_subj: '>' });
  return stored && { position: stored.seq, origin: Number(stored.header.get(originHeader)), subject: stored.subject };
}

/**
 * Puts an entry of ours out for a neighbour, on top of exactly what was put out before.
 * @param origin up to where of our log the neighbour is told with it
 */
export async function putOut(
  house: Bus,
  neighbour: string,
  { message: from, origin, after }: { message: RawMessage; origin: number; after: number },
): Promise<number> {
  const head = headers();
  for (const [name, values] of from.headers ?? [])
    if (!name.startsWith('Nats-')) for (const value of values) head.append(name, value);
  head.set(originHeader, String(origin));
  const options = { msgID: `${neighbour}:${origin}:${from.seq}`, headers: head, expect: { lastSequence: after } };
  return (await house.js.publish(subjects.putOut(neighbour, from.subject), from.data, options)).seq;
}

/** Answers what a neighbour asks at its door. */
export function answerNeighbour(
  link: Bus,
  us: string,
  handle: (question: unknown) => Promise<unknown>,
): { stop(): void } {
  const subscription = link.nc.subscribe(doorOf(us), {
    queue: 'exchange',
    callback: (error, message) => {
      if (error) return;
      void handle(message.json())
        .then(
          (value): Answer => ({ ok: true, value }),
          (failure: unknown): Answer =>
            failure instanceof Refusal
              ? { ok: false, refusal: failure.toBody() }
              : { ok: false, error: reasonOf(failure) },
        )
        .then((answer) => message.respond(JSON.stringify(answer)));
    },
  });
  return { stop: () => subscription.unsubscribe() };
}

/** Asks at a neighbour's door. @throws Refusal what its rules say; NoAnswer while the link is cut */
export async function askNeighbour(link: Bus, neighbour: string, question: unknown): Promise<unknown> {
  const said = await link.nc
    .request(doorOf(neighbour), JSON.stringify(question), { timeout: answerMs })
    .catch((error: unknown) => {
      throw new NoAnswer(`${neighbour} is not to be reached (${reasonOf(error)})`, { cause: error });
    });
  return valueOf(said.json(), neighbour);
}
