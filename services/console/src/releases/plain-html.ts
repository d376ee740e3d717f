/**
 * The HTML of the text editor without what is there for the editor alone, spelled as the server cleans it: what is counted and
 * compared here is what will be sent. Quotes inside attributes are escaped, so that no text can look like one.
 */
export const plainHtml = (html: string): string =>
  html
    .replace(/<colgroup>.*?<\/colgroup>/gs, '')
    .replace(/(<(?:table|tr|t[dh]|p|li|[ou]l)\b[^>]*?) style="[^"]*"/g, '$1')
    .replace(/ (?:col|row)span="1"/g, '')
    .replace(/ colwidth="[^"]*"/g, '')
    .replace(/<(br|img\b[^>]*[^/>])>/g, '<$1 />');
