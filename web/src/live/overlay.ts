import type { Face } from "../api/types";

/** Paints the face box and the skin regions over the picture; null wipes them. */
export function paintFace(canvas: HTMLCanvasElement, face: Face | null): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (!face) return;
  const line = Math.max(2, width / 240);

  context.fillStyle = "rgba(125, 240, 220, 0.18)";
  context.strokeStyle = "rgba(160, 250, 232, 0.85)";
  context.lineWidth = line * 0.6;
  for (const outline of Object.values(face.regions)) {
    context.beginPath();
    for (const [x, y] of outline) context.lineTo(x * width, y * height);
    context.closePath();
    context.fill();
    context.stroke();
  }

  const [x, y, w, h] = face.box;
  context.strokeStyle = "rgba(255, 255, 255, 0.9)";
  context.lineWidth = line;
  context.lineCap = "round";
  corners(context, x * width, y * height, w * width, h * height);
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
