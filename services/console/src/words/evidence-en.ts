import type { evidenceZh } from './evidence-zh.ts';

export const evidenceEn: Record<keyof typeof evidenceZh, string> = {
  'evidence.pack': 'Evidence pack',
  'evidence.packOfPeriod': 'Download the evidence pack of this period (.tar.gz)',
  'evidence.packHint':
    'The records, the files that prove something and a signed checkpoint; a third party checks them by the VERIFY.md in it, with openssl and sha256sum. A long period takes some minutes.',
  'evidence.checkpoint': 'Signed checkpoint',
  'evidence.covers': 'covers the first {size} entries of the log, signed at {time}',
  'evidence.key': 'Public key',
  'evidence.unsigned': 'None: no key signs (CHECKPOINT_KEY_FILE), so that no evidence pack can be made',
  'evidence.streams': 'The log can’t be deleted',
  'evidence.streamsWell': 'True: deleting and purging are denied',
};
