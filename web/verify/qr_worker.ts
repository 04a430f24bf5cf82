import decodeQR from 'qr/decode.js';

// The decoder may try again with other guesses on a picture that is hard to read, for this long in all (ms).
const effort = { effort: 8, timeLimit: 150 };

self.onmessage = (message: MessageEvent<ImageData>) => self.postMessage(textIn(message.data));

function textIn(image: ImageData): string | undefined {
  try {
    return decodeQR(image, effort);
  } catch {
    return undefined; // no code, or none that can be read
  }
}
