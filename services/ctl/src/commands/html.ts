import { cleanHtml, decodeText, TooDeep } from '@tongsheng/web';
import { Failure } from '../failure.ts';
import { readInput } from '../input.ts';

/** HTML as it would be stored: sanitised. */
export async function cleanHtmlCommand(source: string, allow: readonly string[]): Promise<string> {
  const { bytes, contentType, url } = await readInput(source, allow);
  try {
    return cleanHtml(decodeText(bytes, contentType).text, url);
  } catch (error) {
    throw error instanceof TooDeep ? new Failure(`${source}: ${error.message}`) : error;
  }
}
