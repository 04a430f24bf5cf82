/** Returns the text of a QR code in `image`, or undefined if none is found. */
export type QrReader = (image: ImageData) => Promise<string | undefined>;

interface NativeDetector {
  detect(image: ImageData): Promise<{ rawValue: string }[]>;
}
interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

let reader: Promise<QrReader> | undefined;

/** Returns the reader of this device, made at first use: the browser's own if it has one, else the bundled one. */
export function qrReader(): Promise<QrReader> {
  reader ??= makeReader();
  return reader;
}

async function makeReader(): Promise<QrReader> {
  const bundled = bundledReader();
  const native = await nativeDetector();
  if (!native)
    return bundled;
  return async (image) => {
    const codes = await native.detect(image).catch(() => []);
    return codes[0]?.rawValue ?? bundled(image);
  };
}

async function nativeDetector(): Promise<NativeDetector | undefined> {
  const detector = (globalThis as { BarcodeDetector?: NativeDetectorClass }).BarcodeDetector;
  try {
    if (detector && (await detector.getSupportedFormats()).includes('qr_code'))
      return new detector({ formats: ['qr_code'] });
  } catch {
    // Some platforms have the class but not the service behind it.
  }
  return undefined;
}

// The decoder is large, so it is loaded with the first image; and slow on cheap phones, so it has its own thread.
function bundledReader(): QrReader {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const decode: QrReader = (image) => {
    const { promise, resolve, reject } = withResolvers<string | undefined>();
    worker ??= new Worker('/V/qr_worker.js');
    worker.onmessage = (message: MessageEvent<string | undefined>) => resolve(message.data);
    worker.onerror = () => {
      worker = undefined;
      reject(new Error('the QR decoder failed'));
    };
    worker.postMessage(image);
    return promise;
  };
  return (image) => {
    const answer = last.then(() => decode(image));
    last = answer.catch(() => undefined); // one image at a time
    return answer;
  };
}

// Promise.withResolvers of ES2024, which phones of today's cheapest kind lack.
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
