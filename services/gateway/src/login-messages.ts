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
  password_too_short: {
    zh: '密码至少八位；建议十五位以上，一句自己记得住的话就好。',
    en: 'At least eight characters; fifteen or more are better: a sentence that you remember will do.',
  },
  password_too_long: { zh: '密码最多 128 位。', en: 'At most 128 characters.' },
  password_common: {
    zh: '这个密码太常见，或含有您的用户名，别人很快能猜到。请换一个。',
    en: 'This password is too common, or has your name in it; it is guessed soon. Choose another.',
  },
  password_same: { zh: '新密码和原来的一样。', en: 'The new password is the old one.' },
  password_not_yours: {
    zh: '只能修改自己的密码；忘记密码请管理员重置。',
    en: 'One changes only one’s own password; an administrator resets another’s.',
  },
  person_exists: { zh: '这个用户名已有人使用。', en: 'Somebody has this name already.' },
  person_own: {
    zh: '不能给自己授权、停用自己或重置自己的密码，须由另一人办理。',
    en: 'Nobody grants, disables or resets themselves: this takes another person.',
  },
  roles_apart: {
    zh: '系统管理员、安全管理员、审计管理员须由三个人分别担任（等保三级）。',
    en: 'System, security and audit administrator must be three different people.',
  },
  login_no_passkeys: {
    zh: '通行密钥要用域名访问控制台才能使用，用 IP 地址不行。',
    en: 'Passkeys need the console to be reached by a name, not by an IP address.',
  },
} as const satisfies Partial<Record<RefusalCode, Record<'zh' | 'en', string>>>;
