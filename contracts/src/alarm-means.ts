import { z } from 'zod';
import { brokenLines, changeSecrets, secret, secretSetAt, type ShownSecret } from './channel.ts';
import { dingtalkSettings } from './channels/dingtalk.ts';
import { feishuSettings } from './channels/feishu.ts';
import { wecomSettings } from './channels/wecom.ts';
import { scope, tellingOutcome } from './duty.ts';
import { line } from './words.ts';

/**
 * How a gateway of text messages wants to be called. `{phone}`, `{text}`, `{id}` and `{secret}` stand for what is sent and what we
 * are let in with; in the address, the login and the body each is written as that place needs it.
 */
export const smsSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  method: z.enum(['POST', 'GET']).default('POST'),
  contentType: z.enum(['application/json', 'application/x-www-form-urlencoded']).default('application/json'),
  body: z.string().max(2_000).default('{"phone":"{phone}","content":"{text}"}'),
  /** The header of that name, such as `Bearer {secret}`. */
  authorization: z.string().max(500).optional(),
  secret: secret(z.string().min(1).max(500)).optional(),
  /** What the answer holds when the gateway took it; many say 200 to everything. */
  accepts: z.string().max(200).optional(),
});
export type SmsSettings = z.infer<typeof smsSettings>;

const head = { site: scope, name: line, disabled: z.boolean().default(false) };
const registered = <K extends string, S extends z.ZodObject>(kind: K, settings: S) =>
  z.object({ ...head, kind: z.literal(kind), settings });

/** In every message to a group, so that a robot can ask for it as its keyword. */
export const alarmKeyword = '值班告警';

const sms = registered('sms', smsSettings);
const wecom = registered('wecom', wecomSettings.omit({ form: true }));
const dingtalk = registered('dingtalk', dingtalkSettings.omit({ form: true }));
const feishu = registered('feishu', feishuSettings);

/** A way that alarms leave the house by: one of each kind a site, and one for all sites. */
export const alarmMeans = z.discriminatedUnion('kind', [sms, wecom, dingtalk, feishu]);
export type AlarmMeans = z.infer<typeof alarmMeans>;
export type AlarmMeansKind = AlarmMeans['kind'];

/** What the console draws its form of. */
export const alarmMeansKinds: Record<AlarmMeansKind, z.ZodObject> = {
  sms: sms.shape.settings,
  wecom: wecom.shape.settings,
  dingtalk: dingtalk.shape.settings,
  feishu: feishu.shape.settings,
};
export const alarmMeansKind = z.enum(['sms', 'wecom', 'dingtalk', 'feishu']);

/** Settings come to stand in headers and addresses, where a line break would begin another one. */
export function mustBeMeansLines({ kind, settings }: AlarmMeans, context: z.RefinementCtx): void {
  for (const path of brokenLines(alarmMeansKinds[kind], settings))
    context.addIssue({ code: 'custom', path: ['settings', ...path], message: 'is one line, without line breaks' });
}

/** Its name in the log. */
export const meansIdOf = ({ site, kind }: Pick<AlarmMeans, 'site' | 'kind'>): string =>
  `${site === '*' ? '_' : site}--${kind}`;
/** Under which its secrets are sealed. */
export const meansOwnerOf = (of: Pick<AlarmMeans, 'site' | 'kind'>): string => `means/${meansIdOf(of)}`;

/** The same with every secret in it changed; `path` names the field. */
export function withMeansSecrets(of: AlarmMeans, change: (value: string, path: string) => string): AlarmMeans {
  return { ...of, settings: changeSecrets(alarmMeansKinds[of.kind], of.settings, change) } as AlarmMeans;
}

/** The settings as a screen may see them: a secret is only the moment at which it was set. */
export function shownMeans(of: AlarmMeans): Record<string, unknown> {
  const shown = (value: string): ShownSecret => ({ secret: true, setAt: secretSetAt(value) });
  return changeSecrets<Record<string, unknown>>(alarmMeansKinds[of.kind], of.settings, shown);
}

/** A means of alarm, as it is used from now on. */
export const MeansRegistered = z.object({ type: z.literal('means.registered'), means: alarmMeans });
export type MeansRegistered = z.infer<typeof MeansRegistered>;

export const AlarmMeansRow = z.object({ ...head, kind: alarmMeansKind, settings: z.record(z.string(), z.unknown()) });
export type AlarmMeansRow = z.infer<typeof AlarmMeansRow>;

/** A message that says that it is a test. `to`: the number of a text message; a robot speaks to its group. */
export const MeansTrial = z.strictObject({ site: scope, kind: alarmMeansKind, to: z.string().max(40).nullable() });
export type MeansTrial = z.infer<typeof MeansTrial>;

export const MeansTried = z.object({ outcome: tellingOutcome, detail: z.string() });
export type MeansTried = z.infer<typeof MeansTried>;
