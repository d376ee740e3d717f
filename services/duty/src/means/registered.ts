import { meansOwnerOf, withMeansSecrets, type AlarmMeans, type AlarmMeansKind } from '@tongsheng/contracts';
import { NoKey, type SecretBox } from '@tongsheng/runtime';
import type { Ended } from './means.ts';

const words: Record<AlarmMeansKind, string> = {
  sms: '短信网关',
  wecom: '企业微信机器人',
  dingtalk: '钉钉机器人',
  feishu: '飞书机器人',
};

/** With its secrets open, or why it can't be used. */
export function opened<K extends AlarmMeansKind>(
  kind: K,
  means: AlarmMeans | undefined,
  secrets: SecretBox,
): Extract<AlarmMeans, { kind: K }> | Ended {
  const failed = (detail: string): Ended => ({ outcome: 'failed', detail, again: false });
  if (!means || means.kind !== kind) return failed(`没有登记${words[kind]}（值班 → 告警方式）`);
  try {
    return withMeansSecrets(means, (value) => secrets.open(value, meansOwnerOf(means))) as Extract<
      AlarmMeans,
      { kind: K }
    >;
  } catch (error) {
    if (error instanceof NoKey) return failed(`${words[kind]}的密钥无法解密，请重新登记（SECRETS_KEYS）`);
    throw error;
  }
}
