import { z } from 'zod';

/** Whether the call took effect although the caller is not told so. */
const executed = z.boolean().default(false);
const ms = z.number().int().nonnegative();

const kinds = [
  /** The next connections are reset as they are made; nothing was sent. Matches connections, so `route` says nothing. */
  z.strictObject({ kind: z.literal('refuse') }),
  /** The connection is cut without an answer: before anything was read, or once it took effect. */
  z.strictObject({ kind: z.literal('drop'), executed }),
  /** The answer is cut in its middle. */
  z.strictObject({ kind: z.literal('cut'), executed: z.boolean().default(true) }),
  /** No answer, ever. */
  z.strictObject({ kind: z.literal('hang'), executed }),
  /** Takes effect at once and is answered later. */
  z.strictObject({ kind: z.literal('late'), ms }),
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(400).max(599).default(500),
    retryAfterSeconds: z.number().int().optional(),
    executed,
  }),
  /** A page of a security product or of maintenance where JSON should be, with 200. */
  z.strictObject({ kind: z.literal('html'), executed }),
  z.strictObject({
    kind: z.literal('huge'),
    bytes: z
      .number()
      .int()
      .positive()
      .default(50 * 2 ** 20),
    executed,
  }),
  /** The answer, a byte at a time. */
  z.strictObject({ kind: z.literal('drip'), everyMs: ms.default(1_000), executed: z.boolean().default(true) }),
  z.strictObject({
    kind: z.literal('redirect'),
    location: z.string().default('http://169.254.169.254/latest/meta-data/'),
  }),
  /** The platform's own code: −1 busy, 20032, a quota used up. */
  z.strictObject({ kind: z.literal('code'), code: z.number().int(), executed }),
  /** The caller's token expires just before this call. */
  z.strictObject({ kind: z.literal('token_expired') }),
  /** What the platform's review will say of what this call hands in, in the platform's own word. */
  z.strictObject({ kind: z.literal('review'), verdict: z.union([z.number(), z.string()]) }),
  /** `duplicate`: the same request again after `ms`. `forged`: with a wrong signature. The route is `callback.<event>`. */
  z.strictObject({
    kind: z.literal('callback'),
    mode: z.enum(['missing', 'duplicate', 'late', 'forged']),
    ms: ms.default(0),
  }),
] as const;

const Kind = z.discriminatedUnion('kind', kinds);
/** What goes wrong, for which route (`draft.add`, `draft.*`, `*`) and how many times. */
const Head = z.object({ route: z.string().default('*'), times: z.number().int().positive().default(1) });

export type Fault = z.infer<typeof Kind>;
export type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;
export type FaultWish = z.input<typeof Kind> & z.input<typeof Head>;
export type SetFault = { id: number; route: string; times: number; met: number; fault: Fault };

/** What a caller of the control interface asked for. @throws ZodError when it is no fault. */
export function readFault(given: unknown): z.infer<typeof Head> & { fault: Fault } {
  const { route, times, ...fault } = z.looseObject(Head.shape).parse(given);
  return { route, times, fault: Kind.parse(fault) };
}

const matches = (pattern: string, route: string) =>
  pattern === '*' || pattern === route || (pattern.endsWith('.*') && route.startsWith(pattern.slice(0, -1)));

/** The faults that are set; each is met as often as it was set for, the oldest first, and counted. */
export class Faults {
  private readonly set: SetFault[] = [];

  add(wish: unknown): SetFault {
    const found: SetFault = { id: this.set.length + 1, met: 0, ...readFault(wish) };
    this.set.push(found);
    return found;
  }

  /** The next fault of one of these kinds for a route, used up by one. */
  take<K extends Fault['kind']>(route: string, ...wanted: K[]): FaultOf<K> | null {
    const isWanted = (fault: Fault): fault is FaultOf<K> => wanted.some((kind) => kind === fault.kind);
    for (const each of this.set) {
      if (each.met >= each.times || !matches(each.route, route) || !isWanted(each.fault)) continue;
      each.met++;
      return each.fault;
    }
    return null;
  }

  list(): readonly SetFault[] {
    return this.set;
  }

  /** No more of them; what was met stays counted. */
  clear(): void {
    for (const each of this.set) each.times = each.met;
  }
}
