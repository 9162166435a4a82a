/** Whether a file is DICOM: its bytes 128 to 132 say so. */
export async function isDicom(file: File): Promise<boolean> {
  const mark = new Uint8Array(await file.slice(128, 132).arrayBuffer());
  return String.fromCharCode(...mark) === "DICM";
}

/** Files as inputs of one answer each: DICOM files are slices of one series, pictures stand alone unless told. */
export async function grouped(files: File[], asSeries: boolean): Promise<File[][]> {
  if (asSeries) return files.length ? [files] : [];
  const dicom = await Promise.all(files.map(isDicom));
  const slices = files.filter((_, i) => dicom[i]);
  return [...files.filter((_, i) => !dicom[i]).map((file) => [file]), ...(slices.length ? [slices] : [])];
}
