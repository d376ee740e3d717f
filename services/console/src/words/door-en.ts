import type { doorZh } from './door-zh.ts';

export const doorEn: Record<keyof typeof doorZh, string> = {
  'role.security': 'Security administrator',
  'nav.people': 'People and rights',
  'nav.account': 'My account',
  'signIn.passkey': 'Sign in with a passkey',
  'signIn.secondTitle': 'One more step',
  'signIn.code': 'Six digits of your authenticator app',
  'signIn.recovery': 'Recovery code',
  'signIn.usePasskey': 'Use a passkey',
  'signIn.useRecovery': 'Not at hand? Use a recovery code',
  'signIn.useCode': 'Use the six digits instead',
  'signIn.confirm': 'Verify',
  'signIn.back': 'Back, with another name',
  'signIn.passkeyFailed': 'Not done: the passkey was cancelled, took too long, or is not on this device.',
  'signIn.oidc': 'Sign in with your organisation’s account',
  'signIn.oidcBusy': 'Asking who you are …',
  'signIn.oidcHint': 'If your account is linked to it, use the button above: a password typed here opens nothing.',
  'signIn.unready.password': 'This is your first sign-in: change the initial password first.',
  'signIn.unready.factor': 'Your role needs a second factor: enrol one first.',
};
