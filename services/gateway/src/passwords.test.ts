import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mustBeGoodPassword, newInitialPassword } from './passwords.ts';

const refused = (password: string, code: string) =>
  expect(mustBeGoodPassword(password, 'zhou-qianfa')).rejects.toMatchObject({ code });

describe('a new password', () => {
  it('has eight characters and more, counted as people count them', async () => {
    await refused('短密码七个字', 'password_too_short');
    await refused('😀😀😀😀😀😀😀', 'password_too_short');
    await mustBeGoodPassword('我每天骑车上班。', 'zhou-qianfa');
  });
  it('may be long, and of whatever characters', async () => {
    await mustBeGoodPassword('correct horse battery staple', 'zhou-qianfa');
    await mustBeGoodPassword('一句自己记得住的话，'.repeat(12), 'zhou-qianfa');
    await refused('ab cd'.repeat(26), 'password_too_long');
  });
  it.each(['password', '12345678', 'QWERTYUIOP', 'iloveyou', '1qaz2wsx', '88888888', 'aaaaaaaaaaaaaaaa'])(
    'is none that is tried first: %s',
    (password) => refused(password, 'password_common'),
  );
  it('is none that is nearly the name of its owner or of the house', async () => {
    await refused('zhou-qianfa1', 'password_common');
    await refused('Tongsheng2026', 'password_common');
    await mustBeGoodPassword('tongsheng im wald bei regen', 'zhou-qianfa');
  });
  it('that is made here is always a good one, and another each time', async () => {
    const made = Array.from({ length: 200 }, newInitialPassword);
    expect(new Set(made).size).toBe(200);
    await Promise.all(made.map((each) => mustBeGoodPassword(each, 'zhou')));
  });
  it('is refused by a code and by nothing else, whatever was typed', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (typed) => {
        const said = await mustBeGoodPassword(typed, 'zhou').catch((error: { code: string }) => error.code);
        expect([undefined, 'password_too_short', 'password_too_long', 'password_common']).toContain(said);
      }),
    );
  });
});
