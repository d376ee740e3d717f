/** The blocks of a text: joined again they are the text. A parsed document of its own: nothing in it runs or loads. */
export function blocksOf(html: string): string[] {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return Array.from(body.childNodes, (node) => (node instanceof Element ? node.outerHTML : (node.textContent ?? '')));
}

const lineEnds = 'p, h2, h3, h4, h5, li, tr, blockquote';

/** The words of a text, a line for each block, pictures by what they show: for comparing versions. */
export function linesOf(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const picture of body.querySelectorAll('img')) picture.replaceWith(`［图：${picture.alt}］`);
  for (const cell of body.querySelectorAll('td, th')) cell.append(' ');
  for (const block of body.querySelectorAll(lineEnds)) block.append('\n');
  for (const end of body.querySelectorAll('br')) end.replaceWith('\n');
  return (body.textContent ?? '')
    .split('\n')
    .map((line) => line.replace(/[\s\u3000]+/gu, ' ').trim())
    .filter(Boolean)
    .join('\n');
}
