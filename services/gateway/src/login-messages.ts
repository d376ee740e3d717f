import type { RefusalCode } from '@tongsheng/contracts';

/** What is said when signing in, or changing how one signs in, is refused. */
export const loginMessages = {
  second_factor_required: { zh: '还需要第二种验证方式。', en: 'A second factor is needed as well.' },
  proof_required: {
    zh: '更改登录方式前，请再次验证身份。',
    en: 'Show who you are once more before you change how you sign in.',
  },
  account_unready: {
    zh: '请先按提示修改初始密码或登记第二种验证方式。',
    en: 'First change the initial password or enrol a second factor, as shown.',
  },
  login_code_wrong: {
    zh: '验证没有通过：代码不对、已用过或已过期。请等下一个代码再试。',
    en: 'Not accepted: the code is wrong, was used before or is too old. Try the next one.',
  },
  login_enrolment_old: { zh: '登记已过期，请重新开始。', en: 'This took too long; please begin again.' },
  login_not_yours: { zh: '只能更改自己的登录方式。', en: 'One changes only how one signs in oneself.' },
  login_factor_known: { zh: '这个验证方式已经登记过。', en: 'This one is enrolled already.' },
  login_factor_missing: { zh: '没有这个验证方式，请刷新。', en: 'There is no such factor; reload.' },
  login_too_many_factors: {
    zh: '最多登记十个验证方式，请先移除一个。',
    en: 'There are ten already; remove one first.',
  },
  login_no_factor: { zh: '没有登记第二种验证方式。', en: 'No second factor is enrolled.' },
  login_same_person: {
    zh: '须由本人和申请人以外的另一位管理员办理。',
    en: 'This takes another administrator: neither the person concerned nor who asked for it.',
  },
  login_reset_missing: { zh: '没有待办的重置申请，请刷新。', en: 'No reset is waiting; reload.' },
  login_reset_asked: {
    zh: '已有人申请重置，等待另一位管理员同意。',
    en: 'A reset was asked for already; it waits for another administrator.',
  },
  login_no_passkeys: {
    zh: '通行密钥要用域名访问控制台才能使用，用 IP 地址不行。',
    en: 'Passkeys need the console to be reached by a name, not by an IP address.',
  },
} as const satisfies Partial<Record<RefusalCode, Record<'zh' | 'en', string>>>;
