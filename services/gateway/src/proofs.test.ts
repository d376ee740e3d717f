import { createHash } from 'node:crypto';
import { encodeAnswer, type EvidenceStore } from '@tongsheng/bus';
import { EvidenceView } from '@tongsheng/contracts';
import { noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { Proofs } from './proofs.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const body = Buffer.from('<h1>公告</h1>');
const message = encodeAnswer({
  status: 200,
  reason: 'OK',
  headers: [{ name: 'Content-Type', value: 'text/html' }],
  body,
});
const named = { url: 'https://upstream.example/1', seenAt: noon, snapshot: sha256(message), bodyHash: sha256(body) };
const kept = (bytes: Uint8Array | null) =>
  new Proofs({
    read: async (hash: string) => bytes && { bytes, intact: sha256(bytes) === hash },
  } as unknown as EvidenceStore);

describe('a proof', () => {
  it('is what the server said, hashed again', async () => {
    expect(EvidenceView.parse(await kept(message).view(named))).toEqual({
      url: named.url,
      seenAt: noon,
      statusLine: 'HTTP/1.1 200 OK',
      headers: [{ name: 'Content-Type', value: 'text/html' }],
      snapshot: named.snapshot,
      bodyHash: named.bodyHash,
      bytes: body.length,
      intact: true,
    });
    expect(Buffer.from(await kept(message).body(named))).toEqual(body);
  });
  it('says so when what is kept is not what the log names', async () => {
    const changed = Buffer.from(Buffer.from(message).toString().replace('公告', '通告'));
    expect(await kept(changed).view(named)).toMatchObject({ intact: false });
    expect(await kept(message).view({ ...named, bodyHash: 'f'.repeat(64) })).toMatchObject({ intact: false });
    expect(await kept(Buffer.from('rubbish')).view(named)).toMatchObject({ intact: false, statusLine: '', bytes: 7 });
  });
  it('that is not there is not found', async () => {
    await expect(kept(null).view(named)).rejects.toMatchObject({ code: 'not_found' });
  });
});
