import type { Picture } from "./picture";

/** Reads the pixels of pictures that the browser holds. */
export class PixelReader {
  private readonly canvas = new OffscreenCanvas(0, 0);
  private readonly context = this.canvas.getContext("2d", { alpha: false, willReadFrequently: true });

  /** The picture's pixels, and nothing of it stays in the browser. Throws where there is no memory for it. */
  read(bitmap: ImageBitmap): Picture {
    const { width, height } = bitmap;
    if (!this.context) throw new Error("there is no canvas to read pictures with");
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.drawImage(bitmap, 0, 0);
    bitmap.close();
    return this.context.getImageData(0, 0, width, height);
  }
}
