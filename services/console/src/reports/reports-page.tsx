import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { newestForm, parseReportId, type ReportRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { readReport, report, reports } from '../api/reports.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { FormDialog } from '../parts/form-dialog.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, serverNow, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useFormWords } from './form-words.ts';
import { periodInWords, proposedReports } from './period-words.ts';

export function ReportTag({ row }: { row: ReportRow }): ReactElement {
  const t = useWords();
  return <span className={`tag tag-report-${row.state}`}>{t(`report.state.${row.state}`)}</span>;
}

const dayMs = 86_400_000;

/** How many days are left until it has to be public; nothing once it is. */
export function ReportDue({ row }: { row: ReportRow }): ReactElement | null {
  const t = useWords();
  if (row.publishedAt !== null) return <span className="hint">{short(row.publishedAt)}</span>;
  if (row.dueAt === null) return null;
  const days = Math.ceil((Date.parse(row.dueAt) - serverNow()) / dayMs);
  if (days <= 0) return <strong className="clock-overdue">{t('report.overdue')}</strong>;
  return (
    <span className={days <= 7 ? 'clock-urgent' : days <= 30 ? 'clock-near' : ''}>{t('report.left', { days })}</span>
  );
}

/** Every table and bulletin of the sites one works for, the newest period first. */
export function ReportsPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const forms = useFormWords();
  const list = useQuery(reports());
  const [opening, setOpening] = useState(false);
  const rows = list.data?.rows ?? [];
  const open = (row: ReportRow | undefined) =>
    row && void navigate({ to: '/reports/$site/$reportId', params: { site: row.site, reportId: row.reportId } });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  const mayOpen = hasRole(me, 'manager', 'comms');
  useShortcuts(mayOpen ? [{ keys: ['n'], says: 'report.new', group: 'keys.list', run: () => setOpening(true) }] : []);
  return (
    <div className="page">
      <div className="page-bar">
        <span className="hint">{t('reports.hint')}</span>
        <span className="top-space" />
        {mayOpen && (
          <button
            type="button"
            className="button button-primary"
            onClick={() => setOpening(true)}
            data-testid="new-report"
          >
            {t('report.new')} <kbd>N</kbd>
          </button>
        )}
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('reports.empty')}>{t('reports.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="reports">
          <thead>
            <tr>
              <th>{t('report.col.state')}</th>
              <th>{t('report.col.form')}</th>
              <th>{t('report.col.period')}</th>
              <th>{t('report.col.site')}</th>
              <th>{t('report.col.due')}</th>
              <th>{t('report.col.who')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={`${row.site}/${row.reportId}`} className={at === chosen ? 'row-chosen' : ''}>
                <td>
                  <ReportTag row={row} />
                </td>
                <td>
                  <Link to="/reports/$site/$reportId" params={{ site: row.site, reportId: row.reportId }}>
                    {forms.title(row.template)}
                  </Link>
                </td>
                <td>{periodInWords(row)}</td>
                <td>{siteName(row.site)}</td>
                <td>
                  <ReportDue row={row} />
                </td>
                <td>
                  {row.approvedByName ??
                    row.submittedByName ??
                    (row.openedByName === byItself ? t('actor.service') : row.openedByName)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {opening && <OpenDialog onClose={() => setOpening(false)} />}
    </div>
  );
}

/** The name under which the service opens what is due. */
const byItself = '系统';

function OpenDialog({ onClose }: { onClose: () => void }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const sites = useQuery(views.sites());
  const forms = useFormWords();
  const proposed = proposedReports(new Date(serverNow()).toISOString());
  const [reportId, setReportId] = useState(proposed[0]!);
  const [site, setSite] = useState('');
  const chosen = site || (sites.data?.rows[0]?.siteId ?? '');
  const send = async () => {
    try {
      const { position } = await decide({ type: 'report.open', site: chosen, reportId });
      const counted = await decide({ type: 'report.compute', site: chosen, reportId });
      const at = Math.max(position, counted.position);
      client.setQueryData(report(chosen, reportId).queryKey, await readReport(chosen, reportId, at));
      await navigate({ to: '/reports/$site/$reportId', params: { site: chosen, reportId } });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  return (
    <FormDialog title="report.new" send="report.open" problems={[]} onSend={send} onClose={onClose}>
      <p className="hint">{t('report.newHint')}</p>
      <label className="field">
        <span>{t('report.col.form')}</span>
        <select value={reportId} onChange={({ target }) => setReportId(target.value)} data-testid="report-id">
          {proposed.map((id) => (
            <option key={id} value={id}>
              {forms.title(newestForm(parseReportId(id)!.kind).template)} {id.replace(/^[a-z]+-/, '')}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('report.col.site')}</span>
        <select value={chosen} onChange={({ target }) => setSite(target.value)}>
          {(sites.data?.rows ?? []).map(({ siteId, name }) => (
            <option key={siteId} value={siteId}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </FormDialog>
  );
}

export const savedAt = (row: ReportRow): string | null => {
  const last = Object.values(row.entries)
    .map(({ at }) => at)
    .sort()
    .at(-1);
  return last === undefined ? null : minute(last);
};
