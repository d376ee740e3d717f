import type { Role } from '@tongsheng/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Caller } from './sessions.ts';

/** An answer that is JSON already, of the shape that the route names. */
export class Written {
  constructor(readonly json: Buffer) {}
}

/** One door of the API: who may use it, what goes in, what comes out. The same table makes the OpenAPI document. */
export type Route<
  Q extends z.ZodType = z.ZodType,
  P extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  says: string;
  /** No GET, but changes nothing that others see: who only reads may use it. */
  harmless?: true;
  /** Open also to whoever must first change their password or enrol a second factor. */
  beforeReady?: true;
  /** `public`: without sign-in. `signed-in`: any role. */
  may: 'public' | 'signed-in' | readonly Role[];
  query?: Q;
  params?: P;
  body?: B;
  /** What goes in is bytes, read by the route itself as they come. */
  takesBytes?: boolean;
  answer: A;
  /** What the answer is, where it is not JSON. */
  mediaType?: string;
  status?: number;
  handle(request: {
    query: z.infer<Q>;
    params: z.infer<P>;
    body: z.infer<B>;
    caller: Caller;
    http: FastifyRequest;
    reply: FastifyReply;
  }): Promise<z.infer<A> | Written> | z.infer<A>;
};

export function defineRoute<Q extends z.ZodType, P extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  route: Route<Q, P, B, A>,
): Route {
  return route as unknown as Route;
}
