import { walkStream, type Bus } from '@tongsheng/bus';
import { streams, type CheckpointSigned } from '@tongsheng/contracts';
import { checkpointsIn, checkpointSubject } from './chain.ts';
import { publicKeyOf, type PublicKey } from './signing.ts';

/** The checkpoints of a log, oldest first, and the keys that they were signed with. Taken at their word. */
export async function readCheckpoints(bus: Bus): Promise<{ checkpoints: CheckpointSigned[]; keys: PublicKey[] }> {
  const checkpoints: CheckpointSigned[] = [];
  const keys: PublicKey[] = [];
  await walkStream(bus, {
    stream: streams.journal,
    subject: checkpointSubject,
    onMessage({ data }) {
      for (const event of checkpointsIn(data) ?? []) {
        if (event.type === 'checkpoint.signed') checkpoints.push(event);
        else keys.push(publicKeyOf(Buffer.from(event.publicKey, 'base64')));
      }
    },
  });
  return { checkpoints, keys };
}
