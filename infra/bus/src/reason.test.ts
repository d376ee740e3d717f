import { describe, expect, it } from 'vitest';
import { reasonOf } from './reason.ts';

const failed = (code: string, cause?: Error) => Object.assign(new Error(`TLS: ${code}`, { cause }), { code });

describe('why a certificate was not taken is said so that somebody can do something about it:', () => {
  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'TLS_CA_FILE'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS_CA_FILE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS_CA_FILE'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'TLS_CA_FILE'],
    ['CERT_HAS_EXPIRED', 'renew it'],
    ['CERT_NOT_YET_VALID', 'clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name'],
  ])('%s', (code, advice) => {
    expect(reasonOf(failed(code))).toContain(advice);
    expect(reasonOf(new Error('not connected', { cause: failed(code) }))).toContain(advice);
  });

  it('anything else is said as it was', () => {
    expect(reasonOf(new Error('outer', { cause: new Error('inner') }))).toBe('outer: inner');
    expect(reasonOf('plain')).toBe('plain');
    expect(reasonOf(failed('ECONNREFUSED'))).toBe('TLS: ECONNREFUSED');
  });
});
