const QUALITY = 0.95;

/** What a video shows now as a JPEG file, its longer edge at most `edge`; null before the first picture. */
export async function stillOf(video: HTMLVideoElement, name: string, edge = Infinity): Promise<File | null> {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, edge / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return blob && new File([blob], name, { type: "image/jpeg" });
}
