import type { SiteFinding, SiteResult } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords, wordFor } from '../words/index.ts';

/** `2026 年第 4 季度` */
export function useQuarter(): (name: string) => string {
  const t = useWords();
  return (name) => t('inspections.quarter', { year: name.slice(0, 4), n: name.slice(-1) });
}

export function ResultTag({ result }: { result: SiteResult }): ReactElement {
  const t = useWords();
  return <span className={`tag tag-inspected-${result}`}>{t(`inspection.result.${result}`)}</span>;
}

/** A finding in a sentence; what nobody could judge is said to be that. */
export function useFinding(): (finding: SiteFinding) => string {
  const t = useWords();
  return ({ code, of, n, severity }) => {
    const word = wordFor(`finding.${code}`);
    const said = word ? t(word, { of, n: n ?? 0 }) : code;
    const isPersons = !/^(down|probes|home|column|link|repost)/.test(code);
    return severity === 'unchecked' && isPersons ? `${t('weight.unchecked')}: ${said}` : said;
  };
}

/** What was found, the weightiest first, each with its proof. */
export function Findings({
  findings,
  evidenceOf,
}: {
  findings: readonly SiteFinding[];
  evidenceOf: (snapshot: string) => string;
}): ReactElement {
  const t = useWords();
  const sentence = useFinding();
  const order = ['veto', 'major', 'minor', 'unchecked'];
  const sorted = findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  if (sorted.length === 0) return <p className="hint">{t('inspection.noFindings')}</p>;
  return (
    <ul className="inspection-findings" data-testid="findings">
      {sorted.map((each, at) => (
        <li key={`${each.code} ${each.of} ${at}`} data-code={each.code}>
          <span className={`tag tag-severity-${each.severity}`}>{t(`weight.${each.severity}`)}</span> {sentence(each)}
          {each.detail && <span className="hint"> {each.detail}</span>}{' '}
          {each.url && (
            <a href={each.url} target="_blank" rel="noreferrer noopener">
              {each.url}
            </a>
          )}{' '}
          {each.snapshot && (
            <a href={evidenceOf(each.snapshot)} target="_blank" rel="noreferrer">
              {t('inspection.evidence')}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
