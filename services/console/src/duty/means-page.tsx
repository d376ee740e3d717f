import { useQuery, useQueryClient } from '@tanstack/react-query';
import {
  alarmKeyword,
  alarmMeansKind,
  type AlarmMeansKind,
  type AlarmMeansRow,
  type MeansTried,
} from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide, post } from '../api/client.ts';
import { alarmMeans } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { sites } from '../api/views.ts';
import { SettingsInput } from '../channels/settings-input.tsx';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute } from '../time.ts';
import { useWords, wordFor, type Word } from '../words/index.ts';
import {
  blankMeans,
  draftOfMeans,
  fieldsOfMeans,
  meansOfDraft,
  wrongFieldsOf,
  type MeansDraft,
} from './means-draft.ts';
import { DutyTabs } from './tabs.tsx';

type Open = { is: 'form'; start: MeansDraft; known: boolean } | { is: 'trial'; row: AlarmMeansRow } | null;

/** Gateways of text messages and robots of groups: what is registered here can be chosen in the ladder. */
export function MeansPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const siteName = useSiteName();
  const answer = useQuery(alarmMeans());
  const [open, setOpen] = useState<Open>(null);
  const rows = answer.data?.rows ?? [];
  const isAdmin = hasRole(me, 'admin');
  const scopeName = (site: string) => (site === '*' ? t('roster.allSites') : siteName(site));
  const add = () =>
    setOpen({ is: 'form', start: blankMeans('wecom', me.sites.includes('*') ? '*' : me.sites[0]!), known: false });
  useShortcuts(isAdmin ? [{ keys: ['c'], says: 'means.add', group: 'keys.list', run: add }] : []);
  const register = async (draft: MeansDraft, done: string) => {
    try {
      await decide({ type: 'means.register', means: meansOfDraft(draft) });
      announce('done', done);
      await client.invalidateQueries({ queryKey: ['alarm-means'] });
      setOpen(null);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  const toggle = (row: AlarmMeansRow) => {
    const done = t(row.disabled ? 'means.enabledDone' : 'means.disabledDone', { name: row.name });
    void register({ ...draftOfMeans(row), disabled: !row.disabled }, done);
  };
  return (
    <div className="page" data-testid="means-page">
      <div className="page-bar">
        <DutyTabs here="/duty/means" />
        <span className="top-space" />
        {isAdmin && (
          <button type="button" className="button button-primary" onClick={add} data-testid="add-means">
            {t('means.add')} <kbd>C</kbd>
          </button>
        )}
      </div>
      <p className="hint">
        {t('means.hint')} {!isAdmin && t('means.readOnly')}
      </p>
      <Pending of={answer} />
      {answer.data && rows.length === 0 && <Empty title={t('means.none')}>{t('means.noneHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="means">
          <thead>
            <tr>
              <th>{t('means.name')}</th>
              <th>{t('means.kind')}</th>
              <th>{t('means.site')}</th>
              <th>{t('means.server')}</th>
              <th>{t('means.secret')}</th>
              <th>{t('means.state')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.site} ${row.kind}`}>
                <td className="cell-title">{row.name}</td>
                <td>{t(`means.kind.${row.kind}`)}</td>
                <td>{scopeName(row.site)}</td>
                <td className="cell-wide">{hostOf(row)}</td>
                <td>{secretsOf(row).map(minute)[0] ?? '—'}</td>
                <td>{t(row.disabled ? 'means.disabled' : 'means.inUse')}</td>
                <td className="cell-actions">
                  {hasRole(me, 'manager', 'admin') && (
                    <button
                      type="button"
                      className="button button-small"
                      onClick={() => setOpen({ is: 'trial', row })}
                      aria-label={`${t('means.try')} ${row.name} ${t(`means.kind.${row.kind}`)}`}
                    >
                      {t('means.try')}
                    </button>
                  )}{' '}
                  {isAdmin && (
                    <>
                      <button
                        type="button"
                        className="button button-small"
                        onClick={() => setOpen({ is: 'form', start: draftOfMeans(row), known: true })}
                        aria-label={`${t('means.edit')} ${row.name} ${t(`means.kind.${row.kind}`)}`}
                      >
                        {t('means.edit')}
                      </button>{' '}
                      <button
                        type="button"
                        className="button button-small"
                        onClick={() => toggle(row)}
                        aria-label={`${t(row.disabled ? 'means.enable' : 'means.disable')} ${row.name} ${t(`means.kind.${row.kind}`)}`}
                      >
                        {t(row.disabled ? 'means.enable' : 'means.disable')}
                      </button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {open?.is === 'form' && (
        <MeansForm
          start={open.start}
          isKnown={open.known}
          rows={rows}
          onSend={(draft) => register(draft, t('means.saved', { name: draft.name.trim() }))}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.is === 'trial' && <TrialOfMeans row={open.row} onClose={() => setOpen(null)} />}
    </div>
  );
}

function hostOf({ settings }: AlarmMeansRow): string {
  const address = settings['server'] ?? settings['url'];
  return typeof address === 'string' && URL.canParse(address) ? new URL(address).host : '';
}

/** When its secrets were set. */
const secretsOf = ({ settings }: AlarmMeansRow): string[] =>
  Object.values(settings).flatMap((value) =>
    typeof value === 'object' && value !== null && 'setAt' in value && typeof value.setAt === 'string'
      ? [value.setAt]
      : [],
  );

function MeansForm(props: {
  start: MeansDraft;
  isKnown: boolean;
  rows: readonly AlarmMeansRow[];
  onSend: (draft: MeansDraft) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { start, isKnown, rows, onSend, onClose } = props;
  const t = useWords();
  const me = useMe();
  const { data: siteList } = useQuery(sites());
  const [draft, setDraft] = useState(start);
  const replaced = isKnown ? undefined : rows.find(({ site, kind }) => site === draft.site && kind === draft.kind);
  const known = rows.find(({ site, kind }) => site === draft.site && kind === draft.kind);
  const labelOf = (name: string): string => {
    const word: Word | null = name === 'name' ? 'means.name' : wordFor(`means.field.${name}`);
    return word ? t(word) : name;
  };
  const setAtOf = (name: string): { setAt: string | null; byName: string | null } | undefined => {
    if (!draft.set.includes(name)) return undefined;
    const value = known?.settings[name];
    const at = typeof value === 'object' && value !== null && 'setAt' in value ? value.setAt : null;
    return { setAt: typeof at === 'string' ? at : null, byName: null };
  };
  return (
    <FormDialog
      title={isKnown ? 'means.edit' : 'means.add'}
      send="means.save"
      problems={wrongFieldsOf(draft).map((field) => ({
        field,
        word: 'channels.need',
        values: { field: labelOf(field) },
      }))}
      onSend={() => onSend(draft)}
      onClose={onClose}
    >
      <div className="field-row">
        <label className="field">
          <span>{t('means.kind')}</span>
          <select
            id="field-kind"
            disabled={isKnown}
            value={draft.kind}
            onChange={({ target }) => setDraft(blankMeans(target.value as AlarmMeansKind, draft.site, draft.name))}
          >
            {alarmMeansKind.options.map((kind) => (
              <option key={kind} value={kind}>
                {t(`means.kind.${kind}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('means.site')}</span>
          <select
            id="field-site"
            disabled={isKnown}
            value={draft.site}
            onChange={({ target }) => setDraft({ ...draft, site: target.value })}
          >
            {me.sites.includes('*') && <option value="*">{t('roster.allSites')}</option>}
            {siteList?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="hint">
        {t(`means.about.${draft.kind}`, { keyword: alarmKeyword })}{' '}
        {replaced && t('means.takes', { name: replaced.name })}
      </p>
      <label className="field">
        <span>
          {t('means.name')} <small>{t('means.nameHint')}</small>
        </span>
        <input
          id="field-name"
          autoFocus
          maxLength={200}
          value={draft.name}
          onChange={({ target }) => setDraft({ ...draft, name: target.value })}
        />
      </label>
      {fieldsOfMeans(draft.kind).map((field) => (
        <SettingsInput
          key={`${draft.kind}.${field.name}`}
          field={field}
          label={labelOf(field.name)}
          value={draft.fields[field.name] ?? ''}
          setAt={setAtOf(field.name)}
          onChange={(text) => setDraft({ ...draft, fields: { ...draft.fields, [field.name]: text } })}
        />
      ))}
      <p className="hint">{t('means.secretsHint')}</p>
    </FormDialog>
  );
}

function TrialOfMeans({ row, onClose }: { row: AlarmMeansRow; onClose: () => void }): ReactElement {
  const { site, kind, name } = row;
  const t = useWords();
  const needsNumber = kind === 'sms';
  const [to, setTo] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ ok: boolean; text: string } | null>(null);
  const isReady = !busy && (!needsNumber || to.trim() !== '');
  const send = async () => {
    if (!isReady) return;
    setBusy(true);
    try {
      const { outcome, detail } = await post<MeansTried>('/api/duty/means/try', {
        site,
        kind,
        to: needsNumber ? to.trim() : null,
      });
      setSaid({ ok: outcome === 'confirmed', text: `${t(`means.tried.${outcome}`)} ${detail}` });
    } catch (caught) {
      setSaid({ ok: false, text: sayError(caught, t) });
    }
    setBusy(false);
  };
  return (
    <Dialog title={t('means.tryTitle', { name })} onClose={onClose}>
      <p>{t(needsNumber ? 'means.trySms' : 'means.tryGroup')}</p>
      {needsNumber && (
        <label className="field">
          <span>{t('means.tryTo')}</span>
          <input
            type="tel"
            autoFocus
            value={to}
            maxLength={40}
            onChange={({ target }) => setTo(target.value)}
            data-testid="means-try-to"
          />
        </label>
      )}
      {said && (
        <p className={`banner ${said.ok ? 'banner-good' : 'banner-refused'}`} role="status" data-testid="means-tried">
          {said.text}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t(said ? 'app.close' : 'app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          // Focus must not be lost while it is sent: Escape is to close this.
          aria-disabled={!isReady}
          onClick={() => void send()}
          data-testid="means-try-send"
        >
          {t(busy ? 'state.sending' : 'means.trySend')}
        </button>
      </div>
    </Dialog>
  );
}
