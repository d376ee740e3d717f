import type { DeliveryRow, LinkedDetail } from '@tongsheng/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { millis } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';
import { placesOf, skewOf, type Place, type Progress } from './places.ts';

/** So many are shown before somebody asks for all. */
const shownAtFirst = 12;

/** A place by the name that people know. */
export function usePlaceName(): (place: { kind: 'page' | 'channel'; id: string; name?: string | null }) => string {
  const nameOf = useSiteName();
  const { data } = useQuery(views.channels());
  return ({ kind, id, name }) =>
    kind === 'page' ? nameOf(id) : (name ?? data?.rows.find(({ channelId }) => channelId === id)?.name ?? id);
}

/** What keeps a target from being ready, in words where there are some. */
export function useReason(): (detail: string) => string {
  const t = useWords();
  return (detail) => {
    const word = wordFor(`linked.detail.${detail}`);
    return word ? t(word) : detail;
  };
}

/** Every site and channel from made ready to visible, and how far the first and the last are apart. */
export function Places({ data }: { data: LinkedDetail }): ReactElement | null {
  const t = useWords();
  const placeName = usePlaceName();
  const [all, setAll] = useState(false);
  const { row, parts, deliveries } = data;
  const places = placesOf(row, deliveries);
  const skew = skewOf(places);
  const isOut = row.state === 'committed' || row.state === 'open';
  if (row.parts.length === 0 || places.length === 0) return null;
  const titleOf = (releaseId: string) => parts.find((part) => part.releaseId === releaseId)?.title ?? releaseId;
  return (
    <section className="linked-section">
      <h3>{t('linked.places')}</h3>
      {isOut && (
        <p className="linked-skew" data-testid="skew">
          {skew
            ? t('linked.skew', { first: millis(skew.first), last: millis(skew.last), span: spanOf(skew.ms) })
            : t('linked.skewOpen', {
                n: places.filter(({ visible, parts: of }) => visible.n >= of).length,
                of: places.length,
              })}
        </p>
      )}
      <table className="table table-dense" data-testid="linked-places">
        <thead>
          <tr>
            <th>{t('linked.colPlace')}</th>
            <th>{t('linked.colRequired')}</th>
            <th>{t('linked.colPrepared')}</th>
            <th>{t('linked.colCommitted')}</th>
            <th>{t('linked.colVisible')}</th>
          </tr>
        </thead>
        <tbody>
          {places.slice(0, all ? undefined : shownAtFirst).map((place) => (
            <tr key={`${place.kind}/${place.id}`}>
              <td className="cell-title">
                <span className="hint">{t(place.kind === 'page' ? 'linked.aSite' : 'linked.aChannel')}</span>{' '}
                {placeName(place)}
                {place.late && <span className="tag linked-late">{t('linked.lateMark')}</span>}
                {place.troubles.map(({ releaseId, delivery }) => (
                  <TroubleLine key={delivery.deliveryId} title={titleOf(releaseId)} delivery={delivery} />
                ))}
              </td>
              <td>{t(place.required ? 'linked.must' : 'linked.may')}</td>
              <Step place={place} of={place.prepared} t0={null} />
              <Step place={place} of={place.committed} t0={row.t0} />
              <Step place={place} of={place.visible} t0={row.t0} />
            </tr>
          ))}
        </tbody>
      </table>
      {!all && places.length > shownAtFirst && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          {t('linked.allPlaces', { n: places.length })}
        </button>
      )}
    </section>
  );
}

/** How many of the parts, when the last of them, and how long after T0. */
function Step({
  place: { parts },
  of: { n, at },
  t0,
}: {
  place: Place;
  of: Progress;
  t0: string | null;
}): ReactElement {
  const done = n >= parts;
  return (
    <td className={`cell-step ${done ? 'step-done' : n > 0 ? 'step-some' : 'step-none'}`}>
      <span aria-hidden="true">{done ? '✓' : n > 0 ? '…' : '–'}</span> {n}/{parts}
      {at && (
        <small>
          {millis(at)}
          {t0 && ` (+${spanOf(Date.parse(at) - Date.parse(t0))})`}
        </small>
      )}
    </td>
  );
}

function TroubleLine({ title, delivery }: { title: string; delivery: DeliveryRow }): ReactElement {
  const t = useWords();
  const { state, trouble, detail } = delivery;
  const word = trouble === null ? null : wordFor(`linked.trouble.${trouble}`);
  return (
    <p className="linked-trouble">
      <Link to="/deliveries/$site/$deliveryId" params={{ site: delivery.site, deliveryId: delivery.deliveryId }}>
        {title}
      </Link>
      ：{state === 'preparing' ? '' : `${t(`delivery.${state}`)} · `}
      {word ? t(word) : ''} <span className="hint">{detail}</span>
    </p>
  );
}

/** `830 ms`, `12.4 s`, `3 min`. */
const spanOf = (ms: number): string =>
  ms < 1_000 ? `${ms} ms` : ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
