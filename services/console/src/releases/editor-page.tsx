import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import type { Draft, ReleaseDetail, RumorRow, WorkingCopy } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ApiError, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { Loading, Pending } from '../parts/states.tsx';
import { MissingPage } from '../shell/plain-pages.tsx';
import { Editor, type Start } from './editor.tsx';

const blank = (kind: Draft['kind'], channels: string[]): Draft => ({
  kind,
  format: 'text',
  title: '',
  documentNumber: null,
  summary: '',
  html: '',
  rumor:
    kind === 'rebuttal' ? { claim: '', seenWhere: '', verdict: 'false', rumorCaseId: null, publicLink: null } : null,
  channels,
  variants: {},
  cover: null,
  files: [],
  interprets: null,
  linked: null,
});

/** What a rebuttal begins with: the rumor as it was reported, and the facts as they were found. */
function answering({ rumorCaseId, claim, seenWhere, verdict, facts, basis }: RumorRow): Partial<Draft> {
  const said = verdict === 'misleading' || verdict === 'outdated' ? verdict : 'false';
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const lines = [...facts.split('\n'), ...(basis ? [basis] : [])].filter((each) => each.trim() !== '');
  return {
    rumor: { claim, seenWhere, verdict: said, rumorCaseId, publicLink: null },
    html: lines.map((each) => `<p>${escaped(each)}</p>`).join(''),
  };
}

/** A new press release or rebuttal. */
export function NewReleasePage(): ReactElement {
  const { kind, linked, rumor } = useSearch({ from: '/releases/new' });
  const [rumorSite, rumorCaseId] = kind === 'rebuttal' ? (rumor?.split('/') ?? []) : [];
  const answers = useQuery({ ...views.rumor(rumorSite ?? '', rumorCaseId ?? ''), enabled: rumorCaseId !== undefined });
  const { data: sites } = useQuery(views.sites());
  const { data: channels } = useQuery(views.channels());
  const [releaseId] = useState(newId);
  if (!sites || !channels) return <Loading />;
  if (rumorCaseId !== undefined && !answers.data) return <Pending of={answers} />;
  const [leads, linkedId] = linked?.split('/') ?? [];
  const site = leads ?? rumorSite ?? sites.rows[0]?.siteId ?? '';
  const usable = channels.rows.filter((each) => each.site === site && !each.paused).map(({ channelId }) => channelId);
  const plan = leads !== undefined && linkedId !== undefined ? { site: leads, linkedId } : null;
  const draft = { ...blank(kind, usable), ...(answers.data && answering(answers.data.row)), linked: plan };
  return <Editor key={kind} start={{ site, releaseId, revision: 0, draft }} />;
}

/** A draft, or a release that was returned; with what the writer had not saved, and a draft that never was saved. */
export function EditReleasePage(): ReactElement {
  const { site, releaseId } = useParams({ from: '/releases/$site/$releaseId/edit' });
  return <Begin key={`${site}/${releaseId}`} site={site} releaseId={releaseId} />;
}

/** What it begins with is read once: what others do later is the open editor's to say. */
function Begin({ site, releaseId }: { site: string; releaseId: string }): ReactElement {
  const once = { staleTime: 0, retry: false, refetchOnWindowFocus: false } as const;
  const answer = useQuery({ ...views.release(site, releaseId), ...once });
  const kept = useQuery({ ...views.workingCopy(site, releaseId), ...once });
  const [start, setStart] = useState<Start | null>(null);
  const { data, error } = answer;
  const isMissing = error instanceof ApiError && error.status < 500 && error.status > 0;
  const isRead = answer.isFetchedAfterMount && kept.isFetchedAfterMount && kept.data && (data || isMissing);
  if (start === null && isRead) {
    const saved = data && !isMissing ? { revision: data.row.revision, draft: nextOf(data) } : null;
    if (saved || kept.data.copy) setStart(begun(site, releaseId, saved, kept.data.copy));
    else return <MissingPage />;
  }
  if (start) return <Editor start={start} />;
  return <Pending of={kept.data === undefined ? kept : answer} />;
}

/** Of what is public the next version says what is different, and goes out by itself. */
function nextOf({ row, draft }: ReleaseDetail): Draft {
  if (row.publicVersion === 0) return draft;
  const isAnew = row.state === 'published' || !draft.correction;
  return { ...draft, linked: null, correction: isAnew ? { note: '' } : draft.correction };
}

/** What is edited: the saved draft, or what was kept of it; on an older one, that is brought together first. */
function begun(
  site: string,
  releaseId: string,
  saved: { revision: number; draft: Draft } | null,
  copy: WorkingCopy | null,
): Start {
  const base = saved ?? { revision: 0, draft: blank(copy?.draft.kind ?? 'press', []) };
  if (!copy || JSON.stringify(copy.draft) === JSON.stringify(base.draft)) return { site, releaseId, ...base };
  const { draft, baseRevision, keptAt } = copy;
  return { site, releaseId, revision: baseRevision, draft, saved: base.draft, keptAt };
}
