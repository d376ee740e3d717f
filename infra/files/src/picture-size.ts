import { open } from 'node:fs/promises';
import { reasonOf } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { imageSize } from 'image-size';

/** More is no photograph of a press office, but eats a reader's memory: 64 million pixels are 256 MB to draw. */
export const pictureLimits = { pixels: 64_000_000, side: 20_000 };
/** Before the size stand a camera's notes and profiles, and no more than this. */
const headBytes = 4 * 2 ** 20;

/**
 * How large a picture says that it is, read from its head: nothing is decoded.
 * @throws Refusal picture_unreadable, picture_too_many_pixels
 */
export async function measurePicture(path: string): Promise<{ width: number; height: number }> {
  const { width, height } = sizeIn(await headOf(path));
  const { pixels, side } = pictureLimits;
  if (width > side || height > side || width * height > pixels)
    throw new Refusal('picture_too_many_pixels', `${width} × ${height}`, { width, height });
  return { width, height };
}

function sizeIn(head: Uint8Array): { width: number; height: number } {
  try {
    const { width, height } = imageSize(head);
    if (width > 0 && height > 0) return { width, height };
  } catch (error) {
    throw new Refusal('picture_unreadable', reasonOf(error));
  }
  throw new Refusal('picture_unreadable', 'it has no size');
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = new Uint8Array(Math.min(size, headBytes));
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
