// NewsML-G2 as a receiver reads it: by a parser of XML, and by Debian's xmllint where it is there.
import { spawnSync } from 'node:child_process';
import { hashA, samplePost } from '@tongsheng/test/support';
import * as fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { Parcel } from './channel.ts';
import { newsPackage } from './news-package.ts';

const file = { hash: hashA, name: '图 & 表.png', mediaType: 'image/png', bytes: 9 };
const parcel: Parcel = { ...samplePost, documentNumber: '公告2026年第1号', files: [file] };
const beside = new Map([[hashA, 'release-a.png']]);

/** Debian's, where it is installed. */
const [xmllint] = ['xmllint'] as const;

type Speaking = 'deliver' | 'amend' | 'recall';
type Element = { name: string; uri: string; attributes: Record<string, string>; children: Element[]; text: string };

const nothing: Element = { name: '', uri: '', attributes: {}, children: [], text: '' };

const write = (speaking: Speaking, of = parcel) => newsPackage(of, speaking, 'newsml', beside).body;

/** @throws where it is not well-formed, its namespaces included */
function read(xml: string): Element {
  const root: Element = { name: '', uri: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local: name, uri, attributes: given }) => {
    const attributes = Object.fromEntries(Object.entries(given).map(([key, { value }]) => [key, value]));
    const element = { name, uri, attributes, children: [], text: '' };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => void (open.at(-1)!.text += text));
  parser.on('closetag', () => void open.pop());
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return root.children[0]!;
}

const all = (element: Element): Element[] => [element, ...element.children.flatMap(all)];
/** The element under a path, as `itemSet/newsItem`; an empty one where there is none. */
const at = (element: Element, path: string): Element =>
  path.split('/').reduce<Element>((of, name) => of.children.find((each) => each.name === name) ?? nothing, element);

const namespace = 'http://iptc.org/std/nar/2006-10-01/';
/** What may stand where, in the standard's order, of the properties that we use; `!` must be there. */
const orders: Record<string, string[]> = {
  newsMessage: ['header!', 'itemSet!'],
  header: ['sent!', 'sender', 'transmitId', 'priority'],
  newsItem: ['catalogRef!', 'rightsInfo', 'itemMeta!', 'contentMeta', 'contentSet'],
  itemMeta: ['itemClass!', 'provider!', 'versionCreated!', 'firstCreated', 'pubStatus', 'edNote', 'signal', 'link'],
  contentMeta: ['urgency', 'contentCreated', 'creator', 'language', 'subject', 'headline', 'description'],
  contentSet: ['inlineData', 'remoteContent'],
};
/** The attributes that hold a QCode, and the schemes of IPTC's own catalog that ours are taken from. */
const qcoded = ['qcode', 'rel', 'role', 'type'];
const schemes = ['ninat', 'stat', 'sig', 'irel', 'cpnat', 'drol'];

/** What of it does not hold to the standard's structure (IPTC NewsML-G2 2.35, power), by our reading. */
function faults(message: Element): string[] {
  const item = at(message, 'itemSet/newsItem');
  const faults: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || faults.push(what));
  for (const element of all(message)) {
    must(element.uri === namespace, `${element.name} is of another namespace`);
    const order = orders[element.name];
    const names = element.children.map(({ name }) => name);
    for (const each of order ?? [])
      if (each.endsWith('!')) must(names.includes(each.slice(0, -1)), `${element.name} has no ${each.slice(0, -1)}`);
    const places = names.map((name) => order?.findIndex((each) => each.replace('!', '') === name) ?? 0);
    must(!places.includes(-1), `${element.name} has something unknown among ${names.join(' ')}`);
    must(
      places.every((place, i) => place >= (places[i - 1] ?? 0)),
      `${element.name} is out of order: ${names.join(' ')}`,
    );
    for (const name of qcoded) {
      const value = element.attributes[name];
      if (value === undefined) continue;
      const [, scheme] = /^(\w+):\S+$/.exec(value) ?? [];
      must(
        scheme !== undefined && schemes.includes(scheme),
        `${element.name}@${name} is no QCode of the catalog: ${value}`,
      );
    }
  }
  const wanted = { standard: /^NewsML-G2$/, standardversion: /^2\.\d+$/, conformance: /^(core|power)$/ };
  for (const [name, value] of Object.entries({ ...wanted, guid: /^urn:\S+$/, version: /^[1-9]\d*$/ }))
    must(value.test(item.attributes[name] ?? ''), `newsItem@${name} is ${item.attributes[name]}`);
  must(
    /^http:\/\/www\.iptc\.org\/std\/catalog\/catalog\.IPTC-G2-Standards_\d+\.xml$/.test(
      at(item, 'catalogRef').attributes['href'] ?? '',
    ),
    'its catalog is not IPTC’s',
  );
  for (const path of ['itemMeta/versionCreated', 'itemMeta/firstCreated', 'contentMeta/contentCreated'])
    must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(at(item, path).text), `${path} is no moment with its zone`);
  must(/^[1-9]$/.test(at(item, 'contentMeta/urgency').text), 'its urgency is none of nine');
  return faults;
}

describe('a release as NewsML-G2', () => {
  it('has the structure that the standard requires, whatever people wrote and however it is spoken of', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const parcels = fc.record({
      title: text,
      summary: text,
      siteName: text,
      kind: fc.constantFrom('press', 'rebuttal', 'response', 'interpretation', 'notice', 'policy'),
      files: fc.boolean().map((has) => (has ? [file] : [])),
    });
    fc.assert(
      fc.property(parcels, fc.constantFrom<Speaking>('deliver', 'amend', 'recall'), (more, speaking) => {
        expect(faults(read(write(speaking, { ...parcel, ...more } as Parcel)))).toEqual([]);
      }),
      { numRuns: 8 },
    );
  }, 30_000);
  it.each([
    ['without its itemMeta', /<itemMeta>[^]*<\/itemMeta>/, '', 'newsItem has no itemMeta'],
    [
      'with its content before what is said of it',
      /(<contentMeta>[^]*<\/contentMeta>)([^]*<\/contentSet>)/,
      '$2$1',
      'out of order',
    ],
    ['without its conformance', / conformance="power"/, '', 'newsItem@conformance'],
    ['with a code of no catalog', /stat:usable/, 'ours:usable', 'pubStatus@qcode'],
    ['without a version', / version="\d+"/, '', 'newsItem@version'],
    ['of another namespace', /nar\/2006-10-01/, 'nar/2006-10-02', 'another namespace'],
  ] as const)('%s it would be noticed', (_, from, to, said) => {
    expect(faults(read(write('deliver').replace(from, to))).join('\n')).toContain(said);
  });
  it('carries its content once as marked and once as plain text, and names what lies beside it with its size', () => {
    const item = at(read(write('deliver')), 'itemSet/newsItem');
    expect(at(item, 'contentSet').children.map(({ attributes }) => attributes)).toEqual([
      { contenttype: 'text/html' },
      { contenttype: 'text/plain' },
      { href: 'release-a.png', contenttype: 'image/png', size: '9' },
    ]);
    expect(item.attributes['xml:lang']).toBe('zh-CN');
  });
  it.skipIf(spawnSync(xmllint, ['--version']).status !== 0)('says the same to xmllint, by XPath', () => {
    const asked = (speaking: Speaking, ...paths: string[]) => {
      const item = "//*[local-name()='newsItem']";
      const query = `concat(${paths.map((path) => `${path.replaceAll('$', item)}, '|'`).join(', ')})`;
      const { stdout, stderr } = spawnSync(xmllint, ['--nonet', '--xpath', query, '-'], {
        input: write(speaking),
        encoding: 'utf8',
      });
      expect(stderr).toBe('');
      return stdout.trim().split('|').slice(0, -1);
    };
    const facts = ['$/@standard', '$/@standardversion', '$/@conformance', "count($/*[local-name()='itemMeta'])"];
    const status = "$//*[local-name()='pubStatus']/@qcode";
    const contents = "count($/*[local-name()='contentSet'])";
    expect(asked('deliver', ...facts, status, contents)).toEqual([
      'NewsML-G2',
      '2.35',
      'power',
      '1',
      'stat:usable',
      '1',
    ]);
    expect(asked('recall', status, contents)).toEqual(['stat:canceled', '0']);
  });
});
