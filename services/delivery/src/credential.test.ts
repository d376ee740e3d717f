import type { CredentialCommand, CredentialEvent } from '@tongsheng/contracts';
import { editor, minutesLater, noon, service, specify } from '@tongsheng/test/support';
import { describe, it } from 'vitest';
import { credential } from './credential.ts';

const given = specify(credential);
const key = { credentialId: 'app', site: 'province' };
const fail = (at = noon): CredentialCommand => ({
  type: 'credential.fail',
  ...key,
  id: 'c',
  at,
  actor: service,
  channelId: 'wechat',
  channelName: '公众号',
  detail: '40164',
  seenAt: at,
});
const failed: CredentialEvent = {
  type: 'credential.failed',
  ...key,
  channelId: 'wechat',
  channelName: '公众号',
  detail: '40164',
  failedAt: noon,
};
const mend: CredentialCommand = {
  type: 'credential.mend',
  ...key,
  id: 'm',
  at: minutesLater(5),
  actor: editor('admin'),
  how: 'try_again',
};
const by = mend.actor.name ?? 'admin';
const mended: CredentialEvent = {
  type: 'credential.mended',
  ...key,
  channelId: 'wechat',
  how: 'try_again',
  by: 'admin',
  byName: by,
  mendedAt: minutesLater(5),
};

describe('a login', () => {
  it('that is refused once is in trouble, once', () => {
    given().when(fail()).yields(failed);
    given(failed)
      .when(fail(minutesLater(1)))
      .yields();
  });
  it('is tried again when a person says so', () => {
    given(failed).when(mend).yields(mended);
    given(failed, mended).when(mend).yields();
  });
  it('is not in trouble again for what was seen before it was mended', () => {
    given(failed, mended)
      .when(fail(minutesLater(4)))
      .yields();
    given(failed, mended)
      .when(fail(minutesLater(6)))
      .yields({ ...failed, failedAt: minutesLater(6) } as CredentialEvent);
  });
  it('without trouble needs no mending', () => {
    given().when(mend).isRefused('credential_missing');
  });
});
