import type { QrReader } from './qr_reader.ts';

// A code is found more surely in a smaller picture (less noise) if it fills it, in a larger one if it does not.
const longestSides = [1000, 1800, 600];

/** Returns the text of a QR code in a picture file, or undefined if none is found or it is no picture. */
export async function readPicture(file: Blob, read: QrReader): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap)
    return undefined;
  for (const longest of longestSides) {
    const text = await read(pixelsOf(bitmap, bitmap.width, bitmap.height, longest));
    if (text !== undefined)
      return text;
  }
  return undefined;
}

/** Returns the middle `width` x `height` pixels of `source`, made smaller so that no side is longer than `longest`. */
export function pixelsOf(source: ImageBitmap | HTMLVideoElement, width: number, height: number,
                         longest: number): ImageData {
  const scale = Math.min(1, longest / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#fff'; // under what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  const [fullWidth, fullHeight] = source instanceof HTMLVideoElement
    ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  context.drawImage(source, (fullWidth - width) / 2, (fullHeight - height) / 2, width, height,
                    0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
