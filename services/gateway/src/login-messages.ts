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
  directory_missing: { zh: '这里没有设置统一身份登录。', en: 'No such directory is set here.' },
  directory_down: {
    zh: '单位统一身份服务暂时没有响应。请稍后再试，或联系系统管理员。',
    en: 'The house’s sign-in service does not answer. Try again in a while, or tell an administrator.',
  },
  directory_refused: {
    zh: '统一身份服务没有同意这次登录：可能是您取消了，或本系统在那里的登记有误。请重试；仍不行请联系系统管理员。',
    en: 'The sign-in service refused: it was cancelled there, or this console is not registered rightly. Try again, then tell an administrator.',
  },
  directory_state_wrong: {
    zh: '这次统一身份登录不是从本浏览器开始的，或已经用过、过期。请从登录页重新开始。',
    en: 'This sign-in was not begun in this browser, was used before or is too old. Begin again from the sign-in page.',
  },
  directory_code_spent: {
    zh: '统一身份服务说这次登录的代码已用过或已过期。请重新登录。',
    en: 'The sign-in service says that this code was used before or is too old. Sign in again.',
  },
  directory_clock_apart: {
    zh: '本系统与统一身份服务的时钟相差太大，不能确认登录时间。请系统管理员校准服务器时钟。',
    en: 'Our clock and that of the sign-in service are too far apart. An administrator must set the clocks.',
  },
  directory_answer_wrong: {
    zh: '统一身份服务的答复不能确认（签名、签发者或内容不符）。请联系系统管理员。',
    en: 'What the sign-in service answered can’t be trusted: signature, issuer or content is wrong. Tell an administrator.',
  },
  directory_person_unknown: {
    zh: '您的统一身份还没有关联本系统的账号。请系统管理员在“人员与权限”中关联。',
    en: 'No account here is linked to you. An administrator links it under “People and rights”.',
  },
  directory_person_other: {
    zh: '这个统一身份与该账号原来关联的不是同一个人。请系统管理员核实后重新关联。',
    en: 'This is not whom the account was linked to before. An administrator must make sure, and link it anew.',
  },
  login_link_taken: { zh: '这个统一身份已关联另一个账号。', en: 'Another account is linked to this name already.' },
  login_link_missing: { zh: '这个账号没有关联统一身份。', en: 'This account is linked to no directory.' },
  password_elsewhere: {
    zh: '您的账号已关联单位统一身份，只能用它登录；密码请到那里修改。',
    en: 'Your account is linked to the house’s directory: sign in by it, and change your password there.',
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
