import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Refusal, type Directory } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { z } from 'zod';
import { accountOf, type Shown } from './directory.ts';
import { shownByLdap } from './ldap.ts';
import { Logins } from './logins.ts';
import { Models } from './models.ts';
import { Oidc } from './oidc.ts';
import { Settings } from './settings.ts';

const Kept = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Hash of what the cookie of the browser says that began. */
  browser: z.string(),
  /** Who shows anew who they are; null: somebody signs in. */
  proves: z.string().nullable(),
});

type Acting = { personId: string; name: string };

/** How long somebody may take at the provider, in seconds. */
const roundSeconds = 600;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const roundOf = (state: string) => `sign-in:round:${sha256(state)}`;

/** The directories outside that prove who somebody is. They prove no more than that: accounts and rights are ours. */
@Injectable()
export class Directories {
  readonly #oidc: Oidc | null;

  constructor(
    private readonly models: Models,
    private readonly logins: Logins,
    private readonly log: Log,
    private readonly settings: Settings,
    clock: Clock,
  ) {
    this.#oidc = settings.oidc && new Oidc(settings.oidc, clock);
  }

  /** The ones that are set here. */
  get all(): Directory[] {
    return [...(this.#oidc ? ['oidc' as const] : []), ...(this.settings.ldap ? ['ldap' as const] : [])];
  }

  /**
   * Sends a browser to the provider.
   * @param proves who is signed in and shows anew who they are; null: somebody signs in
   * @throws Refusal directory_missing, directory_down, directory_answer_wrong
   */
  async beginRound(browser: string, proves: string | null): Promise<string> {
    const { url, round } = await this.#heard(() => this.#provider.begin(proves !== null));
    const kept = { ...round, browser: sha256(browser), proves };
    await this.models.redis.set(roundOf(round.state), JSON.stringify(kept), {
      expiration: { type: 'EX', value: roundSeconds },
    });
    return url;
  }

  /**
   * Who comes back from there. An answer is taken once, and from the browser alone that was sent.
   * @throws Refusal directory_missing, directory_state_wrong, and what `Oidc.finish` says
   */
  async endRound(browser: string, answer: string, proves: string | null): Promise<Shown> {
    const provider = this.#provider;
    const state = new URLSearchParams(answer).get('state') ?? '';
    const json = await this.models.redis.getDel(roundOf(state));
    const kept = json === null ? null : Kept.parse(JSON.parse(json));
    if (kept?.browser !== sha256(browser) || kept.proves !== proves)
      throw new Refusal('directory_state_wrong', 'this browser asked for no such answer, or got it before');
    return this.#heard(() => provider.finish(answer, kept, proves !== null));
  }

  /** Who a name and a password belong to at the LDAP server; null: to nobody. @throws Refusal directory_down */
  async byPassword(name: string, password: string): Promise<Shown | null> {
    const { ldap } = this.settings;
    return ldap && this.#heard(() => shownByLdap(ldap, name, password));
  }

  /** Whose account it is; from the first time on nobody else's. @throws Refusal directory_person_unknown, directory_person_other */
  async accountOf(shown: Shown): Promise<string> {
    const { personId, isFirst } = accountOf(shown, await this.logins.all());
    const person = this.models.people.get(personId);
    if (!person || person.disabled)
      throw new Refusal('directory_person_unknown', `${personId} has no open account`, { name: shown.name });
    if (isFirst) await this.logins.tell({ ...this.logins.headOf(person), type: 'login.bind', subject: shown.subject });
    return personId;
  }

  /** An administrator says by which name of a directory somebody signs in. @throws Refusal directory_missing, login_link_taken */
  async link(by: Acting, personId: string, to: { directory: Directory; name: string } | null): Promise<void> {
    const head = { ...this.logins.headOf(by), personId };
    if (to === null) return this.logins.tell({ ...head, type: 'login.unlink' });
    if (!this.all.includes(to.directory)) throw new Refusal('directory_missing', `no ${to.directory} is set here`);
    const isTaken = (await this.logins.all()).some(
      ({ personId: id, login: { link } }) =>
        id !== personId && link?.directory === to.directory && link.name === to.name,
    );
    if (isTaken) throw new Refusal('login_link_taken', `${to.name} is linked to another`, { name: to.name });
    await this.logins.tell({ ...head, type: 'login.link', ...to });
  }

  get #provider(): Oidc {
    if (!this.#oidc) throw new Refusal('directory_missing', 'no OpenID provider is set here');
    return this.#oidc;
  }

  /** Whoever runs the house reads what exactly was wrong. */
  async #heard<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Refusal) this.log.warn('directory.trouble', { code: error.code, reason: error.message });
      throw error;
    }
  }
}

/** Names a browser while it is at the provider. */
export const newBrowserName = (): string => randomBytes(32).toString('base64url');
