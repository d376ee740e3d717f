import { describe, expect, it } from 'vitest';
import { chosen, progressOf } from './projections.ts';

const kept = (more: { position?: number; rebuilding?: number | null; generation?: string | null } = {}) => ({
  name: 'reposts',
  position: 70,
  behind: 0,
  parked: 0,
  rebuilding: null,
  generation: 'v1-1',
  ...more,
});
const before = new Set(['v1-1']);

describe('the names to build again', () => {
  const found = [{ name: 'reposts' }, { name: 'deadlines' }, { name: 'reposts' }];
  it('are all of them, each once, or the one that was named', () => {
    expect(chosen(found, undefined)).toEqual(['deadlines', 'reposts']);
    expect(chosen(found, 'reposts')).toEqual(['reposts']);
  });
  it('are refused with what there is, or with what to do when nothing runs', () => {
    expect(() => chosen(found, 'repost')).toThrow('there are: deadlines, reposts');
    expect(() => chosen([], undefined)).toThrow('npm start');
  });
});

describe('a rebuild', () => {
  it('goes on while one of the processes builds', () => {
    expect(progressOf([kept(), kept({ rebuilding: 0.417 })], before)).toEqual({ state: 'building', percent: 41 });
  });
  it('is done once readers see another generation, also where a second process still follows the old one', () => {
    const [old, fresh] = [kept({ position: 90 }), kept({ generation: 'v1-2', position: 80 })];
    expect(progressOf([old, fresh], before)).toEqual({ state: 'done', position: 80 });
  });
  it('has failed when nobody builds and nothing is new', () => {
    expect(progressOf([kept()], before)).toEqual({ state: 'failed' });
  });
  it('is lost with the process that kept it', () => {
    expect(progressOf([], before)).toEqual({ state: 'gone' });
  });
});
