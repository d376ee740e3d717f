import { linkedPlan, type LinkedEvent, type LinkedRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Linked releases: what goes out together, when, and how far it is. */
export const linked = defineProjection({
  name: 'linked',
  version: 2,
  follows: ['linked'],
  keyOf: (event: LinkedEvent) => `${event.site}/${event.linkedId}`,

  apply(row: LinkedRow | null, event): LinkedRow | null {
    if (event.type === 'linked.planned') {
      const { linkedId, site, revision, byName, plannedAt } = event;
      const plan = linkedPlan.parse(event);
      const same = row !== null && JSON.stringify(row.parts) === JSON.stringify(plan.parts);
      const samePages = same && JSON.stringify(row.sites) === JSON.stringify(plan.sites);
      return {
        linkedId,
        site,
        ...plan,
        state: 'planned',
        revision,
        plannedByName: byName,
        signed: (row?.signed ?? []).filter((id) => plan.parts.some(({ releaseId }) => releaseId === id)),
        sealedAt: samePages ? row.sealedAt : null,
        pages: samePages ? row.pages : [],
        waived: same ? row.waived : null,
        contents: Object.fromEntries(
          Object.entries(row?.contents ?? {}).filter(([id]) => plan.parts.some(({ releaseId }) => releaseId === id)),
        ),
        rehearsed: null,
        press: row?.press ?? [],
        reminded: null,
        stopped: null,
        late: [],
        committedAt: null,
        openedAt: null,
        cancelled: null,
        updatedAt: plannedAt,
      };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'linked.waived': {
        const { reason, byName, waivedAt: at } = event;
        return { ...row, waived: { reason, byName, at }, updatedAt: at };
      }
      case 'linked.part_signed': {
        const signed = [...row.signed.filter((id) => id !== event.releaseId), event.releaseId];
        const contents = { ...row.contents, [event.releaseId]: event.contentHash };
        return { ...row, signed, contents, sealedAt: null, pages: [], updatedAt: event.partSignedAt };
      }
      case 'linked.part_pulled': {
        const signed = row.signed.filter((id) => id !== event.releaseId);
        const { [event.releaseId]: _pulled, ...contents } = row.contents;
        return { ...row, signed, contents, sealedAt: null, pages: [], updatedAt: event.pulledAt };
      }
      case 'linked.sealed': {
        const pages = event.pages.map(({ target, url }) => ({ target, url }));
        return { ...row, sealedAt: event.sealedAt, pages, updatedAt: event.sealedAt };
      }
      case 'linked.reminded': {
        const { minutes, unready, remindedAt: at } = event;
        return { ...row, reminded: { minutes, unready, at }, updatedAt: at };
      }
      case 'linked.rehearsed': {
        const { results, byName, rehearsedAt: at } = event;
        const unready = results.filter(({ ready }) => !ready);
        return { ...row, rehearsed: { unready, count: results.length, byName, at }, updatedAt: at };
      }
      case 'linked.press_told': {
        const { channelId, people, parts, until, byName, toldAt: at } = event;
        const contents = Object.fromEntries(parts.map(({ releaseId, contentHash }) => [releaseId, contentHash]));
        return { ...row, press: [...row.press, { channelId, people, contents, until, byName, at }], updatedAt: at };
      }
      case 'linked.stopped': {
        const { because, missing, stoppedAt: at } = event;
        return { ...row, state: 'stopped', stopped: { because, missing, at }, updatedAt: at };
      }
      case 'linked.committed': {
        const { late, committedAt } = event;
        return { ...row, state: 'committed', late, committedAt, updatedAt: committedAt };
      }
      case 'linked.opened':
        return { ...row, state: 'open', openedAt: event.openedAt, updatedAt: event.openedAt };
      case 'linked.cancelled': {
        const { reason, byName, cancelledAt: at } = event;
        return { ...row, state: 'cancelled', cancelled: { reason, byName, at }, updatedAt: at };
      }
    }
  },

  sets: ({ t0, site }) => ({ 'all:*': Date.parse(t0), [`all:${site}`]: Date.parse(t0) }),
});
