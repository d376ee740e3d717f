import {
  plainReview,
  RegistryCommand,
  RegistryEvent,
  type ChainStep,
  type Site,
  type Source,
} from '@tongsheng/contracts';
import { editor, noon, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registrations } from './registration.ts';

const head = { id: 'c', at: noon, actor: editor('admin') };
const site: Site = {
  siteId: 'province',
  name: '示例省税务局',
  level: 'province',
  region: '370000',
  speaksFor: [],
  baseUrl: 'https://province.example',
};
const source: Source = {
  sourceId: 'national-policy',
  name: '国家税务总局网站（示例）',
  level: 'national',
  kind: 'feed',
  url: 'https://upstream.example/feed.xml',
  column: '税收政策',
  zone: 'Asia/Shanghai',
  pollSeconds: 300,
  fullText: false,
  also: [],
  paused: false,
};
const shared = { channelId: 'press', name: '编辑部', site: 'province', paused: false };
/** One command of each kind. */
const commands: RegistryCommand[] = [
  { type: 'site.register', ...head, site },
  { type: 'source.register', ...head, source },
  {
    type: 'policy.register',
    ...head,
    policy: {
      policyId: 'superior',
      name: '上级税务网站',
      basis: '税总发〔2017〕84号 二（五）3',
      publisher: 'superior_tax',
      sources: [],
      columns: [],
      kinds: [],
      levels: [],
      sites: [],
      target: 'site',
      limit: 'PT12H',
      enabled: true,
    },
  },
  {
    type: 'override.register',
    ...head,
    override: { site: 'province', sourceId: 'national-policy', effect: 'free', limit: 'PT12H', reason: '栏目已停更' },
  },
  {
    type: 'rule.register',
    ...head,
    rule: {
      ruleId: 'superior',
      name: '上级',
      order: 1,
      sources: ['national-policy'],
      titleIncludes: [],
      conditions: [],
      priority: 'normal',
      enabled: true,
      effect: 'mandatory',
      sites: ['province'],
      limit: 'PT12H',
      column: '税收政策',
    },
  },
  {
    type: 'chain.register',
    ...head,
    chain: {
      chainId: 'two',
      name: '两人',
      sites: [],
      kinds: ['policy'],
      acts: [
        { steps: ['first'], roles: ['editor'] },
        { steps: ['second', 'confidentiality'], roles: ['reviewer'] },
      ],
      enabled: true,
    },
  },
  {
    type: 'person.register',
    ...head,
    person: {
      personId: 'wang',
      name: '王',
      roles: ['editor'],
      sites: ['*'],
      passwordHash: '$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA',
      disabled: false,
    },
  },
  {
    type: 'channel.register',
    ...head,
    channel: {
      ...shared,
      kind: 'email',
      settings: { smtp: 'smtp://mail.example:587', from: 'press@a.example', to: ['desk@b.example'] },
    },
  },
  {
    type: 'token.register',
    ...head,
    token: { tokenId: 'monitor', name: '监测', secretHash: 'a'.repeat(64), roles: [], sites: ['*'], revoked: false },
  },
  {
    type: 'shift.register',
    ...head,
    shift: {
      shiftId: 'night',
      site: '*',
      personId: 'wang',
      substituteId: null,
      from: noon,
      to: '2026-11-24T00:00:00.000Z',
      cancelled: false,
    },
  },
  {
    type: 'ladder.register',
    ...head,
    ladder: {
      site: 'province',
      name: '省局阶梯',
      steps: [{ on: 'share_75', whom: 'duty', by: ['console'], within: 'PT5M' }],
    },
  },
  {
    type: 'release_chain.register',
    ...head,
    releaseChain: {
      site: 'province',
      kind: 'rebuttal',
      acts: [...plainReview],
      urgent: plainReview.slice(1),
      debtLimit: 'PT24H',
      enabled: true,
    },
  },
  {
    type: 'leave.register',
    ...head,
    leave: {
      leaveId: 'li',
      site: '*',
      personId: 'li',
      deputyId: 'wang',
      steps: ['sign'],
      from: noon,
      to: '2026-11-24T00:00:00.000Z',
      reason: '出差',
      cancelled: false,
    },
  },
  {
    type: 'checklist.register',
    ...head,
    checklist: {
      listId: 'typos',
      site: '*',
      name: '易错词',
      kind: 'typo',
      entries: [{ wrong: '帐户', right: '账户' }],
      enabled: true,
    },
  },
  {
    type: 'means.register',
    ...head,
    means: {
      site: '*',
      kind: 'wecom',
      name: '值班群',
      disabled: false,
      settings: { server: 'https://qyapi.weixin.qq.com', key: 'sealed.k1.20261123T120000Z.AAAAAAAAAAAAAAAA.c2VhbGVk' },
    },
  },
  { type: 'contact.register', ...head, contact: { personId: 'wang', phone: '12366', email: null, webhook: null } },
];
const decide = (command: RegistryCommand, ...past: RegistryEvent[]) => {
  const aggregate = registrations[command.type];
  return aggregate.decide(command, past.reduce(aggregate.evolve, aggregate.initial));
};

describe.each(commands.map((command) => [command.type, command] as const))('%s', (_, command) => {
  it('says how it is from now on, in full', () => {
    const [event] = decide(command);
    const told = specify(registrations[command.type])().when(command).events();
    expect(told).toEqual([event]);
    expect(event!.type).toBe(command.type.replace('.register', '.registered'));
  });
  it('said again changes nothing, also after it went through the log', () => {
    const [event] = decide(command);
    const logged = RegistryEvent.parse(JSON.parse(JSON.stringify(event)));
    expect(decide(RegistryCommand.parse(command), logged)).toEqual([]);
  });
  it('stands under the name of what it registers', () => {
    const aggregate = registrations[command.type];
    const [kind] = command.type.split('.');
    expect(aggregate.name).toBe(kind);
    expect(aggregate.siteOf(command)).toBe('registry');
    // A ladder is its site's, and a contact its person's: they have no name of their own.
    const named = { ladder: 'site', contact: 'personId', checklist: 'listId' }[kind!] ?? `${kind}Id`;
    if (kind !== 'override' && kind !== 'release_chain' && kind !== 'means')
      expect(JSON.stringify(command)).toContain(`"${named}":"${aggregate.idOf(command)}"`);
  });
});

describe('a source', () => {
  const { success, error } = RegistryCommand.safeParse({
    type: 'source.register',
    ...head,
    source: { ...source, kind: 'list' },
  });
  it('that could never be read is refused when it is registered', () => {
    expect(success).toBe(false);
    expect(error!.issues[0]).toMatchObject({ path: ['source', 'selectors'] });
    const also = [{ kind: 'webhook', url: source.url }];
    const second = RegistryCommand.safeParse({ type: 'source.register', ...head, source: { ...source, also } });
    expect(second.error!.issues[0]).toMatchObject({ path: ['source', 'also', 0, 'secret'] });
  });
});

describe('a review chain', () => {
  const steps = fc.subarray<ChainStep>(['first', 'second', 'third', 'confidentiality'], { minLength: 1 });
  const acts = fc.array(fc.record({ steps, roles: fc.constant(['editor']) }), { minLength: 1, maxLength: 4 });
  it('is refused without the confidentiality review, the first review at its beginning, or with anything signed twice', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const chain = { chainId: 'c', name: '链', acts: list };
        const all = list.flatMap((act) => act.steps);
        const reviews = all.filter((step) => step !== 'confidentiality');
        const sound =
          all.includes('confidentiality') &&
          list[0]!.steps.includes('first') &&
          new Set(all).size === all.length &&
          [...reviews].sort().join() === reviews.join();
        expect(RegistryCommand.safeParse({ type: 'chain.register', ...head, chain }).success).toBe(sound);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a registration', () => {
  const rename = (name: string): RegistryCommand => ({ type: 'site.register', ...head, site: { ...site, name } });
  it('that changes one thing is told whole', () => {
    const [before] = decide(rename('旧名'));
    expect(decide(rename('新名'), before!)).toEqual([{ type: 'site.registered', ...site, name: '新名' }]);
  });
  it('is the same in whichever order its fields arrive at the door', () => {
    const [event] = decide(RegistryCommand.parse(commands[1]));
    fc.assert(
      fc.property(fc.shuffledSubarray(Object.entries(source), { minLength: Object.keys(source).length }), (fields) => {
        const shuffled = { type: 'source.register', ...head, source: Object.fromEntries(fields) };
        expect(decide(RegistryCommand.parse(shuffled), event!)).toEqual([]);
      }),
    );
  });
  it('is, after any history, what was said last', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('甲', '乙', '丙'), { minLength: 1, maxLength: 20 }), (names) => {
        const events = names.reduce<RegistryEvent[]>((past, name) => [...past, ...decide(rename(name), ...past)], []);
        expect(events.at(-1)).toMatchObject({ name: names.at(-1) });
        const told = events.map((event) => ('name' in event ? event.name : ''));
        for (const [i, name] of told.slice(1).entries()) expect(name).not.toBe(told[i]);
      }),
    );
  });
});
