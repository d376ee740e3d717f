// Releases put into folders of real servers, Debian's OpenSSH and vsftpd, over a wire that breaks when it is told to.
import type { Channel, DeliveryNotes } from '@tongsheng/contracts';
import { channelTools, hashA, samplePost, until } from '@tongsheng/test/support';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelKind, Parcel, Tools } from '../../services/delivery/src/channels/channel.ts';
import { ftps } from '../../services/delivery/src/channels/ftps.ts';
import { sftp } from '../../services/delivery/src/channels/sftp.ts';
import { startFtps, startSftp, startWire, transferHome, type FileServer, type Wire } from './transfer-servers.ts';

const picture = Buffer.alloc(300_000, 'picture');
const form = Buffer.from('表格');
const hashB = 'b'.repeat(64);
const file = (hash: string, name: string, mediaType: string, { length: bytes }: Buffer) => ({
  hash,
  name,
  mediaType,
  bytes,
});
const parcel: Parcel = {
  ...samplePost,
  html: `<p>正文<img src="files/${hashA}" alt="" /></p>`,
  cover: null,
  files: [file(hashA, '图.png', 'image/png', picture), file(hashB, '申报表.pdf', 'application/pdf', form)],
};
const packageName = `release-${hashA.slice(0, 12)}.json`;
const attachments = [
  `release-${hashA.slice(0, 12)}-${hashA.slice(0, 12)}.png`,
  `release-${hashA.slice(0, 12)}-${hashB.slice(0, 12)}.pdf`,
];
const whole = [...attachments, packageName].sort();

const peers: {
  kind: ChannelKind;
  start: () => Promise<FileServer>;
  settingsOf(server: FileServer, port: number): object;
}[] = [
  {
    kind: sftp,
    start: startSftp,
    settingsOf: ({ user, folder, facts }, port) => ({ address: `sftp://127.0.0.1:${port}${folder}`, user, ...facts }),
  },
  {
    kind: ftps,
    start: startFtps,
    settingsOf: ({ user, folder, facts }, port) => ({ address: `ftps://127.0.0.1:${port}${folder}`, user, ...facts }),
  },
];

describe.skipIf(!transferHome).each(peers)('a folder by $kind.kind', ({ kind, start, settingsOf }) => {
  let server: FileServer;
  let wire: Wire;
  let settings: Channel['settings'];
  beforeAll(async () => {
    server = await start();
    wire = await startWire(server.port);
    settings = settingsOf(server, wire.port) as Channel['settings'];
  }, 60_000);
  afterEach(async () => {
    for (const name of await server.names()) await server.remove(name);
  });
  afterAll(async () => {
    await wire?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const tools = (notes: DeliveryNotes = {}, more: Partial<Tools> = {}) => ({
    ...channelTools(kind.kind, {
      // The data connection of FTP goes to a port of its own, which is not the wire's.
      allow: [`127.0.0.1:${wire.port}`, '127.0.0.1:1'],
      timeoutMs: 30_000,
      notes,
      files: { [hashA]: picture, [hashB]: form },
    }),
    ...more,
  });
  const deliver = (with_ = tools(), of = parcel) => kind.deliver(of, settings, with_);
  const lookInto = (notes: Readonly<DeliveryNotes>) =>
    kind.probe!.look({ parcel, receipt: null, notes }, settings, tools());

  it('has pictures and attachments, and the package that names them, each whole under its own name', async () => {
    expect(await deliver()).toMatchObject({ outcome: 'confirmed', receipt: { remoteId: packageName, url: null } });
    expect(await server.names()).toEqual(whole);
    const news = JSON.parse(await server.read(packageName)) as { bodies: { value: string }[]; renditions: object[] };
    expect(news.bodies[0]!.value).toContain(`<img src="${attachments[0]}"`);
    expect(news.renditions).toMatchObject(attachments.map((name) => ({ name })));
    expect(await server.read(attachments[0]!)).toBe(picture.toString());
  });
  it('is the same after a second time, and its files are the same files', async () => {
    await deliver();
    const first = await server.read(packageName);
    expect(await deliver()).toMatchObject({ outcome: 'confirmed' });
    expect(await server.names()).toEqual(whole);
    expect(await server.read(packageName)).toBe(first);
  });
  it('holds nothing that a partner would take when the wire breaks before the name, and is done again', async () => {
    const broken = tools({}, { file: async (hash) => (hash === hashB ? (wire.cut(), form) : picture) });
    expect(await deliver(broken)).toMatchObject({ outcome: 'not_sent', trouble: 'network' });
    expect(await server.names()).toEqual([attachments[0]]);
    expect(await deliver()).toMatchObject({ outcome: 'confirmed' });
    expect(await server.names()).toEqual(whole);
  });
  it('that lost the wire as the name was to be given is looked into, and done again', async () => {
    const begun = tools();
    const note = async (facts: DeliveryNotes) => {
      await begun.note(facts);
      wire.cut();
    };
    expect(await deliver({ ...begun, note })).toMatchObject({ outcome: 'unknown' });
    expect(await lookInto(begun.notes)).toMatchObject({ finding: 'absent' });
    expect(await deliver(tools(begun.notes))).toMatchObject({ outcome: 'confirmed' });
    expect(await server.names()).toEqual(whole);
  });
  it('that got its name while the answer was lost is found, and not given twice', async () => {
    const begun = tools();
    let named = Promise.resolve();
    const note = async (facts: DeliveryNotes) => {
      await begun.note(facts);
      // FTP names a file by two commands, of which the first one's answer must come through.
      wire.holdAnswersAfter(kind === ftps ? 1 : 0);
      named = until(async () => expect(await server.names()).toContain(packageName), 20_000).finally(() => wire.cut());
    };
    const handed = await deliver({ ...begun, note });
    await named;
    expect(handed).toMatchObject({ outcome: 'unknown' });
    expect(await lookInto(begun.notes)).toMatchObject({ finding: 'present', receipt: { remoteId: packageName } });
  });
  it('from which a partner has taken what may be ours is a person’s to settle', async () => {
    expect(await lookInto({ naming: packageName })).toMatchObject({ finding: 'unsure' });
    expect(await lookInto({})).toMatchObject({ finding: 'absent' });
  });
  it('replaces half a file that an earlier attempt left', async () => {
    await server.write(`.${packageName}.part`, '{"ur');
    expect(await deliver()).toMatchObject({ outcome: 'confirmed' });
    expect(await server.names()).toEqual(whole);
    expect(JSON.parse(await server.read(packageName))).toMatchObject({ uri: 'urn:tongsheng:province:release' });
  });
  it('gets a withdrawal beside what was withdrawn, under another name and version', async () => {
    await deliver();
    const sent = { parcel, receipt: null, notes: {} };
    expect(await kind.recall!.hand(parcel, sent, settings, tools())).toMatchObject({ outcome: 'confirmed' });
    const name = packageName.replace('.json', '-canceled.json');
    expect(await server.names()).toEqual([...whole, name].sort());
    const [before, after] = [await server.read(packageName), await server.read(name)].map(
      (text) => JSON.parse(text) as { version: string; pubStatus: string; uri: string },
    );
    expect(after).toMatchObject({ uri: before!.uri, pubStatus: 'canceled' });
    expect(Number(after!.version)).toBeGreaterThan(Number(before!.version));
  });
  it('that is not there is a person’s to look for; a wrong login, or another server, is for its own task', async () => {
    expect(await kind.health!(settings, tools())).toMatchObject({ ok: true });
    const elsewhere = {
      ...settings,
      address: `${(settings as { address: string }).address}/nowhere`,
    } as Channel['settings'];
    expect(await kind.deliver(parcel, elsewhere, tools())).toMatchObject({ outcome: 'rejected_permanent' });
    const { privateKey: _key, ...without } = settings as Record<string, unknown>;
    const wrong = { ...without, password: 'wrong' } as unknown as Channel['settings'];
    const refused = await kind.deliver(parcel, wrong, tools());
    expect(refused).toMatchObject({ outcome: 'rejected_retryable', trouble: 'credential' });
    expect(await kind.health!(wrong, tools())).toMatchObject({ ok: false, trouble: 'credential' });
  });
  it('at another server than the one that was registered is not spoken to', async () => {
    const other = {
      ...settings,
      ...(kind === sftp ? { hostKey: `SHA256:${'A'.repeat(43)}` } : { authority: undefined }),
    };
    const handed = await kind.deliver(parcel, other as Channel['settings'], tools());
    expect(handed.outcome).toBe(kind === sftp ? 'rejected_retryable' : 'not_sent');
    expect(handed.detail).toMatch(kind === sftp ? /not the one that was registered/ : /self-signed certificate/);
    expect(await server.names()).toEqual([]);
  });
  it('that nobody serves, or that may not be reached, is surely empty', async () => {
    const nobody = { ...settings, address: `${kind.kind}://127.0.0.1:1/` } as Channel['settings'];
    expect(await kind.deliver(parcel, nobody, tools())).toMatchObject({ outcome: 'not_sent' });
    expect(await kind.deliver(parcel, settings, tools({}, { allow: [] }))).toMatchObject({ outcome: 'not_sent' });
  });
});
