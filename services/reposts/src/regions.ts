import { regionsAround, superiorsOf, type Publisher, type Relation, type Site } from '@tongsheng/contracts';

/** Regions whose people a site speaks to: its own, and those of counties that have no website. */
const speaksIn = ({ region, name, speaksFor }: Site) => (region === undefined ? [] : [{ region, name }, ...speaksFor]);

/** What a publisher is to a site, in words, or null when it is not that. */
export function related(site: Site, publisher: Publisher | undefined, relation: Relation): string | null {
  if (relation === 'any') return '不限来源';
  if (!publisher || site.region === undefined) return null;
  const { kind, region } = publisher;
  switch (relation) {
    case 'superior_tax':
      return kind === 'tax' && superiorsOf(site).includes(region) ? '上级税务网站' : null;
    case 'same_level_government': {
      const served = kind === 'government' ? speaksIn(site).find((each) => each.region === region) : undefined;
      if (!served) return null;
      return served.region === site.region ? '同级政府门户网站' : `${served.name}的同级政府门户网站，由本站代为发布`;
    }
    case 'superior_government':
      return kind === 'government' && regionsAround(site.region).includes(region) ? '上级政府门户网站' : null;
    case 'state_council':
      return kind === 'state_council' ? '国务院（中国政府网）' : null;
  }
}
