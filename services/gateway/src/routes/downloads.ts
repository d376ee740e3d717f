import { shownTypes } from '@tongsheng/contracts';
import { byteRange, fileNameParameter } from '@tongsheng/pages';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Named, Proofs } from '../proofs.ts';

/** What a route that answers with a file says of its answer. */
export const fileAnswer = {
  answer: z.custom<Buffer>((value) => Buffer.isBuffer(value)),
  mediaType: 'application/octet-stream',
};

type File = { bytes: Uint8Array; intact: boolean; name: string; mediaType?: string; range?: string | undefined };

/** Bytes that came from outside, so that nothing in them can act in our name. Damaged ones say so by their name. */
export function sendFile(reply: FastifyReply, { bytes, intact, name, mediaType = '', range }: File): Buffer {
  const isShown = intact && shownTypes.has(mediaType);
  const fileName = fileNameParameter(intact ? name : `damaged-${name}`);
  reply.headers({
    'content-type': isShown ? mediaType : 'application/octet-stream',
    'content-disposition': `${isShown ? 'inline' : 'attachment'}; ${fileName}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
  });
  return partOf(reply, Buffer.from(bytes), range);
}

function partOf(reply: FastifyReply, bytes: Buffer, range: string | undefined): Buffer {
  const part = byteRange(range, bytes.length);
  if (!part) return bytes;
  reply.code(206).header('content-range', `bytes ${part.from}-${part.to}/${bytes.length}`);
  return bytes.subarray(part.from, part.to + 1);
}

/** The body of an answer that was kept. */
export async function sendBody(proofs: Proofs, named: Named, reply: FastifyReply): Promise<Buffer> {
  const [{ intact }, bytes] = [await proofs.view(named), await proofs.body(named)];
  return sendFile(reply, { bytes, intact, name: `${named.snapshot.slice(0, 16)}.body` });
}
