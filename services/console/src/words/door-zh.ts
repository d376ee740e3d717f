/** What is said at the door. */
export const doorZh = {
  'role.security': '安全管理员',
  'nav.people': '人员与权限',
  'nav.account': '我的账号',
  'signIn.passkey': '用通行密钥登录',
  'signIn.secondTitle': '再验证一步',
  'signIn.code': '身份验证器上的六位代码',
  'signIn.recovery': '恢复码',
  'signIn.usePasskey': '使用通行密钥',
  'signIn.useRecovery': '手边没有？使用恢复码',
  'signIn.useCode': '改用六位代码',
  'signIn.confirm': '验证',
  'signIn.back': '返回，换个用户名',
  'signIn.passkeyFailed': '没有完成：通行密钥被取消、超时，或这台设备上没有。',
  'signIn.unready.password': '首次登录，请先修改初始密码。',
  'signIn.unready.factor': '您的角色须有第二种验证方式，请先登记一种。',
} as const;
