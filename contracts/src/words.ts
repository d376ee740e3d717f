import { z } from 'zod';

/** An instant in UTC with milliseconds, one spelling everywhere, so that instants compare as strings. */
export const instant = z.iso.datetime({ precision: 3 });

/** A name that is safe as one token of a NATS subject. */
export const token = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

/** A website of the hierarchy, ours or another's: `province`, `city-qingdao`. */
export const siteId = token;
export const sourceId = token;
export const itemId = token;
export const channelId = token;
export const personId = token;

/** How a deployment is called by those it is linked with: part of subjects and names of streams. */
export const deploymentName = z.string().regex(/^[a-z][a-z0-9]{0,23}$/);

/** Division code (GB/T 2260): `000000` the nation, `370000` a province, `370200` a city, `370281` a county. */
export const region = z.string().regex(/^\d{6}$/);
export type Region = z.infer<typeof region>;

export const role = z.enum([
  'editor',
  'comms',
  'reviewer',
  'confidentiality',
  'signer',
  'manager',
  'duty',
  'admin',
  'security',
  'auditor',
]);
export type Role = z.infer<typeof role>;

/** SHA-256, lower-case hex. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** An ISO 8601 duration such as `PT12H`: limits are data. */
export const duration = z.iso.duration();

/** Who acted: a person who signed in, or one of our services on its own account. */
export const actor = z.object({ kind: z.enum(['person', 'service']), id: token, name: z.string().optional() });
export type Actor = z.infer<typeof actor>;

/** Short text that people type or sites send as a name or title. */
export const line = z.string().trim().min(1).max(500);

/** Sanitised HTML. What came from outside is cleaned before it becomes an event. */
export const html = z.string().max(1_500_000);

/** What every command carries; time and identity arrive with it, so that deciding needs neither clock nor chance. */
export const commandHead = {
  /** The idempotency key: the same id twice is the same decision once. */
  id: z.string().min(1).max(200),
  at: instant,
  actor,
  /** The id of the event or request that led to this command. */
  causationId: z.string().optional(),
  correlationId: z.string().optional(),
  /** W3C Trace Context of the request that led here. */
  traceparent: z.string().max(100).optional(),
};

/** The head of a command, as every aggregate may rely on it. */
export type CommandHead = z.infer<z.ZodObject<typeof commandHead>>;

/** What a carried-out command answers: how far the log must be read to see its effect. */
export const receipt = z.object({
  /** Stream sequence of the decision, or of the newest one of its aggregate when nothing had to be decided. */
  position: z.int().min(0),
  /** False when the command changed nothing because it had been carried out before. */
  changed: z.boolean(),
});
export type Receipt = z.infer<typeof receipt>;

/** Each has lanes of its own: what is urgent never waits behind what is not. */
export const urgency = z.enum(['rebuttal', 'urgent', 'routine']);
export type Urgency = z.infer<typeof urgency>;
