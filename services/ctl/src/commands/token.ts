import { createHash, randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { BusClient, NoAnswer, type Bus } from '@tongsheng/bus';
import { role, token } from '@tongsheng/contracts';
import { z } from 'zod';
import { Failure, Misuse } from '../failure.ts';

export type TokenOptions = { id?: string; name: string; role: string[]; site: string[] };

const given = z.object({
  id: token,
  name: z.string().trim().min(1).max(200),
  role: z.array(role).min(1),
  site: z.array(z.union([token, z.literal('*')])).min(1),
});

/** What the command line gives, checked. @throws Misuse in one sentence. */
export function checkedToken(options: TokenOptions): Required<TokenOptions> {
  const parsed = given.safeParse({ ...options, id: options.id ?? `token-${randomBytes(4).toString('hex')}` });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`);
  throw new Misuse(wrong.join('; '));
}

/** Registers an API token. The log holds only the hash of its secret, so the token is shown once. */
export async function createToken(bus: Bus, checked: Required<TokenOptions>, at: string): Promise<string> {
  const { id: tokenId, name, role: roles, site: sites } = checked;
  const secret = randomBytes(32).toString('base64url');
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const command = {
    type: 'token.register' as const,
    id: `token/${tokenId}/${randomBytes(6).toString('hex')}`,
    at,
    actor: { kind: 'service' as const, id: 'ctl', name: userInfo().username },
    token: { tokenId, name, secretHash, roles, sites, revoked: false },
  };
  try {
    await new BusClient(bus).command('registry', command);
  } catch (error) {
    if (error instanceof NoAnswer)
      throw new Failure('the registry service does not answer; is the system running? `npm start` starts it');
    throw error;
  }
  return `${tokenId}.${secret}`;
}
