import { useQuery } from '@tanstack/react-query';
import type { Draft, ReleaseDetail, TextFinding } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { checkDraft } from '../api/reviews.ts';
import { useWords } from '../words/index.ts';

/** What the site's lists say of a text: each passage as it stands there, why, and what to write instead. */
export function FindingsList({ findings }: { findings: readonly TextFinding[] }): ReactElement {
  const t = useWords();
  if (findings.length === 0) return <p className="hint">{t('checks.clean')}</p>;
  return (
    <ul className="findings" data-testid="findings">
      {findings.map((each) => (
        <li key={`${each.listId}/${each.field}/${each.start}`} className={`finding finding-${each.severity}`}>
          <p className="finding-text">
            {each.before}
            <mark className={`mark-${each.severity}`}>{each.found}</mark>
            {each.after}
          </p>
          <p className="hint">
            <span className={each.severity === 'block' ? 'tag tag-failed' : 'tag'}>
              {t(`checks.severity.${each.severity}`)}
            </span>{' '}
            {t(`checks.why.${each.kind}.${each.why}` as 'checks.why.sensitive.word')}
            {each.suggestion && ` → ${each.suggestion}`} · {fieldName(each.field, t)} · {each.listName}
          </p>
        </li>
      ))}
    </ul>
  );
}

function fieldName(field: string, t: ReturnType<typeof useWords>): string {
  const [first = '', channel, last] = field.split('/');
  const name = (last ?? first) as 'title' | 'summary' | 'body' | 'claim';
  return channel === undefined ? t(`checks.field.${name}`) : `${channel} ${t(`checks.field.${name}`)}`;
}

/** Findings that stop a submission. */
export const forbiddenIn = ({ findings }: Pick<ReleaseDetail, 'findings'>): TextFinding[] =>
  findings.filter(({ severity }) => severity === 'block');

/** As long as somebody types, nothing is asked. */
const quietMs = 800;

/** What the lists say of a draft while it is written. */
export function DraftFindings({ site, draft }: { site: string; draft: Draft }): ReactElement | null {
  const t = useWords();
  const [asked, setAsked] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(draft), quietMs);
    return () => clearTimeout(timer);
  }, [draft]);
  const { data } = useQuery(checkDraft(site, asked));
  if (!data || data.findings.length === 0) return null;
  return (
    <section className="pane findings-pane" aria-label={t('checks.title')}>
      <h3 className="pane-head">
        <span>{t('checks.title')}</span> <span className="badge">{data.findings.length}</span>
      </h3>
      <FindingsList findings={data.findings} />
    </section>
  );
}
