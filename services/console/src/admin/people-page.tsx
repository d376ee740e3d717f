import { useQuery, useQueryClient } from '@tanstack/react-query';
import { role as anyRole, type Directory, type PersonRow, type Role } from '@tongsheng/contracts';
import { useState, type FormEvent, type ReactElement } from 'react';
import { useProof } from '../account/proof.tsx';
import { post } from '../api/client.ts';
import { people, sites as sitesView } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ReasonDialog } from '../parts/reason-dialog.tsx';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { useWords } from '../words/index.ts';

type Doing =
  | { kind: 'grant' | 'ask' | 'link' | 'end'; row: PersonRow }
  | { kind: 'add' | 'end-all' }
  | { kind: 'told'; name: string; password: string };

/** Who has an account, what they may do, and how they sign in; each administrator sees the buttons of their own. */
export function PeoplePage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const answer = useQuery(people());
  const { proven, dialog } = useProof();
  const [doing, setDoing] = useState<Doing | null>(null);
  const runs = hasRole(me, 'admin');
  const grants = hasRole(me, 'security');
  const { data } = answer;
  useShortcuts(
    runs ? [{ keys: ['c'], says: 'people.add', group: 'keys.list', run: () => setDoing({ kind: 'add' }) }] : [],
  );

  /** Sends what was decided, after a proof where one is due; answers what came back, or null. */
  async function tell<T>(path: string, body: unknown, said: string | null): Promise<T | null> {
    try {
      const done = await proven(() => post<T>(path, body));
      if (done !== null && said !== null) announce('done', said);
      return done;
    } catch (error) {
      announce('failed', sayError(error, t));
      return null;
    } finally {
      await client.invalidateQueries({ queryKey: people().queryKey });
    }
  }
  const at = (row: PersonRow, what: string) => `/api/people/${row.personId}/${what}`;
  const newPassword = async (row: PersonRow) => {
    const told = await tell<{ password: string }>(at(row, 'password'), {}, null);
    if (told) setDoing({ kind: 'told', name: row.name, password: told.password });
  };
  const add = async (personId: string, name: string) => {
    const told = await tell<{ password: string }>('/api/people', { personId, name }, null);
    if (told) setDoing({ kind: 'told', name, password: told.password });
  };
  const link = async (row: PersonRow, to: { directory: Directory; name: string } | null) => {
    const said = t(to ? 'directory.linked' : 'directory.unlinked', { name: row.name });
    if (await tell(at(row, 'link'), { link: to }, said)) setDoing(null);
  };
  /** Of one person, or of everybody. */
  const end = async (path: string) => {
    setDoing(null);
    const told = await tell<{ ended: number }>(path, {}, null);
    if (told) announce('done', t('people.sessionsEnded', { n: told.ended }));
  };
  const grant = async (row: PersonRow, roles: Role[], sites: string[]) => {
    if (await tell(at(row, 'grants'), { roles, sites }, t('people.granted', { name: row.name }))) setDoing(null);
  };

  return (
    <div className="page people">
      <div className="page-bar">
        <p className="hint">{t('people.hint')}</p>
        <span className="top-space" />
        <button type="button" className="button" onClick={() => setDoing({ kind: 'end-all' })} data-testid="end-all">
          {t('people.endAll')}
        </button>
        {runs && (
          <button type="button" className="button button-primary" onClick={() => setDoing({ kind: 'add' })}>
            {t('people.add')} <kbd>C</kbd>
          </button>
        )}
      </div>
      <Pending of={answer} />
      {data?.rows.length === 0 && <Empty title={t('people.empty')} />}
      {data && data.rows.length > 0 && (
        <table className="table" data-testid="people">
          <thead>
            <tr>
              <th>{t('people.id')}</th>
              <th>{t('people.name')}</th>
              <th>{t('people.roles')}</th>
              <th>{t('people.sites')}</th>
              <th>{t('people.signIn')}</th>
              <th>
                <span className="unseen">{t('people.grant')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => (
              <tr key={row.personId} data-testid="person" data-person={row.personId}>
                <td>{row.personId}</td>
                <td>
                  {row.name} {row.disabled && <span className="tag">{t('people.state.disabled')}</span>}
                </td>
                <td className="cell-wide">
                  {row.roles.length === 0 ? t('people.noRoles') : row.roles.map((each) => t(`role.${each}`)).join('、')}
                </td>
                <td>{row.sites.includes('*') ? t('people.allSites') : row.sites.join('、')}</td>
                <td className="cell-wide">
                  {row.link && (
                    <span data-testid="linked">
                      {t(`directory.${row.link.directory}`)} {row.link.name}{' '}
                      {!row.link.isBound && <span className="tag">{t('directory.unbound')}</span>}{' '}
                    </span>
                  )}
                  {row.factors.length === 0
                    ? !row.link && t('people.passwordOnly')
                    : row.factors.map((each) => t(`account.kind.${each}`)).join('、')}{' '}
                  {row.passwordIsInitial && !row.link && (
                    <span className="tag tag-near">{t('people.state.initial')}</span>
                  )}{' '}
                  {row.lacksFactor && <span className="tag tag-near">{t('people.state.lacks')}</span>}{' '}
                  {row.resetAsked && <span className="tag tag-near">{t('people.state.asked')}</span>}
                </td>
                <td className="cell-actions">
                  {row.personId !== me.personId && (
                    <Actions
                      row={row}
                      runs={runs}
                      grants={grants}
                      linkable={data.directories.length > 0 || row.link !== null}
                      isMine={row.resetAsked?.by === me.personId}
                      onDo={setDoing}
                      onPassword={() => void newPassword(row)}
                      onDisable={() =>
                        void tell(
                          at(row, 'disabled'),
                          { disabled: !row.disabled },
                          t(row.disabled ? 'people.enabled' : 'people.disabled', { name: row.name }),
                        )
                      }
                      onReset={(step) =>
                        void tell(
                          at(row, 'reset'),
                          { step },
                          t(step === 'agree' ? 'people.agreed' : 'people.dropped', { name: row.name }),
                        )
                      }
                    />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {data && (
        <Rules
          key={data.factorRoles.join()}
          factorRoles={data.factorRoles}
          mayChange={grants}
          onSave={(factorRoles) => void tell('/api/sign-in-rules', { factorRoles }, t('people.rulesSaved'))}
        />
      )}
      {doing?.kind === 'add' && <Add onSend={add} onClose={() => setDoing(null)} />}
      {doing?.kind === 'grant' && <Grant row={doing.row} onSend={grant} onClose={() => setDoing(null)} />}
      {doing?.kind === 'link' && data && (
        <Link row={doing.row} directories={data.directories} onSend={link} onClose={() => setDoing(null)} />
      )}
      {doing?.kind === 'end' && (
        <ConfirmDialog
          title={t('people.endSessionsTitle', { name: doing.row.name })}
          text={t('people.endSessionsHint')}
          send={t('people.endSessions')}
          onConfirm={() => void end(at(doing.row, 'sessions/end'))}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.kind === 'end-all' && (
        <ConfirmDialog
          title={t('people.endAllTitle')}
          text={t('people.endAllHint')}
          send={t('people.endAll')}
          onConfirm={() => void end('/api/sessions/end')}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.kind === 'ask' && (
        <ReasonDialog
          title={t('people.askTitle', { name: doing.row.name })}
          hint={t('people.askHint')}
          label={t('task.reason')}
          send={t('people.ask')}
          onClose={() => setDoing(null)}
          onSend={async (reason) => {
            if (await tell(at(doing.row, 'reset'), { step: 'ask', reason }, t('people.asked'))) setDoing(null);
          }}
        />
      )}
      {doing?.kind === 'told' && (
        <Dialog title={t('people.initialTitle')} onClose={() => setDoing(null)}>
          <p>{t('people.initialHint', { name: doing.name })}</p>
          <p>
            <code className="initial-password" data-testid="initial-password">
              {doing.password}
            </code>
          </p>
          <div className="dialog-actions">
            <button type="button" className="button button-primary" onClick={() => setDoing(null)}>
              {t('app.close')} <kbd>Esc</kbd>
            </button>
          </div>
        </Dialog>
      )}
      {dialog}
    </div>
  );
}

function Actions(props: {
  row: PersonRow;
  runs: boolean;
  grants: boolean;
  /** There is a directory to be linked to, or to be unlinked from. */
  linkable: boolean;
  /** The reset that waits was asked for by whoever looks. */
  isMine: boolean;
  onDo: (doing: Doing) => void;
  onPassword: () => void;
  onDisable: () => void;
  onReset: (step: 'agree' | 'drop') => void;
}): ReactElement {
  const { row, runs, grants, linkable, isMine, onDo, onPassword, onDisable, onReset } = props;
  const t = useWords();
  const { resetAsked, factors } = row;
  const button = (word: Parameters<typeof t>[0], run: () => void, title?: string) => (
    <button type="button" className="link" onClick={run} {...(title && { title })}>
      {t(word)}
    </button>
  );
  return (
    <>
      {(runs || grants) && factors.length > 0 && !resetAsked && button('people.ask', () => onDo({ kind: 'ask', row }))}
      {(runs || grants) &&
        resetAsked &&
        !isMine &&
        button(
          'people.agree',
          () => onReset('agree'),
          t('people.agreeTitle', { by: resetAsked.byName, reason: resetAsked.reason }),
        )}
      {(runs || grants) && resetAsked && button('people.drop', () => onReset('drop'))}
      {grants && button('people.grant', () => onDo({ kind: 'grant', row }))}
      {runs && button(row.disabled ? 'people.enable' : 'people.disable', onDisable)}
      {runs && !row.link && button('people.resetPassword', onPassword)}
      {runs && linkable && button('directory.link', () => onDo({ kind: 'link', row }))}
      {(runs || grants) && !row.disabled && button('people.endSessions', () => onDo({ kind: 'end', row }))}
    </>
  );
}

function Add(props: { onSend: (personId: string, name: string) => Promise<void>; onClose: () => void }): ReactElement {
  const t = useWords();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    const textOf = (field: string) => String(said.get(field) ?? '').trim();
    void props.onSend(textOf('newId'), textOf('newName'));
  };
  return (
    <Dialog title={t('people.add')} onClose={props.onClose}>
      <form onSubmit={submit} data-testid="add-person">
        <p className="hint">{t('people.addHint')}</p>
        <label className="field">
          <span>{t('people.id')}</span>
          <input name="newId" required autoFocus pattern="[A-Za-z0-9_\-]{1,64}" autoComplete="off" spellCheck={false} />
        </label>
        <label className="field">
          <span>{t('people.name')}</span>
          <input name="newName" required maxLength={100} autoComplete="off" />
        </label>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={props.onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button type="submit" className="button button-primary">
            {t('people.add')} <kbd>Enter</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** By which name of a directory somebody signs in. */
function Link(props: {
  row: PersonRow;
  directories: readonly Directory[];
  onSend: (row: PersonRow, to: { directory: Directory; name: string } | null) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, directories, onSend, onClose } = props;
  const t = useWords();
  const [directory, setDirectory] = useState(row.link?.directory ?? directories[0]);
  const [name, setName] = useState(row.link?.name ?? row.personId);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (directory) void onSend(row, { directory, name: name.trim() });
  };
  return (
    <Dialog title={t('directory.linkTitle', { name: row.name })} onClose={onClose}>
      <form onSubmit={submit} data-testid="link">
        <p className="hint">{t('directory.linkHint')}</p>
        {directories.length > 1 && (
          <label className="field">
            <span>{t('directory.kind')}</span>
            <select
              value={directory}
              onChange={({ target }) => setDirectory(directories.find((each) => each === target.value))}
            >
              {directories.map((each) => (
                <option key={each} value={each}>
                  {t(`directory.${each}`)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="field">
          <span>{t('directory.name')}</span>
          <input
            name="directoryName"
            required
            maxLength={200}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </label>
        <p className="hint">{t('directory.linkFirst')}</p>
        <div className="dialog-actions">
          {row.link && (
            <button type="button" className="button button-danger" onClick={() => void onSend(row, null)}>
              {t('directory.unlink')}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button type="submit" className="button button-primary" disabled={directories.length === 0}>
            {t('directory.linkSend')} <kbd>Enter</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Grant(props: {
  row: PersonRow;
  onSend: (row: PersonRow, roles: Role[], sites: string[]) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { row, onSend, onClose } = props;
  const t = useWords();
  const { data: known } = useQuery(sitesView());
  const [roles, setRoles] = useState(row.roles);
  const [sites, setSites] = useState(row.sites);
  return (
    <Dialog title={t('people.grantTitle', { name: row.name })} onClose={onClose} wide>
      <form
        data-testid="grant"
        onSubmit={(event) => {
          event.preventDefault();
          void onSend(row, roles, sites);
        }}
      >
        <RoleBoxes legend={t('people.roles')} chosen={roles} onChange={setRoles} />
        <fieldset className="boxes">
          <legend>{t('people.sites')}</legend>
          {[{ siteId: '*', name: t('people.allSites') }, ...(known?.rows ?? [])].map(({ siteId, name }) => (
            <label key={siteId} className="check">
              <input
                type="checkbox"
                checked={sites.includes(siteId)}
                onChange={({ target }) =>
                  setSites(target.checked ? [...sites, siteId] : sites.filter((each) => each !== siteId))
                }
              />{' '}
              {name}
            </label>
          ))}
        </fieldset>
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button type="submit" className="button button-primary">
            {t('people.save')} <kbd>Enter</kbd>
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Rules(props: { factorRoles: Role[]; mayChange: boolean; onSave: (roles: Role[]) => void }): ReactElement {
  const { factorRoles, mayChange, onSave } = props;
  const t = useWords();
  const [roles, setRoles] = useState(factorRoles);
  return (
    <section className="people-rules" data-testid="sign-in-rules">
      <RoleBoxes legend={t('people.rules')} chosen={roles} onChange={setRoles} disabled={!mayChange} />
      <p className="hint">{t('people.rulesHint')}</p>
      {mayChange && (
        <button
          type="button"
          className="button button-primary"
          disabled={roles.join() === factorRoles.join()}
          onClick={() => onSave(roles)}
        >
          {t('people.save')}
        </button>
      )}
    </section>
  );
}

function RoleBoxes(props: {
  legend: string;
  chosen: readonly Role[];
  disabled?: boolean;
  onChange: (roles: Role[]) => void;
}): ReactElement {
  const { legend, chosen, disabled = false, onChange } = props;
  const t = useWords();
  return (
    <fieldset className="boxes" disabled={disabled}>
      <legend>{legend}</legend>
      {anyRole.options.map((each) => (
        <label key={each} className="check">
          <input
            type="checkbox"
            checked={chosen.includes(each)}
            onChange={({ target }) =>
              onChange(anyRole.options.filter((known) => (known === each ? target.checked : chosen.includes(known))))
            }
          />{' '}
          {t(`role.${each}`)}
        </label>
      ))}
    </fieldset>
  );
}
