import { pixelsOf } from './picture.ts';
import type { QrReader } from './qr_reader.ts';

const longestSide = 720; // pixels; a card's code has 53 modules
const pause = 80; // ms between two looks, so that the phone stays cool

/** Looks through the device's camera for one QR code. */
export class Camera {
  private attempt = 0;
  private wanted = false;
  private stream: MediaStream | undefined;

  constructor(private readonly video: HTMLVideoElement) {}

  /** Whether it is looking, or waiting for leave to. */
  get on(): boolean {
    return this.wanted;
  }

  /** Returns the text of the first code seen, or undefined once stopped. Rejects if the camera may not be used. */
  async scan(read: QrReader): Promise<string | undefined> {
    this.stop();
    this.wanted = true;
    const attempt = this.attempt;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (attempt !== this.attempt) { // stopped while the browser asked for leave
        end(stream);
        return undefined;
      }
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
      while (attempt === this.attempt) {
        const side = Math.min(this.video.videoWidth, this.video.videoHeight); // the square that is shown
        const text = side > 0 ? await read(pixelsOf(this.video, side, side, longestSide)) : undefined;
        if (text && attempt === this.attempt)
          return text;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
      return undefined;
    } catch (error) {
      if (attempt === this.attempt)
        throw error;
      return undefined; // being stopped is no failure
    } finally {
      if (attempt === this.attempt)
        this.stop();
    }
  }

  stop(): void {
    ++this.attempt;
    this.wanted = false;
    end(this.stream);
    this.stream = undefined;
    this.video.srcObject = null;
  }
}

function end(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? [])
    track.stop();
}
