import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { sendFile } from './downloads.ts';

const headersOf = (file: { name: string; mediaType?: string; intact?: boolean }) => {
  let given: Record<string, string> = {};
  const reply = { headers: (all: Record<string, string>) => (given = all) } as unknown as FastifyReply;
  sendFile(reply, { bytes: Buffer.from('x'), intact: true, ...file });
  return given;
};

describe('a file from outside', () => {
  it.each(['image/png', 'image/jpeg', 'image/webp'])('is shown when it is a picture: %s', (mediaType) => {
    expect(headersOf({ name: 'a', mediaType })).toMatchObject({
      'content-type': mediaType,
      'content-disposition': `inline; filename*=UTF-8''a`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
    });
  });
  it.each(['image/svg+xml', 'text/html', 'application/pdf', ''])(
    'is only saved when it is anything else: %s',
    (mediaType) => {
      const headers = headersOf({ name: 'a', mediaType });
      expect(headers['content-type']).toBe('application/octet-stream');
      expect(headers['content-disposition']).toMatch(/^attachment;/);
    },
  );
  it('has a name that ends no header and leads to no folder', () => {
    const said = headersOf({ name: `附件 "1"\r\nX: '(../..)*.doc` })['content-disposition']!;
    expect(said).toMatch(/^attachment; filename\*=UTF-8''[\w.%~!-]+$/);
    expect(decodeURIComponent(said.split("''")[1]!)).toBe(`附件 "1"\r\nX: '(../..)*.doc`);
  });
  it('says by its name that it is damaged, and is not shown', () => {
    const headers = headersOf({ name: 'a.png', mediaType: 'image/png', intact: false });
    expect(headers['content-disposition']).toBe(`attachment; filename*=UTF-8''damaged-a.png`);
  });
});
