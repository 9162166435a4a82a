import { at } from "./numbers";

/** A picture's pixels: red, green, blue and alpha, row by row from the upper left corner. */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** The picture turned counter-clockwise by quarter turns. */
export function turned(picture: Picture, quarterTurns: number): Picture {
  const turns = ((quarterTurns % 4) + 4) % 4;
  if (turns === 0) return picture;
  const { width, height } = picture;
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, width * height);
  const to = new Uint32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      // Where the pixel at (x, y) goes.
      if (turns === 1) to[(width - 1 - x) * height + y] = at(from, i);
      else if (turns === 2) to[width * height - 1 - i] = at(from, i);
      else to[x * height + (height - 1 - y)] = at(from, i);
    }
  }
  const data = new Uint8ClampedArray(to.buffer);
  return turns === 2 ? { data, width, height } : { data, width: height, height: width };
}

/** The part of the picture in a square; what of it lies outside is left out. */
export function cropped({ data, width, height }: Picture, x: number, y: number, side: number): Picture {
  const [columns, rows] = [Math.min(side, width - x), Math.min(side, height - y)];
  const part = new Uint8ClampedArray(4 * columns * rows);
  for (let row = 0; row < rows; row++) {
    const start = 4 * ((y + row) * width + x);
    part.set(data.subarray(start, start + 4 * columns), 4 * row * columns);
  }
  return { data: part, width: columns, height: rows };
}

/** The picture inside a margin of one grey. */
export function framed({ data, width, height }: Picture, margin: number, grey: number): Picture {
  const [columns, rows] = [width + 2 * margin, height + 2 * margin];
  const wider = new Uint8ClampedArray(4 * columns * rows).fill(grey);
  for (let row = 0; row < height; row++) {
    wider.set(data.subarray(4 * row * width, 4 * (row + 1) * width), 4 * ((row + margin) * columns + margin));
  }
  return { data: wider, width: columns, height: rows };
}

/** Every `step`-th pixel of every `step`-th row. */
export function thinned(picture: Picture, step: number): Picture {
  if (step === 1) return picture;
  const [width, height] = [Math.ceil(picture.width / step), Math.ceil(picture.height / step)];
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, picture.width * picture.height);
  const to = new Uint32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) to[i] = at(from, y * step * picture.width + x * step);
  }
  return { data: new Uint8ClampedArray(to.buffer), width, height };
}
