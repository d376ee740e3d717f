import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { decodeText } from './text.ts';

const chinese = '关于优化纳税服务的公告';
const page = (label: string, text = chinese) => `<?xml version="1.0" encoding="${label}"?><title>${text}</title>`;
const read = (text: string, charset: string, contentType: string | null = null) =>
  decodeText(iconv.encode(text, charset), contentType);

describe('the label of the document', () => {
  it.each(['gb2312', 'GBK', 'gb18030', 'x-gbk', 'CP936'])('%s is read as GB18030, which contains it', (label) => {
    expect(read(page(label), 'gb18030')).toMatchObject({ text: page(label), charset: 'gb18030', how: 'declared' });
  });
  it('may be one of four bytes a character', () => {
    const text = page('gb2312', '㐂𠀀龴與曉');
    expect(read(text, 'gb18030')).toMatchObject({ text, replaced: 0 });
  });
  it('may be Big5', () => {
    expect(read(page('Big5', '關於納稅服務'), 'big5')).toMatchObject({
      text: page('Big5', '關於納稅服務'),
      replaced: 0,
    });
  });
  it('may stand in a <meta> of either form', () => {
    for (const meta of [
      '<meta charset=gb2312>',
      `<meta http-equiv="Content-Type" content="text/html; charset=gb2312">`,
    ])
      expect(read(`<html>${meta}<p>${chinese}`, 'gbk').text).toContain(chinese);
  });
  it('goes before what the server says', () => {
    expect(read(page('gb2312'), 'gbk', 'text/xml; charset=big5').text).toContain(chinese);
  });
});

describe('the server’s label', () => {
  it('counts where the document has none', () => {
    expect(read(chinese, 'gbk', 'text/html; charset="GB2312"')).toMatchObject({ text: chinese, how: 'header' });
    expect(read('關於納稅服務', 'big5', 'text/html;charset=big5').text).toBe('關於納稅服務');
  });
  it('of Latin 1, which servers give to everything, gives way to the page’s own', () => {
    expect(read(`<meta charset="gbk">${chinese}`, 'gbk', 'text/html; charset=ISO-8859-1').text).toContain(chinese);
    expect(read('Überraschung für Müller', 'latin1', 'text/html; charset=ISO-8859-1').text).toBe(
      'Überraschung für Müller',
    );
  });
});

describe('a wrong label', () => {
  it('does not spoil what is valid UTF-8', () => {
    for (const label of ['gb2312', 'iso-8859-1', 'utf-16', 'nonsense'])
      expect(read(page(label), 'utf-8', `text/xml; charset=${label}`)).toMatchObject({
        text: page(label),
        how: 'utf8',
      });
  });
  it('of UTF-8 is none where the bytes are not', () => {
    expect(read(page('utf-8'), 'gb18030', 'text/xml; charset=utf-8')).toMatchObject({
      text: page('utf-8'),
      charset: 'gb18030',
      how: 'guess',
    });
  });
  it('may not name what is no charset', () => {
    for (const label of ['hex', 'base64', 'utf-7', 'binary', 'ucs2', 'constructor'])
      expect(read(page(label), 'gbk').charset).toBe('gb18030');
  });
});

it('a label decides where two bytes are both one Chinese character and one accented letter', () => {
  expect(read(page('gb2312', '税'), 'gb18030').text).toContain('税');
  expect(decodeText(Buffer.from(page('gb2312', 'é 税'))).text).toContain('é 税');
  expect(decodeText(Buffer.from(page('iso-8859-1', 'é'))).text).toContain('é');
});

describe('without a label', () => {
  it('GB18030 is recognised', () => {
    expect(read(chinese, 'gb18030')).toMatchObject({ text: chinese, charset: 'gb18030', how: 'guess' });
  });
  it('also where markup far outweighs the text', () => {
    const long = `<html>${'<div class="container wide"></div>'.repeat(500)}<h1>${chinese}</h1></html>`;
    expect(read(long, 'gb18030')).toMatchObject({ replaced: 0, charset: 'gb18030' });
  });
  it('UTF-8 with a few broken bytes stays UTF-8', () => {
    const broken = Buffer.concat([Buffer.from(chinese.repeat(20)), Buffer.from([0xff]), Buffer.from(chinese)]);
    expect(decodeText(broken)).toMatchObject({ charset: 'utf-8', how: 'guess', replaced: 1 });
  });
  it('a cut last character costs only itself', () => {
    const cut = Buffer.from(chinese).subarray(0, -1);
    expect(decodeText(cut)).toMatchObject({ text: `${chinese.slice(0, -1)}\uFFFD`, how: 'utf8', replaced: 1 });
  });
  it('Western text is the last resort', () => {
    expect(read('5 £ – ja', 'windows-1252')).toMatchObject({ text: '5 £ – ja', how: 'fallback' });
  });
});

describe('charsets that only old systems write', () => {
  it('EBCDIC, by its first characters and its label', () => {
    const said = (hex: string) => decodeText(Buffer.from(hex, 'hex'));
    expect(
      said('4c6fa7949340a58599a28996957e7ff14bf07f4085958396848995877e7f8397f0f3f77f6f6e4c996e5a4c61996e'),
    ).toMatchObject({ text: '<?xml version="1.0" encoding="cp037"?><r>!</r>', charset: 'cp037', how: 'shape' });
    expect(said('4c6fa794934085958396848995877e7f8397f5f0f07f6f6e4c996e4f4c61996e').text).toBe(
      '<?xml encoding="cp500"?><r>!</r>',
    );
  });
  it('seven bits, which are no UTF-8 although they could be', () => {
    expect(decodeText(Buffer.from(page('hz-gb-2312', '~{<:Ky2;~} a~~b')))).toMatchObject({
      text: page('hz-gb-2312', '己所不 a~b'),
    });
    const japanese = page('iso-2022-jp', '\u001b$B@G\u001b(B');
    expect(decodeText(Buffer.from(japanese)).text).toBe(page('iso-2022-jp', '税'));
  });
  it('of Central Asia, and under other names', () => {
    expect(decodeText(Buffer.from(page('KZ-1048', '\u0080\u00a3'), 'latin1')).text).toBe(page('KZ-1048', 'ЂӘ'));
    expect(read(page('uhc', '세금'), 'cp949').text).toBe(page('uhc', '세금'));
  });
});

describe('wide characters', () => {
  const xml = `<rss>${chinese}</rss>`;
  it.each([
    ['utf-16le', 'bom', '\uFEFF'],
    ['utf-16be', 'bom', '\uFEFF'],
    ['utf-16le', 'shape', ''],
    ['utf-16be', 'shape', ''],
  ])('%s is known by its %s', (charset, how, bom) => {
    const bytes = iconv.encode(bom + xml, charset, { addBOM: false });
    expect(decodeText(bytes, 'text/xml; charset=gbk')).toMatchObject({ text: xml, charset, how });
  });
  it('a UTF-8 mark is not part of the text', () => {
    expect(decodeText(Buffer.from(`\uFEFF${xml}`))).toMatchObject({ text: xml, how: 'bom' });
  });
});

it('reads whatever UTF-8 or GB18030 can hold as it was written', () => {
  const text = fc.string({ unit: fc.constantFrom(...chinese, ...'<p>税务 0', '𠀀', 'é'), minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(text, (written) => {
      expect(decodeText(Buffer.from(written)).text).toBe(written);
      expect(read(page('gb18030', written), 'gb18030').text).toBe(page('gb18030', written));
    }),
  );
});

it('never fails and never hangs, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.option(fc.string()), (bytes, label) => {
      expect(typeof decodeText(bytes, label && `text/html; charset=${label}`).text).toBe('string');
    }),
  );
  const began = performance.now();
  decodeText(Buffer.from(`<meta ${'a'.repeat(2_000_000)}\xff`, 'latin1'));
  expect(performance.now() - began).toBeLessThan(2_000);
});
