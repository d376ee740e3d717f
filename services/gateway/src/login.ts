import { defineAggregate } from '@tongsheng/bus';
import { LoginCommand, LoginEvent, Refusal, type Directory } from '@tongsheng/contracts';

type Common = { factorId: string; name: string; enrolledAt: string };
export type TotpFactor = Common & { kind: 'totp'; secret: string };
export type PasskeyFactor = Common & { kind: 'passkey'; publicKey: string; transports: string[] };
export type Factor = TotpFactor | PasskeyFactor;
/** By which name of a directory somebody signs in; `subject`: the directory's own key of who came by it, null before. */
export type Link = { directory: Directory; name: string; subject: string | null };

/** How a person signs in: what they show beside the password, and which directory stands in the password's place. */
export type Login = {
  factors: Factor[];
  /** Hashes of recovery codes that were not spent. */
  recovery: string[];
  /** Somebody asked that all of it be forgotten, and nobody else has agreed yet. */
  asked: { by: string; byName: string; reason: string; askedAt: string } | null;
  link: Link | null;
};

export const newLogin: Login = { factors: [], recovery: [], asked: null, link: null };
const mostFactors = 10;

/** A person's own second factors; whoever lost them is let in again by two others. Directories are linked by another. */
export const login = defineAggregate({
  name: 'login',
  commands: LoginCommand,
  events: LoginEvent,
  siteOf: () => 'gateway',
  idOf: (command) => command.personId,
  initial: newLogin,

  decide(command, { factors, recovery, asked, link }): LoginEvent[] {
    const { personId, actor, at } = command;
    const other = () => ({ by: actor.id, byName: actor.name ?? actor.id });
    switch (command.type) {
      case 'login.enrol_totp': {
        mustBeOwn(command);
        mustHaveRoom(factors, command.factorId);
        const { factorId, name, secret } = command;
        return [{ type: 'login.totp_enrolled', personId, factorId, name, secret, enrolledAt: at }];
      }
      case 'login.enrol_passkey': {
        mustBeOwn(command);
        mustHaveRoom(factors, command.factorId);
        const { factorId, name, publicKey, transports } = command;
        return [{ type: 'login.passkey_enrolled', personId, factorId, name, publicKey, transports, enrolledAt: at }];
      }
      case 'login.remove_factor': {
        mustBeOwn(command);
        const { factorId } = command;
        if (!factors.some((each) => each.factorId === factorId))
          throw new Refusal('login_factor_missing', `${personId} has no ${factorId}`);
        return [{ type: 'login.factor_removed', personId, factorId, removedAt: at }];
      }
      case 'login.make_recovery':
        mustBeOwn(command);
        if (factors.length === 0) throw new Refusal('login_no_factor', `${personId} has nothing to recover`);
        return [{ type: 'login.recovery_made', personId, codes: command.codes, madeAt: at }];
      case 'login.spend_recovery':
        mustBeOwn(command);
        if (!recovery.includes(command.code)) throw new Refusal('login_code_wrong', 'no such recovery code is left');
        return [{ type: 'login.recovery_spent', personId, code: command.code, spentAt: at }];
      case 'login.ask_reset':
        mustBeAnother(command);
        if (factors.length === 0) throw new Refusal('login_no_factor', `${personId} has nothing to reset`);
        if (asked) throw new Refusal('login_reset_asked', `${asked.by} asked before`, { by: asked.byName });
        return [{ type: 'login.reset_asked', personId, ...other(), reason: command.reason, askedAt: at }];
      case 'login.reset':
        mustBeAnother(command);
        if (!asked) throw new Refusal('login_reset_missing', `nobody asked to reset ${personId}`);
        if (asked.by === actor.id) throw new Refusal('login_same_person', `${actor.id} asked`, { by: asked.byName });
        return [{ type: 'login.reset', personId, ...other(), askedBy: asked.by, resetAt: at }];
      case 'login.drop_reset':
        if (!asked) return [];
        return [{ type: 'login.reset_dropped', personId, ...other(), droppedAt: at }];
      case 'login.link': {
        mustBeAnother(command);
        const { directory, name } = command;
        if (link?.directory === directory && link.name === name) return [];
        return [{ type: 'login.linked', personId, ...other(), directory, name, linkedAt: at }];
      }
      case 'login.bind':
        mustBeOwn(command);
        if (!link) throw new Refusal('login_link_missing', `${personId} is linked to no directory`);
        if (link.subject === command.subject) return [];
        if (link.subject !== null) throw new Refusal('directory_person_other', `${link.name} was somebody else`);
        return [{ type: 'login.bound', personId, subject: command.subject, boundAt: at }];
      case 'login.reseal': {
        if (actor.kind !== 'service') throw new Refusal('login_not_yours', `${actor.id} is no service`);
        const resealed = command.factors.filter((each) =>
          factors.some(
            (known) => known.kind === 'totp' && known.factorId === each.factorId && known.secret !== each.secret,
          ),
        );
        if (resealed.length === 0) return [];
        return [{ type: 'login.resealed', personId, factors: resealed, resealedAt: at }];
      }
      case 'login.unlink':
        mustBeAnother(command);
        if (!link) return [];
        return [{ type: 'login.unlinked', personId, ...other(), unlinkedAt: at }];
    }
  },

  evolve: evolveLogin,
});

export function evolveLogin(login: Login, event: LoginEvent): Login {
  const { factors, recovery } = login;
  switch (event.type) {
    case 'login.totp_enrolled': {
      const { factorId, name, secret, enrolledAt } = event;
      return { ...login, factors: [...factors, { kind: 'totp', factorId, name, secret, enrolledAt }] };
    }
    case 'login.passkey_enrolled': {
      const { factorId, name, publicKey, transports, enrolledAt } = event;
      return {
        ...login,
        factors: [...factors, { kind: 'passkey', factorId, name, publicKey, transports, enrolledAt }],
      };
    }
    case 'login.factor_removed': {
      const left = factors.filter(({ factorId }) => factorId !== event.factorId);
      // Codes that stand in for factors mean nothing without one.
      return { ...login, factors: left, recovery: left.length === 0 ? [] : recovery };
    }
    case 'login.recovery_made':
      return { ...login, recovery: event.codes };
    case 'login.recovery_spent':
      return { ...login, recovery: recovery.filter((code) => code !== event.code) };
    case 'login.reset_asked': {
      const { by, byName, reason, askedAt } = event;
      return { ...login, asked: { by, byName, reason, askedAt } };
    }
    case 'login.reset':
      // Forgotten is what was lost; who proves them first stays.
      return { ...newLogin, link: login.link };
    case 'login.reset_dropped':
      return { ...login, asked: null };
    case 'login.resealed': {
      const secretOf = new Map(event.factors.map(({ factorId, secret }) => [factorId, secret]));
      const resealed = (factor: Factor): Factor =>
        factor.kind === 'totp' ? { ...factor, secret: secretOf.get(factor.factorId) ?? factor.secret } : factor;
      return { ...login, factors: factors.map(resealed) };
    }
    case 'login.linked': {
      const { directory, name } = event;
      return { ...login, link: { directory, name, subject: null } };
    }
    case 'login.bound':
      return { ...login, link: login.link && { ...login.link, subject: event.subject } };
    case 'login.unlinked':
      return { ...login, link: null };
  }
}

/** @throws Refusal login_not_yours */
function mustBeOwn({ personId, actor }: LoginCommand): void {
  if (actor.kind !== 'person' || actor.id !== personId)
    throw new Refusal('login_not_yours', `${actor.id} is not ${personId}`);
}

/** @throws Refusal login_same_person */
function mustBeAnother({ personId, actor }: LoginCommand): void {
  if (actor.kind !== 'person' || actor.id === personId)
    throw new Refusal('login_same_person', `${personId} can’t be reset by ${actor.id}`, { by: actor.name ?? actor.id });
}

/** @throws Refusal login_factor_known, login_too_many_factors */
function mustHaveRoom(factors: readonly Factor[], factorId: string): void {
  if (factors.some((each) => each.factorId === factorId)) throw new Refusal('login_factor_known', factorId);
  if (factors.length >= mostFactors) throw new Refusal('login_too_many_factors', `${mostFactors} already`);
}
