import type { Face } from "../api/types";
import { CONTOURS } from "./contours";

/** A face to paint; the browser's own eyes also give the mesh: x and y of each landmark in fractions of the picture. */
export type PaintedFace = Face & { readonly landmarks?: Float32Array };

/** Paints the face box, the mesh and the skin regions over the picture; null wipes them. */
export function paintFace(canvas: HTMLCanvasElement, face: PaintedFace | null): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (!face) return;
  const [x, y, w, h] = face.box;
  const line = Math.max(2, width / 320);
  context.lineJoin = "round";
  context.lineCap = "round";

  context.fillStyle = "rgba(125, 240, 220, 0.2)";
  context.strokeStyle = "rgba(160, 250, 232, 0.85)";
  context.lineWidth = line * 0.6;
  for (const outline of Object.values(face.regions)) {
    context.beginPath();
    for (const [u, v] of outline) context.lineTo(u * width, v * height);
    context.closePath();
    context.fill();
    context.stroke();
  }
  if (face.landmarks) paintMesh(context, face.landmarks, Math.max(1.5, (w * width) / 160));

  context.strokeStyle = "rgba(255, 255, 255, 0.9)";
  context.lineWidth = line;
  corners(context, x * width, y * height, w * width, h * height);
}

/** The face's lines, and a dot at each landmark. */
function paintMesh(context: CanvasRenderingContext2D, landmarks: Float32Array, dot: number): void {
  const { width, height } = context.canvas;
  const xOf = (index: number) => (landmarks[2 * index] ?? 0) * width;
  const yOf = (index: number) => (landmarks[2 * index + 1] ?? 0) * height;

  context.fillStyle = "rgba(225, 255, 250, 0.6)";
  for (let i = 0; i < landmarks.length / 2; i++)
    context.fillRect(xOf(i) - dot / 2, yOf(i) - dot / 2, dot, dot);

  context.strokeStyle = "rgba(225, 255, 250, 0.7)";
  context.lineWidth = dot * 0.7;
  context.beginPath();
  for (const contour of CONTOURS) {
    for (const [i, index] of contour.entries()) {
      if (i === 0) context.moveTo(xOf(index), yOf(index));
      else context.lineTo(xOf(index), yOf(index));
    }
  }
  context.stroke();
}

/** A box drawn by its four corners only, so that it hides nothing of the face. */
function corners(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  const arm = Math.min(w, h) * 0.16;
  const radius = arm * 0.5;
  context.beginPath();
  for (const [cx, cy, dx, dy] of [
    [x, y, 1, 1],
    [x + w, y, -1, 1],
    [x + w, y + h, -1, -1],
    [x, y + h, 1, -1],
  ] as const) {
    context.moveTo(cx + dx * arm, cy);
    context.arcTo(cx, cy, cx, cy + dy * arm, radius);
    context.lineTo(cx, cy + dy * arm);
  }
  context.stroke();
}
