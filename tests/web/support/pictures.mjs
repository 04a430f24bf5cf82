import { writeFile } from 'node:fs/promises';

import { qrCode } from './packages.mjs';

const options = { errorCorrectionLevel: 'M', margin: 4 };

/** Returns a PNG of the QR code of `text`. */
export function qrPng(text, scale = 6) {
  return qrCode.toBuffer(text, { ...options, scale });
}

/** Writes a film of one frame, 640 x 480, that shows the QR code of `text`: what Chromium takes for a camera's. */
export async function writeQrFilm(path, text) {
  const [width, height] = [640, 480];
  const { size, data } = qrCode.create(text, options).modules;
  const scale = Math.floor(height / (size + 2 * options.margin));
  const luma = Buffer.alloc(width * height, 235);
  const [left, top] = [width, height].map((side) => Math.floor((side - size * scale) / 2));
  for (let y = 0; y < size * scale; ++y)
    for (let x = 0; x < size * scale; ++x)
      if (data[Math.floor(y / scale) * size + Math.floor(x / scale)])
        luma[(top + y) * width + left + x] = 16;
  const chroma = Buffer.alloc((width * height) / 2, 128);
  await writeFile(path, Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), luma, chroma,
  ]));
}
