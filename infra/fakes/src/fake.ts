import type { z } from 'zod';
import type { Answer, Call } from './answers.ts';
import type { Fault, FaultOf } from './faults.ts';
import type { ImageKind, Picture } from './images.ts';
import type { Spent, Time } from './time.ts';

/** What a reader of the platform would see. */
export type Post = {
  title: string;
  /** Plain text. */
  text: string;
  /** An address the page can show, or null. */
  cover: string | null;
  /** Whether the public sees it; drafts and what was refused or deleted are not seen. */
  visible: boolean;
  /** 已发布, 审核中, … */
  state: string;
  at: number;
  url: string | null;
};

export type Page = { title: string; html: string; note?: string };

export type Route = {
  /** What faults are set for. */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Exact, with `:name` for a part that is open. */
  path: string;
  answer(call: Call): Answer | Promise<Answer>;
};

/** A request of the platform to us. `forged` asks for one whose signature does not hold. */
export type Notice = {
  event: string;
  request(forged: boolean): { url: string; headers: Record<string, string>; body: string } | null;
  /** How often it is delivered until it is taken, and how long each may last. */
  deliveries: number;
  timeoutMs: number;
  isTaken(status: number, text: string): boolean;
};

export type Notified = { at: number; event: string; deliveries: number; taken: boolean; fault: string | null };

/** What a person, or a test, may do to the platform: its own staff's and users' acts. */
export type Action<I extends z.ZodType = z.ZodType, R = unknown> = { input: I; run(input: z.output<I>): R };
export type Actions = Record<string, Action>;
export const action = <I extends z.ZodType, R>(input: I, run: (input: z.output<I>) => R): Action<I, R> => ({
  input,
  run,
});

/** What a platform is made of. It is told the time and keeps nothing outside of `World.state`. */
export type Platform<A extends Actions = Actions> = {
  routes: Route[];
  /** The answer to what is no route. */
  otherwise(call: Call): Answer;
  /** The documented answer with this code, for faults. */
  refuse(code: number, call: Call): Answer;
  /** The caller's token is no longer good. */
  expireToken(call: Call): void;
  /** What is done later, by name. */
  jobs: Record<string, (id: string) => void>;
  posts(): Post[];
  /** A page that readers may open, by its path. */
  page?(path: string, query: URLSearchParams): Page | null;
  actions: A;
  /** What one connects with. Nothing of it is secret: this is a fake. */
  access(): Record<string, string>;
};

/** What the fake's shell gives to a platform. */
export type World<S> = {
  state: S;
  time: Time;
  /** Counters of the platform's limits. */
  spent: Spent;
  /** Where the fake is reached. */
  base(): string;
  /** A new id, never given before by this fake: 43 characters, or digits. */
  id(): string;
  digits(length: number): string;
  /** Puts off a job, also across a restart. */
  later(ms: number, job: string, id: string): void;
  record(entry: { action: string; key: string; title: string; public: boolean }): void;
  /** The fault that is set for this call, used up by asking. */
  fault<K extends Fault['kind']>(route: string, kind: K): FaultOf<K> | null;
  notify(notice: Notice): void;
  /** Keeps an image for the page; its address there. */
  keepPicture(id: string, kind: ImageKind, bytes: Buffer): string;
};

export type Definition<S, A extends Actions> = {
  /** `wechat`. */
  kind: string;
  /** 微信公众号. */
  name: string;
  /** Raised when what is kept changes its shape: older files are then left aside. */
  shape: number;
  begin(): S;
  build(world: World<S>): Platform<A>;
};

/** What a fake keeps: everything, so that a restart forgets nothing. */
export type Kept<S> = {
  shape: number;
  /** Makes ids differ between installations. */
  begunAt: number;
  ids: number;
  jobs: { at: number; name: string; id: string }[];
  spent: Spent;
  pictures: Picture[];
  own: S;
};

/** What the control was asked about is not there. */
export class NotThere extends Error {}
