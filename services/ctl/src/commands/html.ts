import { cleanHtml, decodeText } from '@tongsheng/web';
import { readInput } from '../input.ts';

/** HTML as it would be stored: sanitised. */
export async function cleanHtmlCommand(source: string, allow: readonly string[]): Promise<string> {
  const { bytes, contentType, url } = await readInput(source, allow);
  return cleanHtml(decodeText(bytes, contentType).text, url);
}
