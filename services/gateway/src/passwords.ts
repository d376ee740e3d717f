import { randomInt } from 'node:crypto';
import { hash } from '@node-rs/argon2';
import { argon2id, passwordLength, Refusal } from '@tongsheng/contracts';

/** What the house itself would suggest: its own name, and what is on its signs. */
const ofTheHouse = ['tongsheng', '同声', 'shuiwu', '税务'];

let common: Promise<ReadonlySet<string>> | null = null;
/** Some 18,000 of the passwords that were found in breaches, of eight characters and more. Read when it is first needed. */
const commonPasswords = () =>
  (common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].filter(({ length }) => length >= passwordLength.least)),
  ));

/**
 * Length, and not what others try first: no rule about kinds of characters (ASVS 5.0, 6.2).
 * @throws Refusal password_too_short, password_too_long, password_common
 */
export async function mustBeGoodPassword(password: string, personId: string): Promise<void> {
  const length = [...password].length;
  if (length < passwordLength.least) throw new Refusal('password_too_short', `${length} characters`);
  if (length > passwordLength.most) throw new Refusal('password_too_long', `${length} characters`);
  const plain = password.normalize('NFKC').toLowerCase();
  const isNearly = (word: string) => plain.includes(word) && plain.length - word.length < passwordLength.least;
  const isOneLetter = new Set(plain).size < 3;
  if (isOneLetter || (await commonPasswords()).has(plain) || [personId.toLowerCase(), ...ofTheHouse].some(isNearly))
    throw new Refusal('password_common', 'it is guessed soon');
}

/** PHC form, with a salt of its own. */
export const hashPassword = (password: string): Promise<string> => hash(password, argon2id);

/** Letters and digits that nobody takes for each other. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** A password that is told to somebody and changed at their first sign-in: 79 random bits, four groups of four. */
export const newInitialPassword = (): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')).join(
    '-',
  );
