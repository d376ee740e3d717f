import { expect, it } from 'vitest';
import { regionsAround, sitesUnder, supervisedBy } from './regions.ts';

const site = (siteId: string, region?: string, superior?: string) => ({
  siteId,
  ...(region !== undefined && { region }),
  ...(superior !== undefined && { superior }),
});
const sites = [
  site('nation', '000000'),
  site('shandong', '370000'),
  site('jinan', '370100'),
  // Under separate planning: it answers to the nation.
  site('qingdao', '370200', '000000'),
  site('henan', '410000'),
  site('elsewhere'),
];
const under = (siteId: string) => sitesUnder(siteId, sites).map((each) => each.siteId);

it('a county is in its city, its province and the nation', () => {
  expect(regionsAround('370281')).toEqual(['370200', '370000', '000000']);
  expect(regionsAround('000000')).toEqual([]);
});

it('a site has itself and those that answer to it under it', () => {
  expect(under('shandong')).toEqual(['shandong', 'jinan']);
  expect(under('qingdao')).toEqual(['qingdao']);
  expect(under('nation')).toEqual(['nation', 'shandong', 'jinan', 'qingdao', 'henan']);
  expect(under('elsewhere')).toEqual(['elsewhere']);
  expect(under('nobody')).toEqual([]);
});

it('a site supervises those who answer to it and who has no place; one without a place supervises everybody', () => {
  expect(supervisedBy('shandong', sites).map(({ siteId }) => siteId)).toEqual(['shandong', 'jinan', 'elsewhere']);
  expect(supervisedBy('elsewhere', sites)).toEqual(sites);
});
