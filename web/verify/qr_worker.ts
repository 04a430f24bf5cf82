import jsQR from 'jsqr';

// Cards are printed dark on light, so inverted codes are not looked for: that would double the time.
self.onmessage = (message: MessageEvent<ImageData>) => {
  const { data, width, height } = message.data;
  self.postMessage(jsQR(data, width, height, { inversionAttempts: 'dontInvert' })?.data);
};
