import { role, type Site, whoMay } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { mustBeAllowed } from './permissions.ts';
import { asReader, reachOf } from './reach.ts';

const site = (siteId: string, level: Site['level'], region: string, superior?: string): Site => ({
  siteId,
  name: siteId,
  level,
  region,
  ...(superior !== undefined && { superior }),
  speaksFor: [],
  baseUrl: 'https://tax.example',
});
const sites = [
  site('national', 'national', '000000'),
  site('shandong', 'province', '370000'),
  site('yantai', 'city', '370600'),
  site('qingdao', 'city', '370200', '000000'),
  site('zhejiang', 'province', '330000'),
  site('hangzhou', 'city', '330100'),
];
const reach = (own: string[], roles: string[] = ['editor']) => reachOf({ roles: roles as never, sites: own }, sites);

describe('who reads what', () => {
  it('a city its own site, a province its cities, the nation all', () => {
    expect(reach(['yantai'])).toEqual(['yantai']);
    // A city that answers to the nation is not the province's.
    expect(reach(['shandong'])).toEqual(['shandong', 'yantai']);
    expect(reach(['yantai', 'zhejiang'])).toEqual(['yantai', 'zhejiang', 'hangzhou']);
    expect(reach(['national'])).toEqual(['*']);
    expect(reach(['*'])).toEqual(['*']);
  });
  it('a site that is not registered, or has no region, has nothing under it', () => {
    expect(reach(['nowhere'])).toEqual(['nowhere']);
  });
  it('an auditor everything', () => {
    expect(reach(['yantai'], ['auditor'])).toEqual(['*']);
  });
});

describe('who decides what', () => {
  const personId = 'p';
  const rest = { personId, name: 'p', csrfToken: null, expiresAt: '', must: null };
  it('reading of a city is not deciding for it', () => {
    const province = { ...rest, roles: ['editor'] as const, sites: ['shandong'] };
    expect(asReader(province, sites).sites).toContain('yantai');
    expect(() => mustBeAllowed(province, { type: 'correction.accept', site: 'yantai' })).toThrow(
      expect.objectContaining({ code: 'site_forbidden' }),
    );
  });
  it('an auditor is refused every command by its name, whatever else they are', () => {
    const auditor = { ...rest, roles: role.options, sites: ['*'] };
    for (const type of [...Object.keys(whoMay), 'made.up'])
      expect(() => mustBeAllowed(auditor, { type })).toThrow(
        expect.objectContaining({ code: 'auditor_reads_only', params: { what: type } }),
      );
  });
});
