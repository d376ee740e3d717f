import type { LoginCommand, LoginEvent } from '@tongsheng/contracts';
import { Refusal } from '@tongsheng/contracts';
import { editor, noon, service, specify } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { login, newLogin } from './login.ts';

const given = specify(login);
const own = { id: 'c', at: noon, actor: editor('zhou'), personId: 'zhou' };
const as = (id: string) => ({ ...own, actor: editor(id) });
const secret = 'sealed.k1.20261123T040000Z.bm9uY2U.Y2lwaGVy';
const hashOf = (digit: string) => digit.repeat(64);

const phone: LoginEvent = {
  type: 'login.totp_enrolled',
  personId: 'zhou',
  factorId: 'f1',
  name: '手机',
  secret,
  enrolledAt: noon,
};
const codes: LoginEvent = { type: 'login.recovery_made', personId: 'zhou', codes: [hashOf('a')], madeAt: noon };
const asked: LoginEvent = {
  type: 'login.reset_asked',
  personId: 'zhou',
  by: 'admin',
  byName: '编辑admin',
  reason: '手机遗失',
  askedAt: noon,
};
const enrol: LoginCommand = { ...own, type: 'login.enrol_totp', factorId: 'f1', name: '手机', secret };

describe('a second factor', () => {
  it('is enrolled by its owner alone', () => {
    given().when(enrol).yields(phone);
    given()
      .when({ ...enrol, actor: editor('admin') })
      .isRefused('login_not_yours');
  });
  it('is enrolled once, and not more than ten', () => {
    given(phone).when(enrol).isRefused('login_factor_known');
    const ten = Array.from({ length: 10 }, (_, i): LoginEvent => ({ ...phone, factorId: `n${i}` }) as LoginEvent);
    given(...ten)
      .when(enrol)
      .isRefused('login_too_many_factors');
  });
  it('takes the recovery codes with it when it was the last', () => {
    const remove: LoginCommand = { ...own, type: 'login.remove_factor', factorId: 'f1' };
    const [removed] = given(phone, codes).when(remove).events();
    expect([phone, codes, removed!].reduce(login.evolve, newLogin)).toEqual(newLogin);
    given(codes).when(remove).isRefused('login_factor_missing');
  });
});

describe('a recovery code', () => {
  const spend: LoginCommand = { ...own, type: 'login.spend_recovery', code: hashOf('a') };
  it('is good once', () => {
    const [spent] = given(phone, codes).when(spend).events();
    given(phone, codes, spent!).when(spend).isRefused('login_code_wrong');
  });
  it('is good no more when new ones were made', () => {
    const again: LoginEvent = { ...codes, codes: [hashOf('b')] } as LoginEvent;
    given(phone, codes, again).when(spend).isRefused('login_code_wrong');
  });
});

describe('a secret under another key', () => {
  const anew = 'sealed.k2.20261123T040000Z.bm9uY2U.Y2lwaGVy';
  const reseal: LoginCommand = {
    ...own,
    actor: service,
    type: 'login.reseal',
    factors: [{ factorId: 'f1', secret: anew }],
  };
  it('is the same app, and is asked for by no person', () => {
    const [resealed] = given(phone).when(reseal).events();
    expect([phone, resealed!].reduce(login.evolve, newLogin).factors).toMatchObject([
      { factorId: 'f1', name: '手机', secret: anew },
    ]);
    given(phone, resealed!).when(reseal).yields();
    given().when(reseal).yields();
    given(phone)
      .when({ ...reseal, actor: editor('zhou') })
      .isRefused('login_not_yours');
  });
});

describe('a link to a directory', () => {
  const link: LoginCommand = { ...as('admin'), type: 'login.link', directory: 'oidc', name: 'zhou.min' };
  const linked: LoginEvent = {
    type: 'login.linked',
    personId: 'zhou',
    by: 'admin',
    byName: '编辑admin',
    directory: 'oidc',
    name: 'zhou.min',
    linkedAt: noon,
  };
  const bound: LoginEvent = { type: 'login.bound', personId: 'zhou', subject: 'https://id.example 7', boundAt: noon };
  const bind: LoginCommand = { ...own, type: 'login.bind', subject: 'https://id.example 7' };
  it('is made by another, and once', () => {
    given().when(link).yields(linked);
    given(linked).when(link).yields();
    given()
      .when({ ...link, actor: editor('zhou') })
      .isRefused('login_same_person');
  });
  it('is bound to who comes first by it, and to nobody after', () => {
    given().when(bind).isRefused('login_link_missing');
    given(linked).when(bind).yields(bound);
    given(linked, bound).when(bind).yields();
    given(linked, bound)
      .when({ ...bind, subject: 'https://id.example 8' })
      .isRefused('directory_person_other');
  });
  it('to another name is free for whom that name belongs to', () => {
    const renamed: LoginEvent = { ...linked, name: 'zhou.m' } as LoginEvent;
    given(linked, bound, renamed)
      .when({ ...bind, subject: 'https://id.example 8' })
      .events();
  });
  it('ends when another undoes it, and not with what was lost', () => {
    const [unlinked] = given(linked, bound)
      .when({ ...as('admin'), type: 'login.unlink' })
      .events();
    expect([linked, bound, unlinked!].reduce(login.evolve, newLogin)).toEqual(newLogin);
    given(linked)
      .when({ ...own, type: 'login.unlink' })
      .isRefused('login_same_person');
    const reset: LoginEvent = {
      type: 'login.reset',
      personId: 'zhou',
      by: 'security',
      byName: '卫安全',
      askedBy: 'admin',
      resetAt: noon,
    };
    expect([linked, bound, phone, asked, reset].reduce(login.evolve, newLogin).link?.subject).toBe(
      'https://id.example 7',
    );
  });
});

describe('the reset of what somebody lost', () => {
  it('takes one who asks and another who agrees, neither of them the person', () => {
    given(phone)
      .when({ ...as('zhou'), type: 'login.ask_reset', reason: '手机遗失' })
      .isRefused('login_same_person');
    given(phone)
      .when({ ...as('admin'), type: 'login.ask_reset', reason: '手机遗失' })
      .yields(asked);
    given(phone, asked)
      .when({ ...as('admin'), type: 'login.reset' })
      .isRefused('login_same_person');
    given(phone, asked)
      .when({ ...as('zhou'), type: 'login.reset' })
      .isRefused('login_same_person');
    const [reset] = given(phone, asked)
      .when({ ...as('security'), type: 'login.reset' })
      .events();
    expect([phone, codes, asked, reset!].reduce(login.evolve, newLogin)).toEqual(newLogin);
  });
  it('is not begun twice, nor agreed to when nobody asked', () => {
    given(phone, asked)
      .when({ ...as('other'), type: 'login.ask_reset', reason: '再次' })
      .isRefused('login_reset_asked');
    given(phone)
      .when({ ...as('security'), type: 'login.reset' })
      .isRefused('login_reset_missing');
  });
});

it('nobody touches another’s factors alone, whatever is said in whatever order', () => {
  const who = fc.constantFrom('zhou', 'admin', 'security');
  const said = fc.oneof(
    fc.record({ type: fc.constant('enrol' as const), who, n: fc.integer({ min: 0, max: 12 }) }),
    fc.record({
      type: fc.constantFrom('remove' as const, 'ask' as const, 'agree' as const, 'drop' as const),
      who,
      n: fc.integer({ min: 0, max: 12 }),
    }),
  );
  const commandOf = (each: { type: string; who: string; n: number }): LoginCommand => {
    const head = as(each.who);
    const factorId = `f${each.n}`;
    if (each.type === 'enrol') return { ...head, type: 'login.enrol_totp', factorId, name: '手机', secret };
    if (each.type === 'remove') return { ...head, type: 'login.remove_factor', factorId };
    if (each.type === 'ask') return { ...head, type: 'login.ask_reset', reason: '遗失' };
    return { ...head, type: each.type === 'agree' ? 'login.reset' : 'login.drop_reset' };
  };
  fc.assert(
    fc.property(fc.array(said, { maxLength: 40 }), (all) => {
      const past: { by: string; event: LoginEvent }[] = [];
      let state = newLogin;
      for (const each of all) {
        try {
          for (const event of login.decide(commandOf(each), state)) {
            past.push({ by: each.who, event });
            state = login.evolve(state, event);
          }
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }
      past.forEach(({ by, event }, at) => {
        if (event.type === 'login.totp_enrolled' || event.type === 'login.factor_removed') expect(by).toBe('zhou');
        if (event.type !== 'login.reset') return;
        const ask = past.slice(0, at).findLast((before) => before.event.type === 'login.reset_asked');
        expect(new Set([by, ask?.by, 'zhou']).size).toBe(3);
      });
      expect(state.factors.length).toBeLessThanOrEqual(10);
    }),
  );
});
