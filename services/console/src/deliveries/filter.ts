import { groupOf, urgency, type DeliveryGroup, type DeliveryRow, type Urgency } from '@tongsheng/contracts';

/** What the board is asked for; it stands in its address. */
export type DeliveryFilter = {
  show?: Exclude<DeliveryGroup, 'cancelled'>;
  release?: string;
  channel?: string;
  site?: string;
  urgency?: Urgency;
};

/** The board as its address has it: what it is asked for, and how it is arranged. */
export type Asked = DeliveryFilter & { by?: 'release' | 'channel' };

const shows = ['open', 'unknown', 'failed', 'confirmed'] as const;
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function readFilter(search: Record<string, unknown>): Asked {
  const show = shows.find((each) => each === search['show']);
  const by = (['release', 'channel'] as const).find((each) => each === search['by']);
  const how = urgency.options.find((each) => each === search['urgency']);
  const [release, channel, site] = [text(search['release']), text(search['channel']), text(search['site'])];
  return {
    ...(show && { show }),
    ...(by && { by }),
    ...(release && { release }),
    ...(channel && { channel }),
    ...(site && { site }),
    ...(how && { urgency: how }),
  };
}

/** As the server is asked. */
export function queryOf({ show, ...rest }: DeliveryFilter): Record<string, string | undefined> {
  return { ...rest, group: show };
}

/** Whether what has come belongs into the list. */
export const fits =
  ({ show, release, channel, site, urgency: how }: DeliveryFilter) =>
  (row: DeliveryRow): boolean =>
    (show === undefined || groupOf[row.state] === show) &&
    (release === undefined || row.releaseId === release) &&
    (channel === undefined || row.channelId === channel) &&
    (site === undefined || row.site === site) &&
    (how === undefined || row.urgency === how);

export const keyOf = ({ site, deliveryId }: Pick<DeliveryRow, 'site' | 'deliveryId'>): string =>
  `${site}/${deliveryId}`;
