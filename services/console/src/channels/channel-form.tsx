import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import type { Channel, ChannelDetail } from '@tongsheng/contracts';
import { useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { ApiError, decide } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { useChannelKind, useWords, wordFor, type Word } from '../words/index.ts';
import {
  blankChannel,
  draftOf,
  fieldsOfKind,
  kindsOfChannel,
  problemsOf,
  registrationOf,
  type ChannelDraft,
  type DraftProblem,
} from './channel-draft.ts';
import { SettingsInput } from './settings-input.tsx';

export function NewChannelPage(): ReactElement {
  const answer = useQuery(views.channelOverview());
  const sites = useQuery(views.sites());
  if (!answer.data || !sites.data) return <Pending of={answer.data ? sites : answer} />;
  const start = blankChannel('email', sites.data.rows[0]?.siteId ?? '');
  return <Form start={start} taken={answer.data.rows.map(({ channelId }) => channelId)} known={null} />;
}

export function EditChannelPage(): ReactElement {
  const { channelId } = useParams({ from: '/channels/$channelId/edit' });
  const answer = useQuery(views.channelDetail(channelId));
  if (answer.error instanceof ApiError && answer.error.status === 404) return <MissingPage />;
  if (!answer.data) return <Pending of={answer} />;
  const start = draftOf(answer.data.channel);
  if (!start) return <MissingPage />;
  return <Form key={channelId} start={start} taken={[]} known={answer.data} />;
}

/** Drawn from the kind's own settings. A secret is written and never shown; left empty it stays as it is. */
function Form(props: { start: ChannelDraft; taken: readonly string[]; known: ChannelDetail | null }): ReactElement {
  const { start, taken, known } = props;
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const sayKind = useChannelKind();
  const siteName = useSiteName();
  const { data: sites } = useQuery(views.sites());
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<DraftProblem[]>([]);
  const [busy, setBusy] = useState(false);
  const summary = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const changed = JSON.stringify(draft) !== JSON.stringify(start);
  useBlocker({
    shouldBlockFn: () => changed && !leaving.current && !window.confirm(t('editor.leave')),
    enableBeforeUnload: () => changed && !leaving.current,
  });
  const set = (fields: Partial<ChannelDraft>) => setDraft((before) => ({ ...before, ...fields }));
  const save = async () => {
    const found = problemsOf(draft, new Set(taken));
    setProblems(found);
    if (found.length > 0) return void setTimeout(() => summary.current?.focus());
    if (busy) return;
    setBusy(true);
    try {
      const limits = known?.channel.limits;
      const channel = registrationOf(draft, { paused: known?.channel.paused ?? false, ...(limits && { limits }) });
      const { position } = await decide({ type: 'channel.register', channel });
      client.setQueryData(['channel', draft.channelId], await views.readChannel(draft.channelId, position));
      for (const key of ['channels', 'channel-overview']) void client.invalidateQueries({ queryKey: [key] });
      announce('done', t('channels.saved', { name: draft.name }));
      leaving.current = true;
      await navigate({ to: '/channels/$channelId', params: { channelId: draft.channelId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void save();
  };
  const labelOf = (name: string): string => {
    const own: Record<string, Word> = { channelId: 'channels.id', name: 'channels.name', site: 'deliveries.site' };
    const word = own[name] ?? wordFor(`setting.${name}`);
    return word ? t(word) : name;
  };
  return (
    <div className="rules" onKeyDown={onKeyDown} data-testid="channel-form">
      <div className="form-body form-one">
        <div className="form-fields">
          <p className="crumbs">
            <Link to="/channels">{t('nav.channels')}</Link> › {known?.channel.name ?? t('channels.add')}
          </p>
          {problems.length > 0 && (
            <div ref={summary} className="problems" role="alert" tabIndex={-1} data-testid="problems">
              <strong>{t('channels.problems')}</strong>
              <ul>
                {problems.map(({ field }) => (
                  <li key={field}>
                    <a href={`#field-${field}`}>
                      {t(field === 'channelId' ? 'channels.need.id' : 'channels.need', { field: labelOf(field) })}
                    </a>
                  </li>
                ))}
              </ul>
            </div>
          )}
          <div className="field-row">
            <label className="field field-wide">
              <span>{t('channels.name')}</span>
              <input
                id="field-name"
                value={draft.name}
                maxLength={200}
                onChange={({ target }) => set({ name: target.value })}
              />
            </label>
            <label className="field">
              <span>{t('channels.kind')}</span>
              <select
                id="field-kind"
                value={draft.kind}
                disabled={known !== null}
                onChange={({ target }) => {
                  const { channelId, name, site } = draft;
                  setDraft({ ...blankChannel(target.value as Channel['kind'], site), channelId, name });
                }}
              >
                {kindsOfChannel.map((kind) => (
                  <option key={kind} value={kind}>
                    {sayKind(kind)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <div className="field-row">
            <label className="field">
              <span>{t('channels.id')}</span>
              <input
                id="field-channelId"
                className="code"
                value={draft.channelId}
                maxLength={64}
                disabled={known !== null}
                onChange={({ target }) => set({ channelId: target.value.trim() })}
              />
            </label>
            <label className="field">
              <span>{t('deliveries.site')}</span>
              <select
                id="field-site"
                value={draft.site}
                disabled={known !== null}
                onChange={({ target }) => set({ site: target.value })}
              >
                {(sites?.rows ?? []).map(({ siteId }) => (
                  <option key={siteId} value={siteId}>
                    {siteName(siteId)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          {fieldsOfKind(draft.kind).map((field) => (
            <SettingsInput
              key={`${draft.kind}.${field.name}`}
              field={field}
              label={labelOf(field.name)}
              value={draft.fields[field.name] ?? ''}
              setAt={
                draft.set.includes(field.name)
                  ? (known?.secrets.find(({ path }) => path === field.name) ?? null)
                  : undefined
              }
              onChange={(text) => set({ fields: { ...draft.fields, [field.name]: text } })}
            />
          ))}
          <p className="hint">{t('channels.secretsHint')}</p>
          <div className="dialog-actions">
            <button
              type="button"
              className="button button-primary"
              disabled={busy}
              onClick={() => void save()}
              data-testid="save-channel"
            >
              {t('channels.save')} <kbd>Ctrl Enter</kbd>
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}
