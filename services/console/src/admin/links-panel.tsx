import { useQuery } from '@tanstack/react-query';
import type { NeighboursView } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { watchedNeighbours } from '../api/neighbours.ts';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';

type Neighbour = NeighboursView['neighbours'][number];

/** How the links with other deployments stand: connected or cut since when, and what is still to come. */
export function LinksPanel(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(watchedNeighbours());
  if (!data || data.neighbours.length === 0) return null;
  return (
    <section className="links" data-testid="links">
      <h2>{t('links.title')}</h2>
      <p className="hint">{t('links.about')}</p>
      <table className="table">
        <thead>
          <tr>
            <th>{t('links.neighbour')}</th>
            <th>{t('links.state')}</th>
            <th className="cell-number">{t('links.documents')}</th>
            <th className="cell-number">{t('links.entries')}</th>
            <th>{t('links.lastBrought')}</th>
          </tr>
        </thead>
        <tbody>
          {data.neighbours.map((each) => (
            <Row key={each.name} of={each} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ of: { name, sites, link } }: { of: Neighbour }): ReactElement {
  const t = useWords();
  /** Nobody knows what has come there since the link was cut. */
  const left = (what: 'documents' | 'entries') => {
    if (!link?.behind) return '—';
    return link.connected ? link.behind[what] : t('links.before', { n: link.behind[what] });
  };
  return (
    <tr data-link={stateOf(link)}>
      <td>
        {sites.map((site) => site.name).join('、')} <small className="hint">{name}</small>
      </td>
      <td>
        <State link={link} />
      </td>
      <td className="cell-number">{left('documents')}</td>
      <td className="cell-number">{left('entries')}</td>
      <td>{link?.lastBroughtAt ? precise(link.lastBroughtAt) : t('links.never')}</td>
    </tr>
  );
}

const stateOf = (link: Neighbour['link']) => (link === null ? 'silent' : link.connected ? 'connected' : 'cut');

function State({ link }: { link: Neighbour['link'] }): ReactElement {
  const t = useWords();
  if (link === null) return <span className="tag tag-late">{t('links.silent')}</span>;
  if (link.since === null) return <span className="tag tag-near">{t('links.waiting')}</span>;
  return link.connected ? (
    <span className="tag tag-good">{t('links.connected', { time: minute(link.since) })}</span>
  ) : (
    <span className="tag tag-late">{t('links.cut', { time: minute(link.since) })}</span>
  );
}
